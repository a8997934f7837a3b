import { expect, test } from "vitest";
import { isAwstError } from "../errors.ts";
import { nearestName } from "../text/nearest-name.ts";
import { findAccount, makeAccount } from "./find-in-configuration.ts";

const names = ["dev", "dev-eu", "acme-production", "acme-staging", "my account"];
const accounts = new Map(
  names.map((name, at) => [name, { ...makeAccount(`${at + 1}`.repeat(12)), name }]),
);
const twice = new Map([
  ["one", { ...makeAccount("111111111111"), name: "one" }],
  ["two", { ...makeAccount("111111111111"), name: "two" }],
]);

test.each([
  ["dev", "dev"],
  ["my account", "my account"],
  ["333333333333", "acme-production"],
  ["999999999999", "999999999999"],
])("%j is account %j", (typed, name) => {
  expect(findAccount({ accounts }, typed).name).toBe(name);
});

test.each([
  ["acme", 'account "acme" is ambiguous', "possible accounts: acme-production, acme-staging"],
  ["acme-stagin", 'there is no account "acme-stagin"', 'use the full name: "acme-staging"'],
  ["dve", 'there is no account "dve"', 'did you mean "dev"?'],
  ["DEV-EU", 'there is no account "DEV-EU"', 'did you mean "dev-eu"?'],
  ["", 'there is no account ""', `known names: ${names.join(", ")}`],
  ["99999999999", 'there is no account "99999999999"', `known names: ${names.join(", ")}`],
])("%j throws %s", (typed, message, hint) => {
  expect(errorOf(() => findAccount({ accounts }, typed))).toEqual([message, hint]);
});

test("an id of two accounts is ambiguous", () => {
  expect(errorOf(() => findAccount({ accounts: twice }, "111111111111"))).toEqual([
    'account "111111111111" is ambiguous',
    "possible accounts: one, two",
  ]);
});

test("without any account, the hint says where to add one", () => {
  const [, hint] = errorOf(() => findAccount({ accounts: new Map() }, "x"));
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

test.each([
  ["n2", ["u2", "n3", "m2"], undefined],
  ["a", ["b"], undefined],
  ["N2", ["n2"], "n2"],
  ["n2", ["n"], undefined],
  ["2n", ["n2"], undefined],
  ["ky", ["key"], "key"],
  ["dve", ["dev"], "dev"],
  ["qs", ["qa-1"], undefined],
])("for %j of %j the nearest name is %j", (typed, names, nearest) => {
  expect(nearestName(typed, names)).toBe(nearest);
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
