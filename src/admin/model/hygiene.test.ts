// Findings: a table of users and of root users, and what each has.

import { expect, test } from "vitest";
import type { AccessFacts, JudgedUser } from "./dormant-verdict.ts";
import { type FindingKind, type HygieneFacts, rootFindings, userFindings } from "./hygiene.ts";

const now = new Date("2026-11-27T12:00:00Z");
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000);
const rules = { keyDays: 90, passwordDays: 14 };
const groups = {
  common: ["AllUsers"],
  forceCommon: true,
  categories: [{ group: "Humans", match: undefined }],
};

const access = (kind: "console" | "key", days: number, more: Partial<AccessFacts> = {}) =>
  ({
    ...{ kind, id: kind === "key" ? "AKIA1" : undefined, isOn: true, createdAt: ago(days) },
    ...{ lastUsed: ago(1), verdict: "active", reason: "last used 1 day ago", ...more },
  }) as JudgedUser["access"][number];
const password = access("console", 10);

function findings(all: readonly JudgedUser["access"][number][], more: Partial<HygieneFacts> = {}) {
  const judged: JudgedUser = { user: "zoe", verdict: "active", reason: "", access: all };
  const usual = { name: "zoe", groups: ["humans"], hasMfa: true, passwordExpiresAt: undefined };
  const facts = { ...usual, judged, isLive: true, keysChangedAt: [], ...more };
  return userFindings(facts, rules, groups, now);
}

test.each<
  [string, readonly JudgedUser["access"][number][], Partial<HygieneFacts>, readonly FindingKind[]]
>([
  ["nothing", [], {}, []],
  ["a key of 90 days", [access("key", 90)], {}, []],
  ["a key of 91 days", [access("key", 91)], {}, ["old-key"]],
  ["an old key that is off", [access("key", 400, { isOn: false })], {}, []],
  ["two keys", [access("key", 1), access("key", 2)], {}, ["two-keys"]],
  ["two keys, one off", [access("key", 1), access("key", 2, { isOn: false })], {}, []],
  ["an unused key", [access("key", 40, { verdict: "dormant" } as never)], {}, ["unused-key"]],
  [
    "an old key by the report",
    [access("key", 1)],
    { isLive: false, keysChangedAt: [ago(91)] },
    ["old-key"],
  ],
  ["a young key by the report", [access("key", 1)], { isLive: false, keysChangedAt: [ago(1)] }, []],
  [
    "a key without a date in the report",
    [access("key", 1)],
    { isLive: false, keysChangedAt: [undefined] },
    [],
  ],
  ["a password without MFA", [password], { hasMfa: false }, ["no-mfa"]],
  ["a password, MFA unknown", [password], { hasMfa: undefined }, []],
  ["no password and no MFA", [access("key", 1)], { hasMfa: false }, []],
  [
    "a password that expires in 14 days",
    [password],
    { passwordExpiresAt: ago(-14) },
    ["password-expires"],
  ],
  ["a password that expires in 15 days", [password], { passwordExpiresAt: ago(-15) }, []],
  ["a password that expired", [password], { passwordExpiresAt: ago(3) }, ["password-expires"]],
  ["an expired password that is gone", [], { passwordExpiresAt: ago(3) }, []],
  ["no category", [], { groups: ["AllUsers"] }, ["no-category"]],
  [
    "everything",
    [password, access("key", 91), access("key", 92)],
    { hasMfa: false, groups: [] },
    ["old-key", "old-key", "two-keys", "no-mfa", "no-category"],
  ],
])("%s", (_name, all, more, kinds) => {
  expect(findings(all, more).map(({ kind }) => kind)).toEqual(kinds);
});

test("an old key is named by its id; the report alone knows none", () => {
  expect(findings([access("key", 100)])).toMatchObject([
    { user: "zoe", keyId: "AKIA1", text: "access key AKIA1 is 100 days old" },
  ]);
  const [byReport] = findings([access("key", 1)], { isLive: false, keysChangedAt: [ago(100)] });
  expect(byReport).toMatchObject({ keyId: undefined, text: "an access key is 100 days old" });
});

test("without categories in the configuration no user is outside of them", () => {
  const judged: JudgedUser = { user: "zoe", verdict: "active", reason: "", access: [] };
  const facts = { name: "zoe", groups: [], judged, hasMfa: true, passwordExpiresAt: undefined };
  const none = { common: [], forceCommon: true, categories: [] };
  expect(userFindings({ ...facts, isLive: true, keysChangedAt: [] }, rules, none, now)).toEqual([]);
});

test.each<[boolean, boolean, boolean, readonly FindingKind[]]>([
  // password, keys, MFA
  [true, false, true, []],
  [true, false, false, ["root-no-mfa"]],
  [false, false, false, []],
  [false, true, false, ["root-key", "root-no-mfa"]],
  [true, true, true, ["root-key"]],
])("root with password %s, keys %s, MFA %s", (hasPassword, keys, mfa, kinds) => {
  const summary = { users: 3, root: { password: hasPassword, keys, mfa } };
  expect(rootFindings(summary).map(({ kind }) => kind)).toEqual(kinds);
});
