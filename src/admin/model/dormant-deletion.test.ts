import { describe, expect, test } from "vitest";
import { emptyUser } from "../../../test/support/empty-user.ts";
import type { UserInventory } from "./account-facts.ts";
import type { DormantRules, GroupRules } from "./admin-settings.ts";
import {
  type DeletionDates,
  type DeletionEvidence,
  decideDeletion,
  enforcementStepText,
  findDeletionObjection,
  policyArn,
  recordedUser,
  recordNames,
  serviceCategory,
} from "./dormant-deletion.ts";
import { dormantStepText } from "./dormant-steps.ts";
import { type AccessFacts, judgeUser } from "./dormant-verdict.ts";

const now = new Date("2026-11-27T12:00:00Z");
const dayMs = 86_400_000;
const ago = (days: number) => new Date(now.getTime() - days * dayMs);
const dayAgo = (days: number) => ago(days).toISOString().slice(0, 10);
const rules: DormantRules = {
  days: 90,
  neverUsedDays: 30,
  warnDays: 14,
  deleteDays: 60,
  actions: ["console", "keys", "user"],
  except: ["ci-*"],
};

interface GivenUser {
  readonly name?: string;
  readonly disabled?: number | string;
  readonly restored?: number | string;
  readonly recorded?: number;
  readonly warned?: number;
  readonly access?: readonly AccessFacts[];
  readonly guard?: string;
  readonly rules?: Partial<DormantRules>;
}

const offKey: AccessFacts = {
  kind: "key",
  id: "AKIA1",
  isOn: false,
  createdAt: ago(800),
  lastUsed: "unknown",
};
const onKey: AccessFacts = { ...offKey, isOn: true, lastUsed: ago(1) };

/** Days from now, as in `until`. */
const inDays = (days: number) => dayAgo(-days);
const step = (kind: string, until?: string) => ({
  step: { do: kind, ...(until !== undefined && { until }) },
});
const unschedule = (why: unknown) => ({ step: { do: "unschedule", why } });

