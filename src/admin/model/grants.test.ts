import { describe, expect, test } from "vitest";
import { isUserName } from "../../model/aws/response-checks.ts";
import {
  endedExactPolicies,
  endOfGrant,
  exactPolicy,
  type GrantScope,
  grantId,
  grantPolicy,
  grantsOf,
  idOfExact,
  idOfGrant,
  inlineLimit,
  isOneRole,
  policySize,
  readGrant,
  reservedForCut,
  stateOf,
} from "./grants.ts";

const until = new Date("2026-11-27T20:30:00Z");
const roleArn = "arn:aws:iam::111111111111:role/AdminAccess";
const scope: GrantScope = { id: "abcdefgh", roleArn, until };
const policy = grantPolicy(scope);

describe("a grant's policy", () => {
  test("allows one role, with MFA, until its end by AWS's clock", () => {
    expect(JSON.parse(policy.document)).toEqual({
      Version: "2012-10-17",
      Statement: {
        Sid: "AwstGrantabcdefgh",
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Resource: roleArn,
        Condition: {
          Bool: { "aws:MultiFactorAuthPresent": "true" },
          DateLessThan: { "aws:CurrentTime": "2026-11-27T20:30:00Z" },
        },
      },
    });
    expect(policy.name).toBe("awst-grant-20261127T203000Z-abcdefgh");
  });

  test("fits six times on a user, beside the characters for the cut", () => {
    const size = policySize([policy.document]);
    expect(size * 6).toBeLessThanOrEqual(inlineLimit - reservedForCut);
    expect(size).toBeLessThan(300);
  });

  test("is read back", () => {
    expect(readGrant(policy)).toEqual(scope);
    const spaced = JSON.stringify(JSON.parse(policy.document), undefined, 4);
    expect(readGrant({ ...policy, document: spaced })).toEqual(scope);
  });

  const change = (from: string, to: string) => policy.document.replace(from, to);
  test.each([
    ["a later end", change("20:30:00", "23:30:00")],
    ["another role", change("AdminAccess", "*")],
    ["no MFA", change('"Bool":{"aws:MultiFactorAuthPresent":"true"},', "")],
    ["another condition of MFA", change('"Bool"', '"BoolIfExists"')],
    ["more actions", change('"sts:AssumeRole"', '["sts:AssumeRole","s3:*"]')],
    ["a second statement", change('"Statement":{', '"Statement":[{').replace(/}}$/, "}]}")],
    ["another id", change("AwstGrantabcdefgh", "AwstGrantabcdefgi")],
    ["an end that is no time", change("2026-11-27T20:30:00Z", "tomorrow")],
    ["an end in words of another form", change("2026-11-27T20:30:00Z", "2026-11-27T20:30Z")],
    ["no JSON", "{"],
    ["nothing", ""],
    ["a number", "7"],
  ])("with %s it is no grant any more", (_, document) => {
    if (document !== "") expect(document).not.toBe(policy.document);
    expect(readGrant({ ...policy, document })).toBeUndefined();
  });

  test.each(["awst-grant-x", "awst-grant-20261127T203000Z", "awst-cut", "Extra", ""])(
    "a policy named %s is none",
    (name) => expect(idOfGrant(name)).toBeUndefined(),
  );

  test("a policy under the name of another end is no grant", () => {
    expect(readGrant({ ...policy, name: "awst-grant-20261127T203100Z-abcdefgh" })).toBeUndefined();
  });
});

test("the end is never later than asked for", () => {
  const now = new Date("2026-11-27T20:00:00.999Z");
  expect(endOfGrant(now, 1800).toISOString()).toBe("2026-11-27T20:30:00.000Z");
});

test("the id depends on user, role and end", () => {
  const id = grantId("AIDA1", roleArn, until);
  expect(id).toMatch(/^[a-z2-7]{8}$/);
  expect(isUserName(id)).toBe(true);
  expect(grantId("AIDA1", roleArn, until)).toBe(id);
  const others = [
    grantId("AIDA2", roleArn, until),
    grantId("AIDA1", `${roleArn}2`, until),
    grantId("AIDA1", roleArn, new Date(until.getTime() + 1000)),
  ];
  expect(new Set([id, ...others]).size).toBe(4);
});

