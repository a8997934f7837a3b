import { expect, test } from "vitest";
import { type ConditionBlock, conditionsMatch, isKnownOperator } from "./conditions.ts";

const present = "aws:MultiFactorAuthPresent";
const age = "aws:MultiFactorAuthAge";

/** What a request has, by the three ways to come without and with MFA. */
const longTermKey = {};
const sessionWithout = { [present]: "false" };
const session = (seconds: number) => ({ [present]: "true", [age]: String(seconds) });

const cases: [string, ConditionBlock, Record<string, string | string[]>, boolean][] = [
  ["Bool holds", { Bool: { [present]: "true" } }, session(5), true],
  ["Bool of a JSON boolean", { Bool: { [present]: true } }, session(5), true],
  ["Bool fails", { Bool: { [present]: "true" } }, sessionWithout, false],
  ["Bool without the key fails", { Bool: { [present]: "true" } }, longTermKey, false],
  ["Bool false without the key fails", { Bool: { [present]: "false" } }, longTermKey, false],
  [
    "BoolIfExists false holds without the key",
    { BoolIfExists: { [present]: "false" } },
    longTermKey,
    true,
  ],
  [
    "BoolIfExists false fails with MFA",
    { BoolIfExists: { [present]: "false" } },
    session(1),
    false,
  ],
  ["Null true: the key is absent", { Null: { [age]: "true" } }, sessionWithout, true],
  ["Null false: the key is there", { Null: { [age]: "false" } }, session(1), true],
  ["Null false fails without it", { Null: { [age]: "false" } }, longTermKey, false],
  ["younger", { NumericLessThan: { [age]: "3600" } }, session(3599), true],
  ["just not younger", { NumericLessThan: { [age]: "3600" } }, session(3600), false],
  ["no older than", { NumericLessThanEquals: { [age]: 3600 } }, session(3600), true],
  ["older", { NumericGreaterThan: { [age]: "3600" } }, session(3601), true],
  [
    "an age that is not there is not older",
    { NumericGreaterThan: { [age]: "1" } },
    longTermKey,
    false,
  ],
  ["numbers are not texts", { NumericEquals: { [age]: "05" } }, session(5), true],
  [
    "both blocks have to hold",
    { Bool: { [present]: "true" }, NumericLessThan: { [age]: "10" } },
    session(11),
    false,
  ],
  [
    "both keys have to hold",
    { StringEquals: { "sts:ExternalId": "a", "sts:RoleSessionName": "b" } },
    { "sts:ExternalId": "a", "sts:RoleSessionName": "c" },
    false,
  ],
  [
    "one of several values will do",
    { StringEquals: { "sts:ExternalId": ["a", "b"] } },
    { "sts:ExternalId": "b" },
    true,
  ],
  ["case counts", { StringEquals: { "sts:ExternalId": "A" } }, { "sts:ExternalId": "a" }, false],
  [
    "where case does not",
    { StringEqualsIgnoreCase: { "sts:ExternalId": "A" } },
    { "sts:ExternalId": "a" },
    true,
  ],
  [
    "keys are compared without case",
    { StringEquals: { "STS:externalID": "a" } },
    { "sts:ExternalId": "a" },
    true,
  ],
  ["a missing ExternalId", { StringEquals: { "sts:ExternalId": "a" } }, {}, false],
  ["negated, and missing", { StringNotEquals: { "sts:ExternalId": "a" } }, {}, true],
  [
    "negated, and equal",
    { StringNotEquals: { "sts:ExternalId": ["a", "b"] } },
    { "sts:ExternalId": "b" },
    false,
  ],
  [
    "a pattern",
    { StringLike: { "aws:SourceIdentity": "team-*" } },
    { "aws:SourceIdentity": "team-x" },
    true,
  ],
  [
    "no pattern in StringEquals",
    { StringEquals: { "aws:SourceIdentity": "team-*" } },
    { "aws:SourceIdentity": "team-x" },
    false,
  ],
  [
    "a variable",
    { StringEquals: { "sts:RoleSessionName": `\${aws:username}` } },
    { "aws:username": "me", "sts:RoleSessionName": "me" },
    true,
  ],
  [
    "a variable without a value",
    { StringEquals: { "sts:RoleSessionName": `\${aws:username}` } },
    { "sts:RoleSessionName": "me" },
    false,
  ],
  [
    "an ARN's pattern",
    { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:user/*" } },
    { "aws:PrincipalArn": "arn:aws:iam::1:user/a" },
    true,
  ],
  [
    "a date",
    { DateLessThan: { "aws:CurrentTime": "2031-01-01T00:00:00Z" } },
    { "aws:CurrentTime": "2030-01-01T00:00:00Z" },
    true,
  ],
  [
    "all of many",
    { "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] } },
    { "aws:TagKeys": ["a", "b"] },
    true,
  ],
  [
    "not all of many",
    { "ForAllValues:StringEquals": { "aws:TagKeys": ["a"] } },
    { "aws:TagKeys": ["a", "b"] },
    false,
  ],
  ["all of none", { "ForAllValues:StringEquals": { "aws:TagKeys": ["a"] } }, {}, true],
  [
    "any of many",
    { "ForAnyValue:StringEquals": { "aws:TagKeys": ["a"] } },
    { "aws:TagKeys": ["a", "b"] },
    true,
  ],
  ["any of none", { "ForAnyValue:StringEquals": { "aws:TagKeys": ["a"] } }, {}, false],
  [
    "an unknown operator",
    { StringSounds: { "sts:ExternalId": "a" } },
    { "sts:ExternalId": "a" },
    false,
  ],
];

test.each(cases)("%s", (_name, block, values, holds) => {
  const context = new Map(
    Object.entries(values).map(([key, value]) => [key.toLowerCase(), [value].flat()]),
  );
  expect(conditionsMatch(block, context)).toBe(holds);
});

test("no condition holds", () => {
  expect(conditionsMatch(undefined, new Map())).toBe(true);
});

test.each(["Bool", "BoolIfExists", "Null", "NumericLessThan", "ForAnyValue:StringLike"])(
  "%s is known",
  (operator) => expect(isKnownOperator(operator)).toBe(true),
);