describe("when a user is deleted", () => {
  test.each<[string, GivenUser, unknown]>([
    ["never disabled", {}, undefined],
    ["disabled today: the time starts", { disabled: 0 }, step("schedule", inDays(60))],
    [
      "disabled long ago, without a record: the time starts now, whatever the tag says",
      { disabled: 900 },
      step("schedule", inDays(60)),
    ],
    ["a day of the future", { disabled: -3 }, undefined],
    ["a damaged tag", { disabled: "long ago" }, undefined],
    ["a tag with no day of the calendar", { disabled: "2026-02-31x" }, undefined],
    ["a tag with a part of a day", { disabled: "2026-1" }, undefined],
    ["an empty tag", { disabled: "" }, undefined],
    ["recorded yesterday", { disabled: 2, recorded: 1 }, step("pending", inDays(59))],
    ["the day before the warning", { disabled: 45, recorded: 45 }, step("pending", inDays(15))],
    [
      "warned warnDays before the end",
      { disabled: 46, recorded: 46 },
      step("announce", inDays(14)),
    ],
    [
      "warned too late: the user has the whole time of a warning",
      { disabled: 300, recorded: 300 },
      step("announce", inDays(14)),
    ],
    ["warned yesterday", { disabled: 47, recorded: 47, warned: 1 }, step("pending", inDays(13))],
    [
      "warned late: the user has the whole time of a warning",
      { disabled: 47, recorded: 47, warned: 1, rules: { deleteDays: 50 } },
      step("pending", inDays(13)),
    ],
    [
      "a warning older than the record, as a forger makes it: there is another one",
      { disabled: 60, recorded: 60, warned: 75 },
      step("announce", inDays(14)),
    ],
    [
      "a warning of the day before its time",
      { disabled: 61, recorded: 61, warned: 16 },
      step("announce", inDays(14)),
    ],
    [
      "a warning before its time, and the time is not there",
      { disabled: 20, recorded: 20, warned: 5 },
      step("pending", inDays(40)),
    ],
    [
      "a warning of the day of the record",
      { disabled: 50, recorded: 50, warned: 50 },
      step("announce", inDays(14)),
    ],
    [
      "a warning that was in its time before deleteDays was raised",
      { disabled: 61, recorded: 61, warned: 15, rules: { deleteDays: 90 } },
      step("pending", inDays(29)),
    ],
    ["the last day", { disabled: 59, recorded: 59, warned: 13 }, step("pending", inDays(1))],
    ["its day", { disabled: 60, recorded: 60, warned: 14 }, step("pending", inDays(0))],
    ["the day after", { disabled: 61, recorded: 61, warned: 15 }, step("delete")],
    ["warned in time, late", { disabled: 90, recorded: 90, warned: 15 }, step("delete")],
    [
      "warned late, its day",
      { disabled: 90, recorded: 90, warned: 14 },
      step("pending", inDays(0)),
    ],
    ["over for a month", { disabled: 90, recorded: 90, warned: 44 }, step("delete")],
    [
      "an old warning is repeated",
      { disabled: 91, recorded: 91, warned: 45 },
      step("announce", inDays(14)),
    ],
    [
      "a tag made older changes nothing",
      { disabled: 900, recorded: 5 },
      step("pending", inDays(55)),
    ],
    [
      "a record of another time of disabling",
      { disabled: 3, recorded: 200, warned: 20 },
      unschedule(expect.stringContaining("disabled again")),
    ],
    [
      "restored since",
      { disabled: 60, recorded: 60, warned: 14, restored: 2 },
      unschedule(expect.stringContaining("restored")),
    ],
    ["restored since, and not recorded", { disabled: 60, restored: 2 }, undefined],
    [
      "restored on the day of the record",
      { disabled: 60, recorded: 60, warned: 14, restored: 60 },
      unschedule(expect.stringContaining("restored")),
    ],
    ["restored before", { disabled: 61, recorded: 61, warned: 15, restored: 200 }, step("delete")],
    [
      "a key is on again",
      { disabled: 60, recorded: 60, warned: 14, access: [onKey] },
      unschedule(expect.stringContaining("access again")),
    ],
    [
      "a credential of a service",
      {
        disabled: 60,
        recorded: 60,
        warned: 14,
        access: [{ ...onKey, kind: "service", lastUsed: "unknown" }],
      },
      unschedule(expect.stringContaining("access again")),
    ],
    ["partly disabled", { disabled: 1, access: [offKey, onKey] }, undefined],
    [
      "a key is on again before the warning",
      { disabled: 20, recorded: 20, access: [onKey] },
      unschedule(expect.stringContaining("access again")),
    ],
    [
      "a key is on again, and only the warning is left",
      { disabled: 60, warned: 14, access: [onKey] },
      unschedule(expect.stringContaining("access again")),
    ],
    [
      "protected",
      { disabled: 60, recorded: 60, warned: 14, guard: "is in [admin] protected" },
      unschedule("is in [admin] protected"),
    ],
    [
      "excepted",
      { name: "ci-build", disabled: 60, recorded: 60, warned: 14 },
      unschedule(expect.stringContaining("except")),
    ],
    ["protected, and not recorded", { disabled: 60, guard: "x" }, undefined],
    [
      "the tag is gone, the record stays",
      { recorded: 60, warned: 14 },
      { refusal: expect.stringContaining("Terraform") },
    ],
    ...["", "long ago", "2026-02-31", "20261127", "2026-11-27 "].map(
      (disabled): [string, GivenUser, unknown] => [
        `recorded, and the tag is ${JSON.stringify(disabled)}`,
        { disabled, recorded: 61, warned: 15 },
        {
          refusal: `the tag awst:dormant-disabled is ${JSON.stringify(disabled)}, which is not a date`,
        },
      ],
    ),
    [
      "recorded, and the tag names a day in the future",
      { disabled: "2099-01-01", recorded: 61, warned: 15 },
      { refusal: "the tag awst:dormant-disabled names 2099-01-01, a day in the future" },
    ],
    [
      "recorded, and tomorrow in the tag",
      { disabled: -1, recorded: 61, warned: 15 },
      { refusal: expect.stringContaining("future") },
    ],
    [
      "restored in the future",
      { disabled: 61, recorded: 61, warned: 15, restored: "2099-01-01" },
      { refusal: "the tag awst:restored names 2099-01-01, a day in the future" },
    ],
    [
      "restored on no day",
      { disabled: 61, recorded: 61, warned: 15, restored: "yes" },
      { refusal: 'the tag awst:restored is "yes", which is not a date' },
    ],
    [
      "restored on no day, and not recorded: the time does not start",
      { disabled: 61, restored: "yes" },
      undefined,
    ],
    [
      "a damaged tag, and a key is on again",
      { disabled: "", recorded: 61, warned: 15, access: [onKey] },
      unschedule(expect.stringContaining("access again")),
    ],
    ["disabled and recorded today", { disabled: 0, recorded: 0 }, step("pending", inDays(60))],
    [
      "restored today, and recorded before",
      { disabled: 61, recorded: 61, warned: 15, restored: 0 },
      unschedule(expect.stringContaining("restored")),
    ],
    [
      "a warning without a record",
      { disabled: 60, warned: 14 },
      unschedule(expect.stringContaining("missing")),
    ],
    [
      "not asked for",
      { disabled: 60, recorded: 60, warned: 14, rules: { actions: ["console", "keys"] } },
      undefined,
    ],
    [
      "asked for without a time",
      { disabled: 60, recorded: 60, warned: 14, rules: { deleteDays: undefined } },
      undefined,
    ],
  ])("%s", (_name, given, expected) => {
    const { name = "zoe", disabled, restored, recorded, warned, access = [offKey], guard } = given;
    const day = (at: number | string) => (typeof at === "string" ? at : dayAgo(at));
    const tags = {
      ...(disabled !== undefined && { "awst:dormant-disabled": day(disabled) }),
      ...(restored !== undefined && { "awst:restored": day(restored) }),
    };
    const all = { ...rules, ...given.rules };
    const dates: DeletionDates = {
      recordedAt: recorded === undefined ? undefined : ago(recorded),
      warnedAt: warned === undefined ? undefined : ago(warned),
    };
    const judged = judgeUser({ name, tags, groups: [], access, guard }, all, now);
    expect(decideDeletion(judged, tags, dates, all, now)).toEqual(expected);
  });
});