test.each([
  ["before its end", { scope, user: "a" }, -1, "live"],
  ["at its end", { scope, user: "a" }, 0, "ended"],
  ["attached to no user", { scope, user: undefined }, -1, "unattached"],
  ["attached to no user, and over", { scope, user: undefined }, 1, "ended"],
  ["with another text", { scope: undefined, user: "a" }, 1, "changed"],
] as const)("a grant %s", (_, found, seconds, state) => {
  const grant = { id: "abcdefgh", kind: "managed", policy: "", ...found } as const;
  expect(stateOf(grant, new Date(until.getTime() + seconds * 1000))).toBe(state);
});

test.each([
  ["arn:aws:iam::111111111111:role/audit/ReadOnly", true],
  ["arn:aws-cn:iam::111111111111:role/ReadOnly", true],
  ["arn:aws:iam::111111111111:role/a*/ReadOnly", false],
  ["arn:aws:iam::111111111111:role/a?/ReadOnly", false],
  [`arn:aws:iam::111111111111:role/\${aws:username}/ReadOnly`, false],
  ["arn:aws:iam::*:role/ReadOnly", false],
  ["*", false],
])("%s is one role: %s", (arn, isOne) => expect(isOneRole(arn)).toBe(isOne));

describe("the grants of an account", () => {
  const arn = `arn:aws:iam::111111111111:policy/${policy.name}`;
  const owner = (name: string, attachedPolicies: readonly string[]) => ({
    name,
    id: `AIDA${name}`,
    arn: `arn:aws:iam::111111111111:user/${name}`,
    path: "/",
    createdAt: until,
    groups: [],
    tags: {},
    boundary: undefined,
    trust: "",
    inlinePolicies: [],
    attachedPolicies,
  });
  const none = {
    ...{ users: [], groups: [], roles: [] },
    ...{ managed: new Map([[arn, policy.document]]), managedSince: new Map() },
  };

  test.each([
    ["attached to one user", { users: [owner("a", [arn])] }, [["a", true]]],
    ["attached to no user", {}, [[undefined, true]]],
    [
      "attached to two users",
      { users: [owner("a", [arn]), owner("b", [arn])] },
      [
        ["a", false],
        ["b", false],
      ],
    ],
    [
      "attached to a group too",
      { users: [owner("a", [arn])], groups: [owner("g", [arn])] },
      [["a", false]],
    ],
    ["attached to a role alone", { roles: [owner("r", [arn])] }, [[undefined, false]]],
    [
      "inline",
      { users: [{ ...owner("a", []), inlinePolicies: [policy] }], managed: new Map() },
      [["a", true]],
    ],
    [
      "besides other policies",
      {
        users: [{ ...owner("a", []), inlinePolicies: [{ ...policy, name: "Extra" }] }],
        managed: new Map(),
      },
      [],
    ],
  ])("%s", (_, details, expected) => {
    const found = grantsOf({ ...none, ...details });
    expect(found.map(({ user, scope: read }) => [user, read !== undefined])).toEqual(expected);
  });
});

describe("the end of sessions together with a grant", () => {
  const exact = exactPolicy(scope, "AROA1", "x");
  const role = {
    name: "AdminAccess",
    id: "AROA1",
    arn: roleArn,
    path: "/",
    trust: "",
    inlinePolicies: [exact, policy, { name: "Other", document: exact.document }],
    attachedPolicies: [],
  };

  test("means this user's sessions, from the end on, and only those made before it", () => {
    expect(idOfExact(exact.name)).toBe("abcdefgh");
    expect(JSON.parse(exact.document).Statement).toEqual({
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: {
        StringEquals: { "aws:userid": "AROA1:x_" },
        DateGreaterThanEquals: { "aws:CurrentTime": "2026-11-27T20:30:00Z" },
        DateLessThan: { "aws:TokenIssueTime": "2026-11-27T20:30:00Z" },
      },
    });
  });

  test.each([
    ["the grant is live", -60, []],
    ["a session may live", 3600, []],
    ["the last session is over", 3601, [{ role: "AdminAccess", policy: exact.name }]],
  ])("is removed when %s", (_, seconds, expected) => {
    const now = new Date(until.getTime() + seconds * 1000);
    expect(endedExactPolicies([role], new Map([["AdminAccess", 3600]]), now)).toEqual(expected);
  });
});
