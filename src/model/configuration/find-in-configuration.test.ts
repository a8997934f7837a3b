import { expect, test } from "vitest";
import { isAwstError } from "../errors.ts";
import { nearestName } from "../text/nearest-name.ts";
import { findAccount } from "./find-in-configuration.ts";

const names = ["dev", "dev-eu", "acme-production", "acme-staging", "my account"];

test.each([
  ["dev", "dev", false],
  ["my account", "my account", false],
  ["eu", "dev-eu", true],
  ["produ", "acme-production", true],
  ["my", "my account", true],
])("%j is account %j (guessed: %s)", (typed, name, guessed) => {
  expect(findAccount(names, typed, { mayGuess: true })).toEqual({ name, guessed });
});

test.each([
  ["acme", true, 'account "acme" is ambiguous', "possible accounts: acme-production, acme-staging"],
  ["acme-stagin", false, 'there is no account "acme-stagin"', 'use the full name: "acme-staging"'],
  ["dve", true, 'there is no account "dve"', 'did you mean "dev"?'],
  ["DEV-EU", true, 'there is no account "DEV-EU"', 'did you mean "dev-eu"?'],
  ["", true, 'there is no account ""', `known names: ${names.join(", ")}`],
])("%j (mayGuess: %s) throws %s", (typed, mayGuess, message, hint) => {
  expect(errorOf(() => findAccount(names, typed, { mayGuess }))).toEqual([message, hint]);
});

test("without any account, the hint says where to add one", () => {
  const [, hint] = errorOf(() => findAccount([], "x", { mayGuess: true }));
  expect(hint).toContain("[accounts]");
});

test.each([
  ["durationn", "duration"],
  ["policyArn", "policyArns"],
  ["Session", "session"],
  ["polcyarns", "policyArns"],
  ["sesison", "session"],
  ["name", "sessionName"],
  ["xyz", undefined],
  ["", undefined],
])("the name nearest to %j is %j", (typed, nearest) => {
  expect(nearestName(typed, ["duration", "session", "sessionName", "policyArns", "via"])).toBe(
    nearest,
  );
});

function errorOf(find: () => unknown): readonly (string | undefined)[] {
  try {
    find();
  } catch (error) {
    if (isAwstError(error, "ACCOUNT_UNKNOWN")) return [error.message, error.hint];
    throw error;
  }
  return [];
}
