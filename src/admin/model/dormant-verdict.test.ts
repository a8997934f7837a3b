// Sixty-odd users and what awst says about them.

import { describe, expect, test } from "vitest";
import type { DormantRules } from "./admin-settings.ts";
import {
  type AccessFacts,
  type AccessVerdict,
  isSurelyActive,
  type JudgedFacts,
  judgeUser,
  type UserVerdict,
} from "./dormant-verdict.ts";

const now = new Date("2026-11-27T12:00:00Z");
const rules: DormantRules = {
  days: 90,
  neverUsedDays: 30,
  warnDays: 14,
  actions: ["console", "keys"],
  deleteDays: undefined,
  except: ["ci-*", "group:Exempt"],
};
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000);

/** `made` and `used`: days ago; `used` undefined: never. */
const console = (made: number, used?: number): AccessFacts => ({
  kind: "console",
  id: undefined,
  isOn: true,
  createdAt: ago(made),
  lastUsed: used === undefined ? undefined : ago(used),
});
const key = (made: number, used?: number, id = "AKIA1"): AccessFacts => ({
  ...console(made, used),
  kind: "key",
  id,
});
const off = (access: AccessFacts): AccessFacts => ({ ...access, isOn: false });
const service = (made: number): AccessFacts => ({
  ...key(made, undefined, "ACCA1"),
  kind: "service",
  lastUsed: "unknown",
});
const noPassword = off(console(0));

type MoreFacts = Partial<Pick<JudgedFacts, "name" | "tags" | "groups" | "guard">>;

type DormantCase = readonly [string, readonly AccessFacts[], UserVerdict, RegExp, MoreFacts?];

