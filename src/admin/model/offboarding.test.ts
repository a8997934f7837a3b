// Which steps off-board a user, for users who have all that a user can have, nothing, or a part of it.

import { describe, expect, test } from "vitest";
import {
  denyUntil,
  denyWithId,
  emptyUser,
  keyOf,
  type UserChange,
  userWith,
} from "../../../test/support/empty-user.ts";
import type { UserInventory } from "./account-facts.ts";
import {
  cutPolicy,
  cutPolicyName,
  cutSteps,
  cutTags,
  denyAllArn,
  emptyingSteps,
  hasDeny,
  idsOf,
  isCut,
  isDenyAll,
  lastSteps,
  withoutDeny,
} from "./offboarding.ts";

const day = "2026-11-27";
const at = new Date("2026-01-01T00:00:00Z");
const serial = (name: string) => `arn:aws:iam::111111111111:mfa/${name}`;
const denyAll = "arn:aws:iam::aws:policy/AWSDenyAll";
const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const deny = denyUntil("");

const service = (id: string, status: "Active" | "Inactive" | "Expired" = "Active") => ({
  ...keyOf(id, status),
  userName: "zoe",
  service: "codecommit.amazonaws.com",
  expiresAt: undefined,
});
const cut = { [cutTags.at]: "2026-11-01" };

const everything = userWith({
  loginProfile: { createdAt: at },
  keys: [keyOf("AKIA1"), keyOf("AKIA2", "Inactive"), keyOf("AKIA3", "Expired")],
  devices: [
    { serial: serial("zoe"), enabledAt: at },
    { serial: "GAHT12345678", enabledAt: at },
    { serial: "arn:aws:iam::111111111111:u2f/user/zoe/key", enabledAt: at },
  ],
  unassignedDevices: [serial("zoe-2")],
  sshKeys: [
    { id: "APKA1", status: "Active", uploadedAt: at },
    { id: "APKA2", status: "Inactive", uploadedAt: at },
  ],
  certificates: [
    { id: "CERT1", status: "Active", body: "" },
    { id: "CERT2", status: "Inactive", body: "" },
  ],
  serviceCredentials: [service("ACCA1"), service("ACCA2", "Inactive"), service("ACCA3", "Expired")],
  groups: ["staff", "admins"],
  inlinePolicies: [{ name: "own", document: "{}" }],
  attachedPolicies: [readOnly],
});

describe("cutPolicy()", () => {
  const Statement = { Effect: "Deny", Action: "*", Resource: "*" };
  test("has no condition and no exception, and the name that earlier runs gave it", () => {
    expect(cutPolicyName).toBe("awst-cut");
    expect(cutPolicy(undefined)).toEqual(deny);
    expect(JSON.parse(deny.document)).toEqual({ Version: "2012-10-17", Statement });
  });

  test("names the day of the deletion, and is within what a grant leaves free", () => {
    const { document } = cutPolicy("2026-12-27");
    expect(cutPolicy("2026-12-27")).toEqual(denyUntil("2026-12-27"));
    const Sid = "DeleteFrom20261227";
    expect(JSON.parse(document)).toEqual({
      Version: "2012-10-17",
      Statement: { Sid, ...Statement },
    });
    expect(document.length).toBeLessThanOrEqual(128);
  });
});

