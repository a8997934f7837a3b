// Which steps off-board a user, for users who have all that a user can have, nothing, or a part of it.

import { describe, expect, test } from "vitest";
import { emptyUser } from "../../../test/support/empty-user.ts";
import type { UserInventory } from "./account-facts.ts";
import {
  cutPolicyDocument,
  cutPolicyName,
  cutSteps,
  cutTags,
  denyAllArn,
  emptyingSteps,
  hasDeny,
  idsOf,
  isCut,
  isDenyAll,
  isDue,
  lastSteps,
  whyNotCut,
} from "./offboarding.ts";

const day = "2026-11-27";
const at = new Date("2026-01-01T00:00:00Z");
const serial = (name: string) => `arn:aws:iam::111111111111:mfa/${name}`;
const denyAll = "arn:aws:iam::aws:policy/AWSDenyAll";
const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const deny = { name: cutPolicyName, document: cutPolicyDocument };

type UserChange = Partial<Omit<UserInventory, "user">> & {
  readonly user?: Partial<UserInventory["user"]>;
};
const userWith = ({ user, ...more }: UserChange): UserInventory => ({
  ...emptyUser,
  ...more,
  user: { ...emptyUser.user, ...user },
});

const key = (id: string, status: "Active" | "Inactive" | "Expired" = "Active") => ({
  id,
  status,
  createdAt: at,
});
const service = (id: string, status: "Active" | "Inactive" | "Expired" = "Active") => ({
  ...key(id, status),
  userName: "zoe",
  service: "codecommit.amazonaws.com",
  expiresAt: undefined,
});
const cut = { [cutTags.at]: "2026-11-01" };