const cases: readonly DormantCase[] = [
  // Password only.
  ["used today", [console(400, 0)], "active", /last used 0 days/],
  ["used 89 days ago", [console(400, 89)], "active", /last used 89/],
  ["used 90 days ago", [console(400, 90)], "dormant", /console last used 90 days ago/],
  ["used 91 days ago", [console(400, 91)], "dormant", /91/],
  ["used years ago", [console(4_000, 2_000)], "dormant", /2000/],
  ["made today, never used", [console(0)], "active", /never used, 0 days/],
  ["made 30 days ago, never used", [console(30)], "active", /never used, 30/],
  ["made 31 days ago, never used", [console(31)], "dormant", /never used, 31/],
  ["made 89 days ago, never used", [console(89)], "dormant", /never used, 89/],
  ["a new password, an old use of the one before", [console(10, 200)], "active", /not used for 10/],
  ["changed at the first sign-in", [console(40, 41)], "active", /not used for 40/],
  ["made again 89 days ago, not used since", [console(89, 300)], "active", /not used for 89/],
  ["made again 90 days ago, not used since", [console(90, 300)], "dormant", /not used for 90/],
  ["an old use and no password", [noPassword], "no-access", /no password/],
  ["used, password deleted", [off(console(400, 100))], "no-access", /no password/],
  // Keys only.
  ["a key used today", [noPassword, key(400, 0)], "active", /key AKIA1 last used 0/],
  ["a key used 89 days ago", [noPassword, key(400, 89)], "active", /89/],
  ["a key used 90 days ago", [noPassword, key(400, 90)], "dormant", /key AKIA1 last used 90/],
  ["a new key, never used", [noPassword, key(3)], "active", /never used, 3/],
  ["a key never used, 31 days old", [noPassword, key(31)], "dormant", /never used, 31/],
  ["an old key switched off", [noPassword, off(key(400, 300))], "no-access", /no credential/],
  ["a key used after it was rotated", [noPassword, key(1, 0)], "active", /last used 0/],
  ["an old key never used", [noPassword, key(3_000)], "dormant", /never used, 3000/],
  // Two keys: each by its own dates.
  ["old unused, new used", [key(400), key(5, 1, "AKIA2")], "partly", /^key AKIA1 never used, 400/],
  [
    "used, new never used",
    [key(400, 1), key(5, undefined, "AKIA2")],
    "active",
    /AKIA2 never used, 5/,
  ],
  ["both old", [key(400, 100), key(300, 200, "AKIA2")], "dormant", /AKIA1 .*AKIA2 last used 200/],
  ["one off, one used", [off(key(400)), key(5, 1, "AKIA2")], "active", /AKIA2/],
  ["one off, one old", [off(key(400, 1)), key(300, 95, "AKIA2")], "dormant", /^key AKIA2/],
  ["both off", [off(key(400)), off(key(5))], "no-access", /no credential/],
  ["first key young, second old", [key(1), key(500, 400, "AKIA2")], "partly", /^key AKIA2/],
  // Password and keys.
  ["both used", [console(400, 5), key(400, 5)], "active", /console .*key/],
  ["password old, key used", [console(400, 100), key(400, 1)], "partly", /^console last used 100/],
  [
    "password used, key old",
    [console(400, 1), key(400, 100)],
    "partly",
    /^key AKIA1 last used 100/,
  ],
  ["both old: dormant", [console(400, 100), key(400, 95)], "dormant", /console .*key/],
  ["password never, key used", [console(400), key(400, 1)], "partly", /console never used, 400/],
  ["new user with both", [console(0), key(0)], "active", /never used, 0/],
  ["password old, key off", [console(400, 100), off(key(400, 1))], "dormant", /^console/],
  // What AWS did not record.
  ["a password from before the record", [console(5_000)], "dormant", /never used, \d{4}/],
  ["a key from before the record", [noPassword, key(5_000)], "dormant", /never used, 42\d\d/],
  [
    "a password used just before the gap of 2018",
    [console(4_000, 3_200)],
    "dormant",
    /not used for 31\d\d/,
  ],
  ["a password used after the gap", [console(4_000, 3_100)], "dormant", /last used 3100/],
  ["a key used in the gap of 2018 is recorded", [noPassword, key(4_000, 3_125)], "dormant", /3125/],
  // Credentials of services.
  [
    "a service credential alone",
    [noPassword, service(400)],
    "active",
    /service ACCA1 last use unknown/,
  ],
  ["an inactive service credential", [noPassword, off(service(400))], "no-access", /no password/],
  [
    "an old password and a service credential",
    [console(400, 100), service(1)],
    "partly",
    /^console/,
  ],
  ["an old key and a service credential", [key(400), service(400)], "partly", /^key/],
  ["last use not allowed to read", [{ ...key(400), lastUsed: "unknown" }], "active", /unknown/],
  // Guards and exceptions.
  ["protected", [console(400, 300)], "protected", /break-glass/, { guard: "break-glass" }],
  ["the caller", [key(400)], "protected", /runs this/, { guard: "admin runs this command" }],
  ["the last administrator", [console(400)], "protected", /last/, { guard: "the last user" }],
  ["protected without access", [noPassword], "protected", /x/, { guard: "x" }],
  ["excepted by name", [key(400)], "excepted", /ci-build is in/, { name: "ci-build" }],
  ["excepted by name in other case", [key(400)], "excepted", /CI-Build/, { name: "CI-Build" }],
  ["a name that only begins alike", [key(400)], "dormant", /never/, { name: "cinema" }],
  ["excepted by group", [key(400)], "excepted", /group exempt/, { groups: ["exempt"] }],
  ["in another group", [key(400)], "dormant", /never/, { groups: ["Staff"] }],
  ["a guard comes before an exception", [key(400)], "protected", /g/, { guard: "g", name: "ci-x" }],
  // Headless, off-boarded, restored.
  [
    "headless, its key in use",
    [noPassword, key(900, 1)],
    "active",
    /key/,
    { name: "Headless-backup" },
  ],
  [
    "headless, its key forgotten",
    [noPassword, key(900, 200)],
    "dormant",
    /key/,
    { name: "Headless-x" },
  ],
  [
    "off-boarded, waits for its deletion",
    [noPassword, off(key(400, 1)), off(service(4))],
    "no-access",
    /no/,
  ],
  [
    "restored yesterday",
    [key(400, 200)],
    "active",
    /not used for 1 d/,
    { tags: { "awst:restored": "2026-11-26" } },
  ],
  [
    "restored 90 days ago",
    [key(400, 200)],
    "dormant",
    /for 90/,
    { tags: { "awst:restored": "2026-08-29" } },
  ],
  [
    "restored, and used since",
    [key(400, 2)],
    "active",
    /last used 2/,
    { tags: { "awst:restored": "2026-11-01" } },
  ],
  [
    "restored, never used",
    [console(400)],
    "active",
    /used, 20/,
    { tags: { "awst:restored": "2026-11-07" } },
  ],
  ["a damaged tag", [key(400, 200)], "dormant", /200/, { tags: { "awst:restored": "yesterday" } }],
  ["no credential at all", [], "no-access", /no password/],
];

test("there are at least sixty users", () => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
  expect(new Set(cases.map(([name]) => name)).size).toBe(cases.length);
});

for (const [name, access, verdict, reason, more] of cases) {
  test(`${name}: ${verdict}`, () => {
    const facts = { name: "zoe", tags: {}, groups: [], guard: undefined, access, ...more };
    const judged = judgeUser(facts, rules, now);
    expect([judged.verdict, judged.reason]).toEqual([verdict, expect.stringMatching(reason)]);
    expect(judged.access).toHaveLength(access.length);
  });
}