describe("the whole time is given, whatever the hour", () => {
  test.each<[string, string, string, unknown]>([
    ["01T10:00:00", "02T23:59:30", "03T00:00:30", step("pending", "2026-03-03")],
    ["01T10:00:00", "02T23:59:30", "03T23:59:59", step("pending", "2026-03-03")],
    ["01T10:00:00", "02T23:59:30", "04T00:00:00", step("delete")],
    ["01T23:59:59", "02T00:00:00", "03T23:59:59", step("pending", "2026-03-03")],
    ["01T23:59:59", "02T00:00:00", "04T00:00:00", step("delete")],
    ["01T23:59:59", "01T23:59:59", "02T00:00:00", step("announce", "2026-03-03")],
    ["01T00:00:00", "03T23:59:59", "04T23:59:59", step("pending", "2026-03-04")],
    ["01T00:00:00", "03T23:59:59", "05T00:00:00", step("delete")],
  ])("recorded on %s, warned on %s, now %s", (recorded, warned, at, expected) => {
    const at2026 = (text: string) => new Date(`2026-03-${text}Z`);
    const all = { ...rules, deleteDays: 2, warnDays: 1 };
    const tags = { "awst:dormant-disabled": "2026-03-01" };
    const dates = { recordedAt: at2026(recorded), warnedAt: at2026(warned) };
    const user = { name: "zoe", tags, groups: [], access: [offKey], guard: undefined };
    const judged = judgeUser(user, all, at2026(at));
    expect(decideDeletion(judged, tags, dates, all, at2026(at))).toEqual(expected);
  });
});

interface SeenUser {
  readonly tags?: Readonly<Record<string, string>>;
  readonly user?: Partial<UserInventory["user"]>;
  readonly inventory?: Partial<UserInventory>;
  readonly uses?: readonly (Date | "unknown" | undefined)[];
  readonly changed?: DeletionEvidence["keysChangedAt"];
  readonly recorded?: number;
}