const everything = userWith({
  loginProfile: { createdAt: at },
  keys: [key("AKIA1"), key("AKIA2", "Inactive"), key("AKIA3", "Expired")],
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

test("the deny has no condition and no exception, and the name that earlier runs gave it", () => {
  expect(cutPolicyName).toBe("awst-cut");
  expect(JSON.parse(cutPolicyDocument)).toEqual({
    Version: "2012-10-17",
    Statement: { Effect: "Deny", Action: "*", Resource: "*" },
  });
});

describe("cutSteps()", () => {
  const steps = (inventory: UserInventory, deleteAfter?: string) =>
    cutSteps(inventory, { day, deleteAfter });

  test("deny first, then what is active, each recorded in a tag, and the password last", () => {
    expect(steps(everything, "2026-12-27")).toEqual([
      { do: "deny" },
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
    expect(steps(emptyUser)).toStrictEqual([{ do: "deny" }, { do: "tag", tags }]);
  });

  test("two keys are in one tag", () => {
    expect(steps(userWith({ keys: [key("AKIA1"), key("AKIA2")] }))).toContainEqual({
      do: "tag",
      tags: { "awst:cut": day, "awst:cut-keys": "AKIA1 AKIA2" },
    });
  });

  const off = userWith({ user: { tags: cut }, inlinePolicies: [deny] });
  const later = { "awst:delete-after": "2026-12-27" };
  test.each<[string, UserInventory, string | undefined, readonly object[]]>([
    ["nothing", off, undefined, []],
    ["the day of the deletion", off, "2026-12-27", [{ do: "tag", tags: later }]],
    [
      "nothing, with the same day",
      userWith({ ...off, user: { tags: { ...cut, ...later } } }),
      "2026-12-27",
      [],
    ],
    [
      "another day of the deletion",
      userWith({ ...off, user: { tags: { ...cut, ...later } } }),
      "2026-12-28",
      [{ do: "tag", tags: { "awst:delete-after": "2026-12-28" } }],
    ],
    [
      "nothing, where its day of deletion stays",
      userWith({ ...off, user: { tags: { ...cut, ...later } } }),
      undefined,
      [],
    ],
    ["the deny that was removed", userWith({ user: { tags: cut } }), undefined, [{ do: "deny" }]],
    [
      "a key that was switched on again, and not its tag",
      userWith({ ...off, keys: [key("AKIA1")], user: off.user }),
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

const spaced = JSON.stringify(JSON.parse(cutPolicyDocument), null, 2);
const conditional = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Deny", Action: "*", Resource: "*", Condition: {} },
});

test.each<[string, UserChange, boolean]>([
  ["nothing", {}, false],
  ["awst's policy", { inlinePolicies: [deny] }, true],
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

const inactive = [key("AKIA1", "Inactive"), key("AKIA2", "Expired")];
const accessBack = "was cut off and has access again";
const tagAlone = "is tagged as cut off, but no policy denies everything to the user";

test.each<[string, UserChange, string | undefined, boolean?]>([
  ["inactive keys and the deny", { keys: inactive, inlinePolicies: [deny] }, undefined],
  ["inactive keys and AWS's policy", { keys: inactive, attachedPolicies: [denyAll] }, undefined],
  [
    "inactive keys and AWS's policy as boundary",
    { keys: inactive, user: { boundary: denyAll } },
    undefined,
  ],
  ["an active key", { keys: [...inactive, key("AKIA3")], inlinePolicies: [deny] }, accessBack],
  ["a password", { loginProfile: { createdAt: at }, inlinePolicies: [deny] }, accessBack],
  ["nothing, as a deletion of this machine leaves it just before its end", {}, undefined, true],
  ["nothing, as a new user has it", {}, tagAlone],
  ["a device alone", { devices: [{ serial: serial("a"), enabledAt: at }] }, tagAlone, true],
  ["a password alone", { loginProfile: { createdAt: at } }, accessBack, true],
  ["inactive keys and no deny", { keys: inactive }, tagAlone],
  ["a group and no deny", { groups: ["readers"] }, tagAlone],
  [
    "a policy of that name that allows",
    { inlinePolicies: [{ ...deny, document: "{}" }], groups: ["readers"] },
    tagAlone,
  ],
  ["another policy of AWS's", { attachedPolicies: [readOnly] }, tagAlone],
  [
    "another boundary and a device",
    { user: { boundary: readOnly }, devices: [{ serial: serial("a"), enabledAt: at }] },
    tagAlone,
  ],
])("whyNotCut() with %s", (_case, change, expected, isRecorded = false) => {
  const inventory = userWith({ ...change, user: { tags: cut, ...change.user } });
  expect(whyNotCut(inventory, isRecorded)).toBe(expected);
});

test.each<[string | undefined, boolean]>([
  ["2026-11-26", true],
  ["2026-11-27", true],
  ["2026-11-28", false],
  ["2099-01-01", false],
  [undefined, false],
  ["", false],
  ["0", false],
  ["2026", false],
  ["2026-1-1", false],
  ["2026-02-31", false],
  ["2026-00-10", false],
  [" 2026-11-26", false],
  ["2026-11-26T00:00:00Z", false],
  ["soon", false],
])("isDue() with %j in the tag: %s", (day, expected) => {
  const now = new Date("2026-11-27T12:00:00Z");
  const tags = day === undefined ? cut : { ...cut, [cutTags.deleteAfter]: day };
  expect(isDue({ tags }, now)).toBe(expected);
  const { [cutTags.at]: _, ...others }: Record<string, string> = tags;
  expect(isDue({ tags: others }, now)).toBe(false);
});

test.each<[Readonly<Record<string, string>>, readonly string[]]>([
  [{ [cutTags.keys]: "AKIA1 AKIA2" }, ["AKIA1", "AKIA2"]],
  [{ [cutTags.keys]: " AKIA1  AKIA2 " }, ["AKIA1", "AKIA2"]],
  [{ [cutTags.keys]: "" }, []],
  [{}, []],
])("idsOf(%j): %j", (tags, ids) => {
  expect(idsOf(tags, cutTags.keys)).toEqual(ids);
});