test("45 days, as CIS asks", () => {
  const strict = { ...rules, days: 45 };
  const facts = { name: "zoe", tags: {}, groups: [], guard: undefined };
  expect(judgeUser({ ...facts, access: [key(400, 44)] }, strict, now).verdict).toBe("active");
  expect(judgeUser({ ...facts, access: [key(400, 45)] }, strict, now).verdict).toBe("dormant");
});

const since = (day: string) => (now.getTime() - Date.parse(day)) / 86_400_000;
const [gapEnd, keysRecorded] = ["2018-05-24", "2015-04-22"].map((day) => Math.floor(since(day)));

// Before these days AWS may have missed a use, so the time counts from their end.
test.each<[string, AccessFacts, number | undefined]>([
  ["a password made and used before the gap", console(5_000, 4_000), gapEnd],
  ["a password made before the gap, never used", console(5_000), gapEnd],
  ["a password made before the gap, used after it", console(5_000, 3_000), 3_000],
  ["a password made after the gap, an old use of the one before", console(3_000, 4_000), 3_000],
  ["a password made after the gap, never used", console(3_000), 3_000],
  ["a key made before keys were recorded, never used", key(5_000), keysRecorded],
  ["a key made before keys were recorded, used", key(5_000, 4_500), 4_500],
  ["a key made before the gap, never used", key(4_000), 4_000],
])("the days of %s", (_case, access, days) => {
  const facts = { name: "zoe", tags: {}, groups: [], guard: undefined, access: [access] };
  expect(judgeUser(facts, rules, now).reason).toContain(`${days} days`);
});

describe("each access", () => {
  const used = ago(100);
  const judge = (access: readonly AccessFacts[]) =>
    judgeUser({ name: "zoe", tags: {}, groups: [], guard: undefined, access }, rules, now);

  test.each<[string, AccessFacts, AccessVerdict, string]>([
    ["that is off", off(key(400, 1)), "off", "off"],
    ["used", key(400, 1), "active", "last used 1 day ago"],
    ["used long ago", console(400, 100), "dormant", "last used 100 days ago"],
    ["new", key(1), "active", "never used, 1 day"],
    ["never used", console(400), "dormant", "never used, 400 days"],
    ["of a service", service(400), "unknown", "last use unknown"],
    [
      "of a service, whatever is known of its use",
      { ...service(400), lastUsed: used },
      "unknown",
      "last use unknown",
    ],
    [
      "whose use may not be read",
      { ...key(400), lastUsed: "unknown" },
      "unknown",
      "last use unknown",
    ],
    ["used when it was made", console(100, 100), "dormant", "last used 100 days ago"],
  ])("%s", (_case, access, verdict, reason) => {
    expect(judge([access]).access).toEqual([{ ...access, verdict, reason }]);
  });

  test("the user's reason names every dormant access", () => {
    const { reason } = judge([console(400, 100), key(400, 1), key(400, 200, "AKIA2")]);
    expect(reason).toBe("console last used 100 days ago; key AKIA2 last used 200 days ago");
  });
});

test.each(["2026-11-26x", "x2026-11-26", "+002026-11-26", "2026-13-45"])(
  "the tag %s is no date",
  (tag) => {
    const facts = { name: "zoe", tags: { "awst:restored": tag }, groups: [], guard: undefined };
    expect(judgeUser({ ...facts, access: [key(400, 200)] }, rules, now).verdict).toBe("dormant");
  },
);

describe("isSurelyActive()", () => {
  const old = ago(400);
  test.each<[string, Date, boolean, number | undefined, (number | undefined)[], boolean]>([
    ["a new user who used nothing", ago(30), true, undefined, [undefined], true],
    ["a user a day older who used nothing", ago(31), true, undefined, [undefined], false],
    ["a password used a day before it counts as old", old, true, 89, [], true],
    ["a password used when it counts as old", old, true, 90, [], false],
    ["a password never used", old, true, undefined, [], false],
    ["an old use of a password that is off", old, false, 200, [1], true],
    ["one key used, the other not", old, false, undefined, [1, undefined], false],
    ["one key used, the other long ago", old, false, undefined, [1, 90], false],
    ["a password used, a key long ago", old, true, 1, [90], false],
    ["everything used", old, true, 1, [1, 89], true],
  ])("%s", (_case, createdAt, passwordEnabled, password, uses, expected) => {
    const days = (each: number | undefined) => (each === undefined ? undefined : ago(each));
    const row = {
      passwordEnabled,
      passwordLastUsed: days(password),
      keysLastUsed: uses.map(days),
    };
    expect(isSurelyActive(row, createdAt, rules, now)).toBe(expected);
  });
});