describe("what AWS says against it", () => {
  const endOfTag = Date.parse(dayAgo(10)) + dayMs;
  const key = { id: "AKIA1", status: "Inactive", createdAt: ago(900) } as const;
  const ssh = { id: "APKA1", status: "Active", uploadedAt: ago(900) } as const;
  const keep = (reason: string) => ({ isDisproof: false, reason: expect.stringContaining(reason) });
  const disproof = (reason: string) => ({
    isDisproof: true,
    reason: expect.stringContaining(reason),
  });

  test.each<[string, SeenUser, unknown]>([
    ["nothing", { recorded: 60 }, undefined],
    ["nothing, with a key", { recorded: 60, inventory: { keys: [key] } }, undefined],
    [
      "a new password",
      { recorded: 60, inventory: { loginProfile: { createdAt: ago(1) } } },
      disproof("password again"),
    ],
    [
      "an active key",
      { recorded: 60, inventory: { keys: [{ ...key, status: "Active" }] } },
      disproof("active again"),
    ],
    ["an SSH key", { recorded: 60, inventory: { sshKeys: [ssh] } }, keep("APKA1 is active")],
    [
      "an SSH key that is off",
      { recorded: 60, inventory: { sshKeys: [{ ...ssh, status: "Inactive" }] } },
      undefined,
    ],
    [
      "a certificate",
      { recorded: 60, inventory: { certificates: [{ id: "C1", status: "Active", body: "" }] } },
      keep("C1 is active"),
    ],
    [
      "the password was used since",
      { recorded: 60, user: { passwordLastUsed: ago(59) } },
      disproof("password was used"),
    ],
    [
      "a key was used since, and is off again",
      { recorded: 60, inventory: { keys: [key] }, uses: [ago(10)] },
      disproof("key was used"),
    ],
    [
      "a key was made since, and is off",
      { recorded: 60, inventory: { keys: [{ ...key, createdAt: ago(9) }] }, uses: [undefined] },
      disproof("key was made"),
    ],
    [
      "a key was switched on and off since",
      { recorded: 60, inventory: { keys: [key] }, changed: [ago(20)] },
      disproof("switched on or off"),
    ],
    [
      "a key was switched off before the record",
      { recorded: 60, inventory: { keys: [key] }, changed: [ago(60.01)] },
      undefined,
    ],
    [
      "one of two keys was switched on and off since",
      {
        recorded: 60,
        inventory: { keys: [key, { ...key, id: "AKIA2" }] },
        uses: [ago(300), ago(300)],
        changed: [ago(500), ago(20)],
      },
      disproof("switched on or off"),
    ],
    [
      "a use at the moment of the record",
      { recorded: 60, user: { passwordLastUsed: ago(60) } },
      undefined,
    ],
    [
      "a use shortly before the record",
      { recorded: 60, user: { passwordLastUsed: ago(70) } },
      undefined,
    ],
    [
      "a use that AWS does not say",
      { recorded: 60, inventory: { keys: [key] }, uses: ["unknown"] },
      keep("unknown"),
    ],
    [
      "a user who is not in the credential report",
      { recorded: 60, inventory: { keys: [key] }, changed: undefined },
      keep("credential report"),
    ],
    ["a user who is not in it, without keys", { recorded: 60, changed: undefined }, undefined],
    [
      "cut off for a later deletion",
      { recorded: 60, tags: { "awst:cut": dayAgo(2), "awst:delete-after": dayAgo(-9) } },
      keep("cut off"),
    ],
    [
      "cut off, with text that is no day",
      { recorded: 60, tags: { "awst:cut": dayAgo(2), "awst:delete-after": "0" } },
      keep("cut off"),
    ],
    ["cut off for good", { recorded: 60, tags: { "awst:cut": dayAgo(2) } }, keep("cut off")],
    [
      "a deletion that was stopped",
      { recorded: 60, tags: { "awst:cut": dayAgo(1), "awst:delete-after": dayAgo(1) } },
      undefined,
    ],
    ["the tag alone, and all dates agree", {}, undefined],
    [
      "a deletion that was stopped today",
      { recorded: 60, tags: { "awst:cut": dayAgo(1), "awst:delete-after": dayAgo(0) } },
      undefined,
    ],
    [
      "the tag alone, of a user who signed in on its day",
      { user: { passwordLastUsed: ago(10) } },
      keep("less than 90 days"),
    ],
    [
      "the tag alone, of a user who signed in just 90 days before the end of its day",
      { user: { passwordLastUsed: new Date(endOfTag - 90 * dayMs) } },
      undefined,
    ],
    [
      "the tag alone, of a user made just 30 days before the end of its day",
      { user: { createdAt: new Date(endOfTag - 30 * dayMs), passwordLastUsed: undefined } },
      undefined,
    ],
    [
      "the tag alone, of a user with a key that was used 80 days before its day",
      { inventory: { keys: [key] }, uses: [ago(90)] },
      keep("less than 90 days before the day in the tag"),
    ],
    [
      "the tag alone, of a user who signed in 80 days before its day",
      { user: { passwordLastUsed: ago(90) } },
      keep("less than 90 days"),
    ],
    [
      "the tag alone, of a user made a week before its day",
      { user: { createdAt: ago(17), passwordLastUsed: undefined } },
      keep("less than 90 days"),
    ],
    [
      "the tag alone, of a user whose key was used after its day",
      { inventory: { keys: [key] }, uses: [ago(2)] },
      disproof("used since"),
    ],
  ])("%s", (_name, seen, expected) => {
    const tags = { "awst:dormant-disabled": dayAgo(10), ...seen.tags };
    const inventory: UserInventory = {
      ...emptyUser,
      user: {
        ...emptyUser.user,
        createdAt: ago(900),
        passwordLastUsed: ago(400),
        tags,
        ...seen.user,
      },
      ...seen.inventory,
    };
    const uses = seen.uses ?? [ago(300)];
    const evidence: DeletionEvidence = {
      inventory,
      keyUses: new Map(inventory.keys.map(({ id }, at) => [id, uses[at]])),
      keysChangedAt: "changed" in seen ? seen.changed : [ago(500)],
    };
    const recordedAt = seen.recorded === undefined ? undefined : ago(seen.recorded);
    expect(findDeletionObjection(evidence, recordedAt, rules, now)).toEqual(expected);
  });
});

