import { describe, expect, test } from "vitest";
import type { EnsuredProfiles } from "../../model/profile/profile-cache.ts";
import { Secret } from "../../model/secret.ts";
import type { RoleSession } from "../../model/session/session.ts";
import { assumeJson, profileLines } from "./assume-report.ts";

const both: EnsuredProfiles = {
  names: ["a b", "a/b"],
  usable: "a/b",
  conflicts: [],
  unwritable: [],
};
const facts = {
  account: "a",
  accountId: "111111111111",
  role: "b",
  identity: "me",
  region: "eu-west-1",
  profiles: both,
};

const paths = { awsConfig: "/h/config", awsCredentials: "/h/credentials" };

describe("profileLines()", () => {
  test.each([
    ["both names, and the one without a space is printed", both, []],
    [
      "both names, and the one with a space is printed",
      { ...both, usable: "a b" },
      [
        "SDKs that don't read names with spaces (JavaScript, Java, Rust, C++) and programs built on them: AWS_PROFILE=a/b",
      ],
    ],
    ["a name without spaces", { ...both, names: ["a/b"], usable: "a/b" }, []],
    [
      "a conflict",
      {
        names: ["a/b"],
        usable: "a/b",
        conflicts: [{ name: "a b", file: "credentials", why: "it holds a long-term key" }],
        unwritable: [],
      },
      [
        'skipped profile "a b" in /k: it holds a long-term key; rename that section, or set other names in [write] profiles',
      ],
    ],
    [
      "a profile that can't be written",
      { names: [], usable: undefined, conflicts: [], unwritable: [{ name: "a]", why: "no" }] },
      ['cannot write profile "a]": no'],
    ],
  ] as const)("%s", (_name, profiles, lines) => {
    expect(profileLines(profiles, { awsConfig: "/c", awsCredentials: "/k" })).toEqual(lines);
  });
});

describe("assumeJson()", () => {
  const session: RoleSession = {
    keys: {
      accessKeyId: "ASIA1",
      secretAccessKey: new Secret("hidden-one"),
      sessionToken: new Secret("hidden-two"),
      expiresAt: new Date("2025-06-15T13:00:00.900Z"),
    },
    issuedAt: new Date("2025-06-15T12:00:00Z"),
    renewableUntil: new Date("2025-06-15T16:00:00Z"),
    assumedRoleArn: "arn:x",
    accountId: "111111111111",
    region: "eu-west-1",
    fingerprint: "f",
    signedBy: "AKIA1",
    configurationStamp: "c",
    environment: "e",
  };
  const obtained = {
    session,
    identity: "me",
    account: "a",
    role: "b",
    how: "new",
    target: undefined,
  } as const;

  test("has every field and no secret", () => {
    const json = assumeJson({ ...facts, obtained }, paths);
    expect(json).toEqual({
      account: "a",
      accountId: "111111111111",
      role: "b",
      identity: "me",
      how: "new",
      expiresAt: "2025-06-15T13:00:00Z",
      renewableUntil: "2025-06-15T16:00:00Z",
      assumedRoleArn: "arn:x",
      region: "eu-west-1",
      profileNames: ["a b", "a/b"],
      profilesNotWritten: [],
      unreadableLines: [],
    });
    expect(JSON.stringify(json)).not.toMatch(/hidden|secret|ASIA/);
  });

  test("without a session", () => {
    expect(assumeJson({ ...facts, obtained: undefined }, paths)).toMatchObject({
      how: null,
      expiresAt: null,
      renewableUntil: null,
      assumedRoleArn: null,
    });
  });
});
