import { describe, expect, test } from "vitest";
import {
  categoryOf,
  daysSince,
  type Figure,
  figuresOf,
  type ReportedKey,
  type ReportedUser,
  reportedAccesses,
  verdictNames,
} from "./account-report.ts";

const now = new Date("2026-11-29T12:00:00Z");
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

function makeUser(more: Partial<ReportedUser> = {}): ReportedUser {
  return {
    name: "alice",
    path: "/",
    email: undefined,
    groups: [],
    categories: [],
    createdAt: daysAgo(400),
    hasMfa: undefined,
    verdict: "active",
    reason: "",
    console: undefined,
    keys: [],
    services: 0,
    step: undefined,
    refusal: undefined,
    ...more,
  };
}

function makeKey(more: Partial<ReportedKey> = {}): ReportedKey {
  return {
    id: undefined,
    createdAt: daysAgo(100),
    isAgeExact: true,
    verdict: "active",
    lastUsed: daysAgo(1),
    ...more,
  };
}

/** Labels and counts of those that count something. */
const counted = (figures: readonly Figure[]) =>
  figures.filter(({ count }) => count > 0).map(({ label, count }) => `${label}: ${count}`);

describe("ages of keys", () => {
  test.each([
    [0, "less than 30 days"],
    [29.9, "less than 30 days"],
    [30, "30 to 89 days"],
    [89.9, "30 to 89 days"],
    [90, "90 to 179 days"],
    [179.9, "90 to 179 days"],
    [180, "180 to 364 days"],
    [364.9, "180 to 364 days"],
    [365, "365 days and more"],
    [4_000, "365 days and more"],
    // Clocks differ.
    [-1, "less than 30 days"],
  ])("%d days: %s", (days, label) => {
    const keys = [makeKey({ createdAt: daysAgo(days) })];
    expect(counted(figuresOf([makeUser({ keys })], [], now).keyAges)).toEqual([`${label}: 1`]);
  });

  test("unknown ones are counted, and those that may be too low", () => {
    const keys = [
      makeKey({ createdAt: undefined, isAgeExact: false }),
      makeKey({ isAgeExact: false }),
      makeKey(),
    ];
    const { keyAges, inexactKeyAges } = figuresOf([makeUser({ keys })], [], now);
    expect(counted(keyAges)).toEqual(["90 to 179 days: 2", "unknown: 1"]);
    expect(inexactKeyAges).toBe(1);
  });
});

test.each([
  [daysAgo(0), "less than 7 days"],
  [daysAgo(7), "7 to 29 days"],
  [daysAgo(400), "365 days and more"],
  [undefined, "never"],
  ["unknown" as const, "unknown"],
])("a key and a password last used %s: %s", (lastUsed, label) => {
  const user = makeUser({
    keys: [makeKey({ lastUsed })],
    console: { verdict: "active", lastUsed },
  });
  const { keyUses, passwordUses } = figuresOf([user], [], now);
  expect(counted(keyUses)).toEqual([`${label}: 1`]);
  expect(counted(passwordUses)).toEqual([`${label}: 1`]);
});

test("MFA is counted for users with a password only", () => {
  const password = { verdict: "active", lastUsed: undefined } as const;
  const users = [
    makeUser({ console: password, hasMfa: true }),
    makeUser({ console: password, hasMfa: false }),
    makeUser({ console: password, hasMfa: false }),
    makeUser({ console: password }),
    makeUser({ hasMfa: false }),
  ];
  expect(counted(figuresOf(users, [], now).mfa)).toEqual([
    "with MFA: 1",
    "without MFA: 2",
    "unknown: 1",
  ]);
});

test("every user is in one category figure; without rules there is none", () => {
  const users = [["A"], ["A"], ["B"], [], ["A", "B"]].map((categories) => makeUser({ categories }));
  expect(counted(figuresOf(users, ["A", "B"], now).categories)).toEqual([
    "A: 2",
    "B: 1",
    "in no category: 1",
    "in several categories: 1",
  ]);
  expect(figuresOf(users, [], now).categories).toEqual([]);
  expect(users.map(categoryOf)).toContain("in several categories");
});

test("a refused step is not counted as one that disables", () => {
  const step = { do: "disable", password: true, keys: [] } as const;
  const users = [
    makeUser({ step }),
    makeUser({ refusal: "alice is the last user who can administer IAM" }),
    makeUser({ step: { do: "warn", until: "2026-12-13" } }),
    makeUser({ step: { do: "wait", until: "2026-12-13" } }),
    makeUser({ step: { do: "clear" } }),
    makeUser(),
  ];
  const { steps } = figuresOf(users, [], now);
  expect(steps.map(({ label, count }) => `${label}: ${count}`)).toEqual([
    "warn: 1",
    "wait: 1",
    "disable: 1",
    "refused: 1",
    "clear: 1",
  ]);
});

test("verdicts: every user once", () => {
  const verdicts = verdictNames;
  const users = verdicts.flatMap((verdict, at) => Array(at + 1).fill(makeUser({ verdict })));
  const figures = figuresOf(users, [], now);
  expect(figures.users).toBe(28);
  expect(figures.verdicts.map(({ count }) => count)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

describe("accesses", () => {
  const access = (kind: "console" | "key" | "service", isOn: boolean, days: number) => ({
    kind,
    id: kind === "key" ? `AKIA${days}` : undefined,
    isOn,
    createdAt: daysAgo(days),
    lastUsed: undefined,
    verdict: "active" as const,
    reason: "",
  });

  test("what is off is left out", () => {
    const all = [access("key", false, 1), access("key", true, 2), access("service", false, 3)];
    const { console, keys, services } = reportedAccesses(all, { isLive: true, keysChangedAt: [] });
    expect(console).toBeUndefined();
    expect(keys.map(({ id }) => id)).toEqual(["AKIA2"]);
    expect(services).toBe(0);
  });

  test("the age of a key that only the credential report knows is that of its last change", () => {
    const all = [access("console", true, 400), access("key", true, 400), access("key", true, 400)];
    const { keys } = reportedAccesses(all, {
      isLive: false,
      keysChangedAt: [daysAgo(9), undefined],
    });
    expect(keys.map(({ createdAt, isAgeExact }) => [createdAt, isAgeExact])).toEqual([
      [daysAgo(9), false],
      [undefined, false],
    ]);
  });
});

test("days are whole, and never below zero", () => {
  expect([1.9, 1, 0.5, 0, -3].map((days) => daysSince(daysAgo(days), now))).toEqual([
    1, 1, 0, 0, 0,
  ]);
});