test("a record names one user by id, in the account and partition of the user", () => {
  const { record, warned } = recordNames("AIDAZOE");
  const of = (name: string) => policyArn("arn:aws-cn:iam::111111111111:user/staff/zoe", name);
  expect(of(record)).toBe("arn:aws-cn:iam::111111111111:policy/awst-dormant-AIDAZOE");
  expect([record, warned].map((name) => recordedUser(of(name)))).toEqual(["AIDAZOE", "AIDAZOE"]);
  for (const other of [
    "awst-grant-x",
    "awst-dormant-",
    "awst-dormant-zoe",
    "awst-dormant-AIDAZOE-old",
    "path/awst-dormant-AIDAZOE",
  ]) {
    expect(recordedUser(of(other))).toBeUndefined();
  }
});

test.each([
  ["by name", "Headless-backup", [], "AllHeadlessUsers"],
  ["by group", "backup", ["allheadlessusers"], "AllHeadlessUsers"],
  ["by the group of a category without names", "backup", ["ServiceUsers"], "ServiceUsers"],
  ["another category", "alice", ["AllHumanUsers"], undefined],
  ["none", "alice", [], undefined],
])("a user of a program, %s", (_name, name, groups, group) => {
  const categories: GroupRules["categories"] = [
    { group: "AllHeadlessUsers", match: /^Headless-/ },
    { group: "AllHumanUsers", match: undefined },
    { group: "ServiceUsers", match: undefined },
  ];
  const found = serviceCategory({ name, groups }, { common: [], forceCommon: true, categories });
  expect(found).toBe(group && `${name} belongs to the category ${group}`);
});

test.each<[Parameters<typeof enforcementStepText>[0], string]>([
  [{ do: "schedule", until: "2027-01-26" }, "without access: to be deleted after 2027-01-26"],
  [{ do: "pending", until: "2027-01-26" }, "without access, deleted after 2027-01-26"],
  [{ do: "announce", until: "2027-01-26" }, "warn, and delete the user after 2027-01-26"],
  [{ do: "delete" }, "delete the user with its keys, devices, policies and memberships"],
  [
    { do: "postpone", limit: 10 },
    "deleted by a later run, because one run deletes at most 10 users",
  ],
  [{ do: "unschedule", why: "a record is missing" }, "no deletion, because a record is missing"],
  [{ do: "wait", until: "2027-01-26" }, dormantStepText({ do: "wait", until: "2027-01-26" })],
])("the text of %j: %s", (step, text) => {
  expect(enforcementStepText(step)).toBe(text);
});
