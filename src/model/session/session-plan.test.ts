import { describe, expect, test } from "vitest";

import {
  mfaSessionSeconds,
  type PlanFacts,
  planAfterDenial,
  planSession,
  renewableUntil,
} from "./session-plan.ts";

const now = new Date("2026-03-01T12:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const hour = 3600;

const nothing: PlanFacts = {
  mode: "renew",
  now,
  usableSeconds: 4 * hour,
  durationSeconds: 4 * hour,
  cached: undefined,
  mfa: undefined,
  refresh: false,
  keysAreFixed: false,
  refusedBefore: false,
  refusedSeconds: undefined,
  hasEnded: false,
};

const cached = (secondsLeft: number, lengthSeconds = hour) => ({
  secondsLeft,
  lengthSeconds,
  marginSeconds: lengthSeconds < 1800 ? lengthSeconds / 2 : 900,
});
const mfa = (ageSeconds: number, secondsLeft = 12 * hour - ageSeconds) => ({
  codeAt: ago(ageSeconds),
  secondsLeft,
});
const single = { mode: "single", durationSeconds: 8 * hour, usableSeconds: 8 * hour } as const;
const once = { mode: "once", durationSeconds: 1800, usableSeconds: 4 * hour } as const;

/** A code is asked for exactly where the plan is `open-session` or `assume-with-code`. */
const cases: [string, Partial<PlanFacts>, string][] = [
  ["nothing is there", {}, "open-session 3600"],
  ["an MFA session within the role's duration", { mfa: mfa(100) }, "assume 3600"],
  ["a second before the duration is over", { mfa: mfa(4 * hour - 1) }, "assume 3600"],
  ["the duration is over", { mfa: mfa(4 * hour) }, "open-session 3600"],
  ["the MFA session is about to end", { mfa: mfa(100, 10) }, "open-session 3600"],
  ["the MFA session has a second more than a call needs", { mfa: mfa(100, 11) }, "assume 3600"],
  [
    "a short role asks for short sessions",
    { durationSeconds: 1800, usableSeconds: 1800, mfa: mfa(60) },
    "assume 1800",
  ],
  [
    "a cached session with more than 15 min left",
    { cached: cached(901), mfa: mfa(10) },
    "use-cached",
  ],
  [
    "with 15 min left and a way to renew",
    { cached: cached(900), mfa: mfa(10) },
    "assume 3600 or cached",
  ],
  ["with 15 min left and no MFA session", { cached: cached(900) }, "use-cached"],
  [
    "with one second left and the duration over",
    { cached: cached(1), mfa: mfa(4 * hour) },
    "use-cached",
  ],
  [
    "a cached session that has expired, duration over",
    { cached: cached(0), mfa: mfa(4 * hour) },
    "open-session 3600",
  ],
  [
    "a cached session that has expired, renewable",
    { cached: cached(0), mfa: mfa(hour) },
    "assume 3600",
  ],
  ["a 20 min session above half", { cached: cached(601, 1200), mfa: mfa(10) }, "use-cached"],
  [
    "a 20 min session at half",
    { cached: cached(600, 1200), mfa: mfa(10) },
    "assume 3600 or cached",
  ],
  [
    "fixed keys, over half left",
    { cached: cached(1801), keysAreFixed: true, mfa: mfa(10) },
    "use-cached",
  ],
  [
    "fixed keys, half left",
    { cached: cached(1800), keysAreFixed: true, mfa: mfa(10) },
    "assume 3600 or cached",
  ],
  [
    "fixed keys, half left, a code would be needed",
    { cached: cached(1800), keysAreFixed: true },
    "use-cached",
  ],
  [
    "refresh with everything good",
    { cached: cached(3000), mfa: mfa(10), refresh: true },
    "open-session 3600",
  ],
  [
    "refused to a young session before, MFA session there",
    { refusedBefore: true, mfa: mfa(10) },
    "assume 3600",
  ],
  ["refused before, a code would be needed", { refusedBefore: true }, "refuse refused-before"],
  [
    "refused before, duration over",
    { refusedBefore: true, mfa: mfa(5 * hour) },
    "refuse refused-before",
  ],
  ["refused before, refresh", { refusedBefore: true, refresh: true }, "open-session 3600"],
  ["single, nothing there", { ...single }, "assume-with-code 28800"],
  ["single, an MFA session does not help", { ...single, mfa: mfa(10) }, "assume-with-code 28800"],
  [
    "single, cached until its last second",
    { ...single, cached: cached(1, 8 * hour), mfa: mfa(10) },
    "use-cached",
  ],
  [
    "single, the role is known to refuse that much",
    { ...single, refusedSeconds: 8 * hour },
    "open-session 3600",
  ],
  [
    "single, refused that much, MFA session there",
    { ...single, refusedSeconds: 8 * hour, mfa: mfa(10) },
    "assume 3600",
  ],
  [
    "single, only more is refused",
    { ...single, refusedSeconds: 9 * hour },
    "assume-with-code 28800",
  ],
  [
    "single, refresh",
    { ...single, cached: cached(3000, 8 * hour), refresh: true },
    "assume-with-code 28800",
  ],
  ["once, from the MFA session", { ...once, mfa: mfa(10) }, "assume 1800"],
  ["once, not renewed", { ...once, cached: cached(60, 1800), mfa: mfa(10) }, "use-cached"],
  ["once, the role's own duration is over", { ...once, mfa: mfa(4 * hour) }, "open-session 1800"],
  ["scoped and over", { ...once, hasEnded: true, mfa: mfa(10) }, "refuse ended"],
  [
    "scoped and over, but refreshed",
    { ...once, hasEnded: true, refresh: true },
    "open-session 1800",
  ],
];

describe("planSession()", () => {
  test.each(cases)("%s", (_name, facts, expected) => {
    const plan = planSession({ ...nothing, ...facts });
    const parts: (string | number)[] = [plan.do];
    if ("seconds" in plan) parts.push(plan.seconds);
    if ("orUseCached" in plan && plan.orUseCached) parts.push("or cached");
    if ("why" in plan) parts.push(plan.why);
    expect(parts.join(" ")).toBe(expected);
  });
});

describe("planAfterDenial()", () => {
  test.each([
    [14 * 60, false, "not-allowed"],
    [15 * 60, false, "not-allowed"],
    [15 * 60 + 1, false, "ask-for-a-code"],
    [15 * 60 + 1, true, "not-allowed"],
    [0, true, "not-allowed"],
  ])("a session %i s old, refused before: %s → %s", (mfaAgeSeconds, refusedBefore, expected) => {
    expect(planAfterDenial({ mfaAgeSeconds, refusedBefore })).toBe(expected);
  });
});

describe("mfaSessionSeconds()", () => {
  test.each([
    [[], 12 * hour],
    [[4 * hour, hour], 12 * hour],
    [[4 * hour, 20 * hour], 20 * hour],
    [[36 * hour], 36 * hour],
    [[48 * hour], 36 * hour],
  ])("roles of %j s", (seconds, expected) => {
    expect(mfaSessionSeconds(seconds)).toBe(expected);
  });
});

describe("renewableUntil()", () => {
  test.each([
    ["no MFA session is known", undefined, 4 * hour],
    ["the MFA session ends before the work does", 3 * hour, 3 * hour],
    ["the MFA session ends after the work does", 5 * hour, 4 * hour],
  ])("%s", (_case, mfaEndsAfter, expected) => {
    const mfaEndsAt = mfaEndsAfter === undefined ? undefined : ago(-mfaEndsAfter);
    expect(renewableUntil(now, 4 * hour, mfaEndsAt)).toEqual(ago(-expected));
  });
});