describe("cutSteps()", () => {
  const steps = (inventory: UserInventory, deleteAfter?: string) =>
    cutSteps(inventory, { day, deleteAfter });

  test("deny first, then what is active, each recorded in a tag, and the password last", () => {
    expect(steps(everything, "2026-12-27")).toEqual([
      { do: "deny", deleteAfter: "2026-12-27" },
      {
        do: "tag",
        tags: {
          "awst:cut": day,
          "awst:cut-keys": "AKIA1",
          "awst:cut-ssh": "APKA1 CERT1",
          "awst:cut-services": "ACCA1",
          "awst:delete-after": "2026-12-27",
        },
      },
      { do: "deactivate key", id: "AKIA1" },
      { do: "deactivate service credential", id: "ACCA1", service: "codecommit.amazonaws.com" },
      { do: "deactivate SSH key", id: "APKA1" },
      { do: "deactivate certificate", id: "CERT1" },
      { do: "delete password" },
    ]);
  });

  test("a user without anything is denied and tagged with the day alone", () => {
    const tags = { "awst:cut": day };
    expect(steps(emptyUser)).toStrictEqual([
      { do: "deny", deleteAfter: undefined },
      { do: "tag", tags },
    ]);
  });

  test("two keys are in one tag", () => {
    expect(steps(userWith({ keys: [keyOf("AKIA1"), keyOf("AKIA2")] }))).toContainEqual({
      do: "tag",
      tags: { "awst:cut": day, "awst:cut-keys": "AKIA1 AKIA2" },
    });
  });

  const off = userWith({ user: { tags: cut }, inlinePolicies: [deny] });
  const later = { "awst:delete-after": "2026-12-27" };
  const dated = userWith({
    user: { tags: { ...cut, ...later } },
    inlinePolicies: [denyUntil("2026-12-27")],
  });
  test.each<[string, UserInventory, string | undefined, readonly object[]]>([
    ["nothing", off, undefined, []],
    [
      "the day of the deletion",
      off,
      "2026-12-27",
      [
        { do: "deny", deleteAfter: "2026-12-27" },
        { do: "tag", tags: later },
      ],
    ],
    ["nothing, with the same day", dated, "2026-12-27", []],
    [
      "another day of the deletion",
      dated,
      "2026-12-28",
      [
        { do: "deny", deleteAfter: "2026-12-28" },
        { do: "tag", tags: { "awst:delete-after": "2026-12-28" } },
      ],
    ],
    ["nothing, where its day of deletion stays", dated, undefined, []],
    [
      "the day in the deny, where the tag has it",
      userWith({ ...dated, inlinePolicies: [deny], user: dated.user }),
      "2026-12-27",
      [{ do: "deny", deleteAfter: "2026-12-27" }],
    ],
    [
      "the tag alone, where no day fits beside AWS's policy",
      userWith({ user: { tags: cut }, inlinePolicies: [deny], attachedPolicies: [denyAll] }),
      "2026-12-27",
      [{ do: "tag", tags: later }],
    ],
    [
      "both, where the day is in the deny beside AWS's policy",
      userWith({ ...dated, attachedPolicies: [denyAll], user: dated.user }),
      "2026-12-28",
      [
        { do: "deny", deleteAfter: "2026-12-28" },
        { do: "tag", tags: { "awst:delete-after": "2026-12-28" } },
      ],
    ],
    [
      "the tag alone, where the boundary denies",
      userWith({ user: { tags: cut, boundary: denyAll }, inlinePolicies: [deny] }),
      "2026-12-27",
      [{ do: "tag", tags: later }],
    ],
    [
      "the deny that was removed",
      userWith({ user: { tags: cut } }),
      undefined,
      [{ do: "deny", deleteAfter: undefined }],
    ],
    [
      "a key that was switched on again, and not its tag",
      userWith({ ...off, keys: [keyOf("AKIA1")], user: off.user }),
      undefined,
      [{ do: "deactivate key", id: "AKIA1" }],
    ],
    [
      "a new password",
      userWith({ ...off, loginProfile: { createdAt: at }, user: off.user }),
      undefined,
      [{ do: "delete password" }],
    ],
  ])("of a user who is cut: %s", (_case, inventory, deleteAfter, expected) => {
    expect(steps(inventory, deleteAfter)).toEqual(expected);
  });
});

describe("emptyingSteps()", () => {
  test("keys before devices; neither the deny nor the user", () => {
    const inventory = userWith({
      ...everything,
      inlinePolicies: [{ name: "own", document: "{}" }, deny],
      attachedPolicies: [readOnly, denyAll],
    });
    expect(emptyingSteps(inventory)).toEqual([
      { do: "delete key", id: "AKIA1" },
      { do: "delete key", id: "AKIA2" },
      { do: "delete key", id: "AKIA3" },
      ...["ACCA1", "ACCA2", "ACCA3"].map((id) => ({
        do: "delete service credential",
        id,
        service: "codecommit.amazonaws.com",
      })),
      { do: "delete certificate", id: "CERT1" },
      { do: "delete certificate", id: "CERT2" },
      { do: "delete SSH key", id: "APKA1" },
      { do: "delete SSH key", id: "APKA2" },
      { do: "deactivate device", serial: serial("zoe") },
      { do: "delete device", serial: serial("zoe") },
      { do: "deactivate device", serial: "GAHT12345678" },
      { do: "deactivate device", serial: "arn:aws:iam::111111111111:u2f/user/zoe/key" },
      { do: "delete device", serial: serial("zoe-2") },
      { do: "leave group", group: "staff" },
      { do: "leave group", group: "admins" },
      { do: "detach policy", arn: readOnly },
      { do: "delete policy", name: "own" },
    ]);
  });

  test("nothing of an empty user", () => {
    expect(emptyingSteps(emptyUser)).toEqual([]);
  });

  test.each([
    ["arn:aws-us-gov:iam::111111111111:mfa/team/zoe", true],
    ["arn:aws:iam::111111111111:sms-mfa/zoe", false],
    ["arn:aws:iam::11111111111:mfa/zoe", false],
    ["xarn:aws:iam::111111111111:mfa/zoe", false],
    ["arn::iam::111111111111:mfa/zoe", false],
    ["arn:a/b:iam::111111111111:mfa/zoe", false],
  ])("%s is a device that can be deleted: %s", (serial, isVirtual) => {
    const steps = emptyingSteps(userWith({ devices: [{ serial, enabledAt: at }] }));
    expect(steps.map((step) => step.do).includes("delete device")).toBe(isVirtual);
  });
});

