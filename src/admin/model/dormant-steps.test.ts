import { expect, test } from "vitest";
import type { DormantRules } from "./admin-settings.ts";
import { type DormantStep, defaultLimit, dormantStep } from "./dormant-steps.ts";
import { type AccessFacts, judgeUser } from "./dormant-verdict.ts";

const now = new Date("2026-11-27T12:00:00Z");
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000);
const rules: DormantRules = {
  days: 90,
  neverUsedDays: 30,
  warnDays: 14,
  actions: ["console", "keys"],
  deleteDays: undefined,
  except: [],
};
const password = (used: number): AccessFacts => ({
  kind: "console",
  id: undefined,
  isOn: true,
  createdAt: ago(800),
  lastUsed: ago(used),
});
const key = (used: number): AccessFacts => ({ ...password(used), kind: "key", id: "AKIA1" });
const service: AccessFacts = { ...key(0), kind: "service", id: "ACCA1", lastUsed: "unknown" };

interface Given {
  readonly access: readonly AccessFacts[];
  readonly warned?: string;
  readonly rules?: Partial<DormantRules>;
  readonly guard?: string;
}

const disable = (isPassword: boolean, keys: readonly string[]): DormantStep => ({
  do: "disable",
  password: isPassword,
  keys,
});
const disableUnnotified = (isPassword: boolean, keys: readonly string[]): DormantStep => {
  const step = { do: "disable", password: isPassword, keys, isUnnotified: true } as const;
  return step;
};

test.each<[string, Given, DormantStep | undefined]>([
  ["in use", { access: [password(1)] }, undefined],
  ["dormant: warned first", { access: [password(100)] }, { do: "warn", until: "2026-12-11" }],
  [
    "warned yesterday",
    { access: [password(100)], warned: "2026-11-26" },
    { do: "wait", until: "2026-12-10" },
  ],
  [
    "warned 13 days ago",
    { access: [key(100)], warned: "2026-11-14" },
    { do: "wait", until: "2026-11-28" },
  ],
  [
    "warned 14 days ago: the day of the warning is given whole",
    { access: [key(100)], warned: "2026-11-13" },
    { do: "wait", until: "2026-11-27" },
  ],
  ["warned 15 days ago", { access: [key(100)], warned: "2026-11-12" }, disable(false, ["AKIA1"])],
  ["both", { access: [password(100), key(100)], warned: "2026-11-01" }, disable(true, ["AKIA1"])],
  [
    "only the dormant one",
    { access: [password(1), key(100)], warned: "2026-11-01" },
    disable(false, ["AKIA1"]),
  ],
  ["in use again", { access: [password(1)], warned: "2026-11-01" }, { do: "clear" }],
  [
    "no warning wanted",
    { access: [key(100)], rules: { warnDays: 0 } },
    disableUnnotified(false, ["AKIA1"]),
  ],
  [
    "keys only",
    { access: [password(100), key(100)], rules: { warnDays: 0, actions: ["keys"] } },
    disableUnnotified(false, ["AKIA1"]),
  ],
  [
    "passwords only",
    { access: [password(100), key(100)], rules: { warnDays: 0, actions: ["console"] } },
    disableUnnotified(true, []),
  ],
  [
    "nothing that is to be disabled",
    { access: [key(100)], rules: { actions: ["console"] } },
    undefined,
  ],
  ["a credential of a service", { access: [service], rules: { warnDays: 0 } }, undefined],
  ["protected", { access: [key(100)], rules: { warnDays: 0 }, guard: "x" }, undefined],
  [
    "protected since the warning",
    { access: [key(100)], warned: "2026-11-01", guard: "x" },
    { do: "clear" },
  ],
  [
    "a damaged tag starts again",
    { access: [key(100)], warned: "soon" },
    { do: "warn", until: "2026-12-11" },
  ],
  [
    "a warning in the future",
    { access: [key(100)], warned: "2027-01-01" },
    { do: "wait", until: "2027-01-15" },
  ],
])("%s", (_name, given, expected) => {
  const all = { ...rules, ...given.rules };
  const tags = given.warned === undefined ? {} : { "awst:dormant-warned": given.warned };
  const facts = { name: "zoe", tags, groups: [], guard: given.guard, access: given.access };
  expect(dormantStep(judgeUser(facts, all, now), tags, all, now)).toEqual(expected);
});

test.each([
  [3, 10],
  [500, 10],
  [1_000, 20],
  [5_000, 50],
])("of %i users one run changes %i at most", (users, limit) => {
  expect(defaultLimit(users)).toBe(limit);
});
