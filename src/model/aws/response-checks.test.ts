import { describe, expect, test } from "vitest";
import {
  assumedRoleProblem,
  callerProblem,
  devicesProblem,
  expiryProblem,
  keysProblem,
  listedKeyProblem,
  type ReturnedKeys,
  userProblem,
} from "./response-checks.ts";

const keys = {
  accessKeyId: "ASIAQ3EGRYZ5XVFZ2S5B",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  sessionToken: `IQoJb3JpZ2luX2VjE${"A".repeat(1500)}/+==`,
};

describe("keysProblem()", () => {
  test("AWS's keys have none", () => {
    expect(keysProblem(keys)).toBeUndefined();
    expect(keysProblem({ ...keys, sessionToken: undefined })).toBeUndefined();
  });

  const badTexts = [
    "token\n[default]\ncredential_process = evil",
    "token\r",
    "to ken",
    "token\u0000",
    "token\u2028",
    "token\u202e",
    "token'",
    'token"',
    "token;x",
    "token#x",
    "$(token)",
    "tökén",
    "",
  ];
  test.each(badTexts)("%j is no secret, no token and no key id", (text) => {
    expect(keysProblem({ ...keys, sessionToken: text })).toContain("session token");
    expect(keysProblem({ ...keys, secretAccessKey: text })).toContain("secret access key");
    expect(keysProblem({ ...keys, accessKeyId: text })).toContain("key id");
  });

  // Not rows of the table above: a test with a title of 40,000 characters can't be run alone.
  test.each<[keyof ReturnedKeys, number, number]>([
    ["accessKeyId", 8, 128],
    ["secretAccessKey", 1, 256],
    ["sessionToken", 1, 32_768],
  ])("%s: from %d to %d characters", (part, shortest, longest) => {
    const isGood = (length: number) =>
      keysProblem({ ...keys, [part]: "a".repeat(length) }) === undefined;
    expect([shortest - 1, shortest, longest, longest + 1].map(isGood)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test.each([" AKIAQ3EGRYZ5XVFZ2S5B", "AKIAQ3EGRYZ5XVFZ2S5B\n", "AKIA-Q3EGRYZ5XVFZ2S5"])(
    "%j is no key id",
    (text) => {
      expect(keysProblem({ ...keys, accessKeyId: text })).toContain("key id");
    },
  );

  test("the words never repeat the answer", () => {
    const problem = keysProblem({ ...keys, sessionToken: "very\nsecret" });
    expect(problem).not.toContain("very");
  });
});

describe("expiryProblem()", () => {
  const at = new Date("2026-01-01T00:00:00Z");
  const problemAfter = (seconds: number) =>
    expiryProblem(new Date(at.getTime() + seconds * 1000), at, 3600);
  test.each([1, 900, 3600, 3601, 3600 + 300])("%i s after the answer: none", (seconds) => {
    expect(problemAfter(seconds)).toBeUndefined();
  });
  test.each([0, -1, -3600, 3600 + 301, 12 * 3600, 10 * 365 * 24 * 3600])(
    "%i s after the answer: a problem",
    (seconds) => {
      expect(problemAfter(seconds)).toBeDefined();
    },
  );
});

describe("assumedRoleProblem()", () => {
  const asked = { roleArn: "arn:aws:iam::222222222222:role/team/a/Dev", sessionName: "me" };
  test.each([
    ["arn:aws:sts::222222222222:assumed-role/Dev/me", undefined],
    ["arn:aws:sts::333333333333:assumed-role/Dev/me", "account"],
    ["arn:aws-cn:sts::222222222222:assumed-role/Dev/me", "account"],
    ["arn:aws:iam::222222222222:assumed-role/Dev/me", "account"],
    ["arn:aws:sts::222222222222:federated-user/me", "account"],
    ["arn:aws:sts::222222222222:assumed-role/Admin/me", "Dev"],
    ["arn:aws:sts::222222222222:assumed-role/dev/me", "Dev"],
    ["arn:aws:sts::222222222222:assumed-role/team/a/Dev/me", "Dev"],
    ["arn:aws:sts::222222222222:assumed-role/Dev/me/more", "Dev"],
    ["arn:aws:sts::222222222222:assumed-role/Dev/you", "name"],
    ["arn:aws:sts::222222222222:assumed-role/Dev/me\n", "name"],
    ["arn:aws:sts::222222222222:assumed-role/Dev", "name"],
    ["", "account"],
  ])("%j", (arn, problem) => {
    if (problem === undefined) expect(assumedRoleProblem(arn, asked)).toBeUndefined();
    else expect(assumedRoleProblem(arn, asked)).toContain(problem);
  });
});

test.each([
  ["arn:aws:iam::111111111111:user/team/me", "111111111111", true],
  ["arn:aws:iam::111111111111:root", "111111111111", true],
  ["arn:aws-us-gov:sts::111111111111:assumed-role/Dev/me", "111111111111", true],
  ["arn:aws:iam::111111111111:user/me", "222222222222", false],
  ["arn:aws:iam::111111111111:user/me\nawst: done", "111111111111", false],
  ["arn:aws:iam::111111111111:user/\u202eem", "111111111111", false],
  ["arn:aws:s3::111111111111:user/me", "111111111111", false],
  ["arn:aws:iam::1111:user/me", "1111", false],
  ["xarn:aws:iam::111111111111:user/me", "111111111111", false],
  [`arn:aws:iam::111111111111:user/${"x".repeat(2000)}`, "111111111111", false],
])("callerProblem(%j, %s)", (arn, accountId, isGood) => {
  expect(callerProblem(arn, accountId) === undefined).toBe(isGood);
});

test.each([
  ["arn:aws:iam::111111111111:mfa/me", "me", true],
  ["GAHT12345678", undefined, true],
  ["arn:aws:iam::111111111111:mfa/me\n", "me", false],
  ["arn:aws:iam::111111111111:mfa/\u001b[31mme", "me", false],
  ["arn:aws:iam::111111111111:mfa/me", "me you", false],
  ["arn:aws:iam::111111111111:mfa/me", "me\u0007", false],
  ["x".repeat(257), "me", false],
])("devicesProblem([%j], [%j])", (serial, userName, isGood) => {
  expect(devicesProblem([serial], [userName]) === undefined).toBe(isGood);
});

test("a key belongs to the user that was asked for, without case", () => {
  expect([userProblem("Me", "me"), userProblem(undefined, "me")]).toEqual([undefined, undefined]);
  expect(userProblem("you", "me")).toBeDefined();
});

test("a listed key has an id and a state that AWS uses", () => {
  for (const status of ["Active", "Inactive", "Expired"]) {
    expect(listedKeyProblem(keys.accessKeyId, status)).toBeUndefined();
  }
  expect(listedKeyProblem(keys.accessKeyId, "")).toBeDefined();
  expect(listedKeyProblem(keys.accessKeyId, "Active\n")).toBeDefined();
  expect(listedKeyProblem("AKIA\u001b[2J00000000", "Active")).toBeDefined();
});

test.each([
  ["arn:aws:iam::222222222222:role/Dev", "arn:aws:sts::222222222222:assumed-role/Dev/me", true],
  ["arn:aws:iam::222222222222:role/a/b/Dev", "arn:aws:sts::222222222222:assumed-role/Dev/me", true],
  ["xarn:aws:iam::222222222222:role/Dev", "arn:aws:sts::222222222222:assumed-role/Dev/me", false],
  ["arn:aws:iam::222222222222:role/Dev/", "arn:aws:sts::222222222222:assumed-role/Dev/me", false],
  ["not an ARN", "arn:undefined:sts::undefined:assumed-role/undefined/me", false],
])("asked for %s, answered %s: %s", (roleArn, answered, isGood) => {
  const problem = assumedRoleProblem(answered, { roleArn, sessionName: "me" });
  expect(problem === undefined).toBe(isGood);
});

test("one bad device among good ones is a problem, and so is one bad user name", () => {
  const good = "arn:aws:iam::111111111111:mfa/me";
  expect(devicesProblem([good, "a b"], [])).toBeDefined();
  expect(devicesProblem([good], ["me", "me you"])).toBeDefined();
  expect(devicesProblem([], [])).toBeUndefined();
});