describe("lastSteps()", () => {
  test.each<[string, UserChange, readonly object[]]>([
    ["without a deny", {}, []],
    ["with another policy", { inlinePolicies: [{ name: "own", document: "{}" }] }, []],
    [
      "with awst's",
      { inlinePolicies: [{ name: "own", document: "{}" }, deny] },
      [{ do: "delete policy", name: cutPolicyName }],
    ],
    [
      "with AWS's",
      { attachedPolicies: [readOnly, denyAll] },
      [{ do: "detach policy", arn: denyAll }],
    ],
    [
      "with both",
      { attachedPolicies: [denyAll], inlinePolicies: [deny] },
      [
        { do: "detach policy", arn: denyAll },
        { do: "delete policy", name: cutPolicyName },
      ],
    ],
  ])("%s: the user leaves last", (_case, change, expected) => {
    expect(lastSteps(userWith(change))).toEqual([...expected, { do: "delete user" }]);
  });
});

const spaced = JSON.stringify(JSON.parse(deny.document), null, 2);
const conditional = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Deny", Action: "*", Resource: "*", Condition: {} },
});

test.each<[string, UserChange, boolean]>([
  ["nothing", {}, false],
  ["awst's policy", { inlinePolicies: [deny] }, true],
  ["awst's policy with a day", { inlinePolicies: [denyUntil("2026-12-27")] }, true],
  ["that name with another id", { inlinePolicies: [denyWithId("DeleteFrom")] }, false],
  [
    "that name with text before",
    { inlinePolicies: [{ ...deny, document: `x${deny.document}` }] },
    false,
  ],
  [
    "that name with text after",
    { inlinePolicies: [{ ...deny, document: `${deny.document}x` }] },
    false,
  ],
  ["awst's policy with spaces", { inlinePolicies: [{ ...deny, document: spaced }] }, true],
  ["that name with a condition", { inlinePolicies: [{ ...deny, document: conditional }] }, false],
  ["that document under another name", { inlinePolicies: [{ ...deny, name: "x" }] }, false],
  ["AWS's policy", { attachedPolicies: [readOnly, denyAll] }, true],
  ["another policy of AWS's", { attachedPolicies: [readOnly] }, false],
  ["AWS's policy as boundary", { user: { boundary: denyAll } }, true],
  ["another boundary", { user: { boundary: readOnly } }, false],
])("hasDeny() with %s: %s", (_case, change, expected) => {
  expect(hasDeny(userWith(change))).toBe(expected);
});

test.each([
  [denyAll, true],
  ["arn:aws-cn:iam::aws:policy/AWSDenyAll", true],
  ["arn:aws:iam::111111111111:policy/AWSDenyAll", false],
  ["arn:aws:iam::aws:policy/AWSDenyAll2", false],
  ["xarn:aws:iam::aws:policy/AWSDenyAll", false],
  ["arn::iam::aws:policy/AWSDenyAll", false],
  ["arn:a/b:iam::aws:policy/AWSDenyAll", false],
  [undefined, false],
])("isDenyAll(%s): %s", (arn, expected) => {
  expect(isDenyAll(arn)).toBe(expected);
});

test("AWS's policy has the partition of the user", () => {
  const arn = denyAllArn("arn:aws-cn:iam::111111111111:user/zoe");
  expect(arn).toBe("arn:aws-cn:iam::aws:policy/AWSDenyAll");
  expect(isDenyAll(arn)).toBe(true);
});

test("who is cut has the tag of the day", () => {
  expect(isCut({ tags: cut })).toBe(true);
  expect(isCut({ tags: { [cutTags.keys]: "AKIA1" } })).toBe(false);
});

test.each<[Readonly<Record<string, string>>, readonly string[]]>([
  [{ [cutTags.keys]: "AKIA1 AKIA2" }, ["AKIA1", "AKIA2"]],
  [{ [cutTags.keys]: " AKIA1  AKIA2 " }, ["AKIA1", "AKIA2"]],
  [{ [cutTags.keys]: "" }, []],
  [{}, []],
])("idsOf(%j): %j", (tags, ids) => {
  expect(idsOf(tags, cutTags.keys)).toEqual(ids);
});

test("withoutDeny() leaves out what a cut adds, and nothing else", () => {
  const own = { name: "own", document: "{}" };
  const owner = { name: "zoe", arn: "arn:aws:iam::111111111111:user/zoe", more: 1 };
  const policies = {
    inlinePolicies: [own, denyUntil("2026-12-27"), { ...deny, document: "{}" }],
    attachedPolicies: [readOnly, denyAll],
  };
  expect(withoutDeny({ ...owner, ...policies })).toEqual({
    ...owner,
    inlinePolicies: [own, { ...deny, document: "{}" }],
    attachedPolicies: [readOnly],
  });
});
