import { describe, expect, test } from "vitest";
import { findKey } from "./find-key.ts";

const keys = [{ accessKeyId: "AKIAONEONEONEONEO123" }, { accessKeyId: "AKIATWOTWOTWOTWOT123" }];

describe("which key was meant", () => {
  test.each([
    ["AKIAONEONEONEONEO123", 0, false],
    ["akiatwotwotwotwot123", 1, false],
    [" AKIAONEONEONEONEO123\n", 0, false],
    ["O123", 0, true],
    ["t123", 1, true],
  ])("%j", (typed, at, guessed) => {
    expect(findKey(keys, typed)).toEqual({ key: keys[at], guessed });
  });

  test.each([
    ["123", "the end of several"],
    ["AKIA", "none of"],
    ["", "none of"],
    ["3", "none of"],
  ])("not %j", (typed, message) => {
    expect(() => findKey(keys, typed)).toThrow(
      expect.objectContaining({
        code: "USAGE",
        message: expect.stringContaining(message),
        hint: "there are: AKIAONEONEONEONEO123, AKIATWOTWOTWOTWOT123",
      }),
    );
  });

  test("two letters are too few even for an only key", () => {
    expect(() => findKey(keys.slice(0, 1), "23")).toThrow("none of");
    expect(findKey(keys.slice(0, 1), "123").guessed).toBe(true);
  });
});
