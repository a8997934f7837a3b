import { expect, test } from "vitest";
import { AwstError } from "../errors.ts";
import { userWithoutConfiguration } from "./without-configuration.ts";

const missing = new AwstError("CONFIGURATION_MISSING", "no configuration", { hint: "awst init" });

test.each<[string, string | undefined, readonly string[], string]>([
  ["the only one", undefined, ["main"], "main"],
  ["the only one, recorded twice", undefined, ["main", "main"], "main"],
  ["the one that was typed", "other", ["main", "other"], "other"],
  ["one that nothing recorded, typed", "other", ["main"], "other"],
  ["one that was typed where nothing is recorded", "main", [], "main"],
])("%s", (_name, typed, recorded, expected) => {
  expect(userWithoutConfiguration(typed, recorded, missing)).toBe(expected);
});

test("several: one of them has to be named", () => {
  expect(() => userWithoutConfiguration(undefined, ["main", "other org"], missing)).toThrow(
    expect.objectContaining({
      code: "CHOICE_NEEDED",
      message: 'without a configuration, one user has to be named: "main", "other org"',
      hint: "--identity main",
    }),
  );
});

test("none: the missing configuration is the error, and the hint names the option that does without", () => {
  expect(() => userWithoutConfiguration(undefined, [], missing)).toThrow(
    expect.objectContaining({
      code: "CONFIGURATION_MISSING",
      message: "no configuration",
      hint: "without a configuration, name the user: --identity NAME",
    }),
  );
});
