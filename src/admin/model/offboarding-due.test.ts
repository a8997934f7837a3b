// Whether the day of a deletion has come: by tags, which many may set, and by the deny, which few may change.

import { expect, test } from "vitest";
import {
  denyUntil,
  denyWithId,
  keyOf,
  type UserChange,
  userWith,
} from "../../../test/support/empty-user.ts";
import { cutTags, isCutForLater, isDue, whyNotCut, whyNotDue } from "./offboarding.ts";

const at = new Date("2026-01-01T00:00:00Z");
const serial = (name: string) => `arn:aws:iam::111111111111:mfa/${name}`;
const denyAll = "arn:aws:iam::aws:policy/AWSDenyAll";
const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const deny = denyUntil("");
const cut = { [cutTags.at]: "2026-11-01" };

const now = new Date("2026-11-27T12:00:00Z");
const inactive = [keyOf("AKIA1", "Inactive"), keyOf("AKIA2", "Expired")];
const over = denyUntil("2026-11-27");
const accessBack = "was cut off and has access again";
const tagAlone = "is tagged as cut off, but no policy denies everything to the user";
const noDay = "is cut off, but the policy that denies everything names no day";
const notYet = (day: string) => `is to be deleted from ${day} on, whatever the tags say`;

test.each<[string, UserChange, string | undefined]>([
  ["inactive keys and a deny of today", { keys: inactive, inlinePolicies: [over] }, undefined],
  ["a deny of an earlier day", { inlinePolicies: [denyUntil("2020-02-29")] }, undefined],
  ["awst's deny beside AWS's", { inlinePolicies: [over], attachedPolicies: [denyAll] }, undefined],
  ["a deny of a later day", { inlinePolicies: [denyUntil("2026-11-28")] }, notYet("2026-11-28")],
  [
    "a deny of no day of the calendar",
    { inlinePolicies: [denyWithId("DeleteFrom20260230")] },
    notYet("2026-02-30"),
  ],
  ["a deny without a day", { keys: inactive, inlinePolicies: [deny] }, noDay],
  ["AWS's policy alone", { keys: inactive, attachedPolicies: [denyAll] }, noDay],
  ["AWS's policy as boundary alone", { keys: inactive, user: { boundary: denyAll } }, noDay],
  ["an active key", { keys: [...inactive, keyOf("AKIA3")], inlinePolicies: [over] }, accessBack],
  ["a password", { loginProfile: { createdAt: at }, inlinePolicies: [over] }, accessBack],
  ["nothing, as a new user and a stopped deletion have it", {}, tagAlone],
  ["a device alone", { devices: [{ serial: serial("a"), enabledAt: at }] }, tagAlone],
  ["a password alone", { loginProfile: { createdAt: at } }, accessBack],
  ["inactive keys and no deny", { keys: inactive }, tagAlone],
  ["a group and no deny", { groups: ["readers"] }, tagAlone],
  [
    "a policy of that name that allows",
    { inlinePolicies: [{ ...deny, document: "{}" }] },
    tagAlone,
  ],
  ["another policy of AWS's", { attachedPolicies: [readOnly] }, tagAlone],
  ["another boundary", { user: { boundary: readOnly } }, tagAlone],
])("whyNotCut() with %s", (_case, change, expected) => {
  const inventory = userWith({ ...change, user: { tags: cut, ...change.user } });
  expect(whyNotCut(inventory, now)).toBe(expected);
  if (expected === accessBack) return;
  expect(whyNotDue({ ...inventory, ...inventory.user }, now)).toBe(expected);
});

const due = { ...cut, [cutTags.deleteAfter]: "2026-11-20" };
test.each<[string, UserChange, boolean]>([
  ["no tag and no deny", { user: { tags: {} } }, false],
  [
    "AWS's policy, which awst did not attach",
    { user: { tags: {} }, attachedPolicies: [denyAll] },
    false,
  ],
  ["the tag of the cut alone", { user: { tags: cut } }, true],
  ["a tag that is due, and no deny", { user: { tags: due } }, false],
  [
    "a tag that is due, and a deny without a day",
    { user: { tags: due }, inlinePolicies: [deny] },
    true,
  ],
  [
    "a tag that is due, and AWS's policy",
    { user: { tags: due }, attachedPolicies: [denyAll] },
    true,
  ],
  [
    "a tag that is due, and a deny of today",
    { user: { tags: due }, inlinePolicies: [over] },
    false,
  ],
  [
    "a tag that is due, and a deny of a later day",
    { user: { tags: due }, inlinePolicies: [denyUntil("2026-11-28")] },
    true,
  ],
  [
    "a later tag, and a deny of today",
    { user: { tags: { ...cut, [cutTags.deleteAfter]: "2026-11-28" } }, inlinePolicies: [over] },
    true,
  ],
  [
    "a deny of a later day, without tags",
    { user: { tags: {} }, inlinePolicies: [denyUntil("2026-11-28")] },
    true,
  ],
  ["a deny without a day, without tags", { user: { tags: {} }, inlinePolicies: [deny] }, true],
  ["a deny of today, without tags", { user: { tags: {} }, inlinePolicies: [over] }, false],
])("isCutForLater() with %s: %s", (_case, change, expected) => {
  expect(isCutForLater(userWith(change), now)).toBe(expected);
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
  const tags = day === undefined ? cut : { ...cut, [cutTags.deleteAfter]: day };
  expect(isDue({ tags }, now)).toBe(expected);
  const { [cutTags.at]: _, ...others }: Record<string, string> = tags;
  expect(isDue({ tags: others }, now)).toBe(false);
});
