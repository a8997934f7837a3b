// For which times codes are made from a seed.

import { expect, test } from "vitest";
import { clockAt, clockFile, clockRemark, correctedClock } from "./clock.ts";

const now = new Date("2026-03-01T12:00:00Z");
const minute = 60_000;
const day = 24 * 60 * minute;

test.each([
  ["AWS showed that this clock is behind", 7 * minute, false, 7 * minute],
  ["AWS showed that this clock is ahead", -7 * minute, false, -7 * minute],
  ["an endpoint on this machine says tomorrow", day, true, 30_000],
  ["an endpoint on this machine says in an hour", 60 * minute, true, 30_000],
  ["an endpoint on this machine says in 31 s", 31_000, true, 30_000],
  ["an endpoint on this machine says in 30 s", 30_000, true, 30_000],
  ["an endpoint on this machine says 10 s ago", -10_000, true, -10_000],
  ["an endpoint on this machine says yesterday", -day, true, -day],
  ["both agree", 0, true, 0],
])("codes of the future: %s", (_case, skewMs, isLocal, codeMs) => {
  const { awsNow, codeTime } = clockAt(now, skewMs, isLocal);
  expect([awsNow.getTime(), codeTime.getTime()]).toEqual([
    now.getTime() + skewMs,
    now.getTime() + codeMs,
  ]);
});

test.each([
  [
    { skewMs: 7 * minute, isLocal: true },
    { skewMs: 7 * minute, isLocal: true },
  ],
  [{ skewMs: 7 * minute }, { skewMs: 7 * minute, isLocal: false }],
  [{ skewMs: 2 * day }, { skewMs: 0, isLocal: false }],
  [
    { skewMs: "7", isLocal: 1 },
    { skewMs: 0, isLocal: false },
  ],
  [undefined, { skewMs: 0, isLocal: false }],
])("the state file %j", (stored, seen) => {
  expect(clockFile.decode(stored)).toEqual(seen);
});

test.each([
  [0, 4_999, undefined],
  [0, 5_000, 5_000],
  [0, -4_999, undefined],
  [0, -5_000, -5_000],
  // A clock that was corrected here: AWS agrees with it now.
  [7 * minute, 4_000, 0],
  [7 * minute, 7 * minute + 4_999, undefined],
  [7 * minute, 7 * minute + 5_000, 7 * minute + 5_000],
  [7 * minute, 7 * minute - 5_000, 7 * minute - 5_000],
  [-7 * minute, 7 * minute, 7 * minute],
])("a skew of %d ms, and an answer %d ms ahead: %s", (skewMs, aheadMs, expected) => {
  const seen = correctedClock(clockAt(now, skewMs), new Date(now.getTime() + aheadMs));
  expect(seen?.skewMs).toBe(expected);
});

test.each([
  [minute - 1, undefined],
  [minute, /1 min behind/],
  [-minute, /1 min ahead/],
  [1 - minute, undefined],
  [-90 * minute, /90 min ahead/],
])("a clock with a skew of %d ms", (skewMs, remark) => {
  const found = clockRemark(clockAt(now, skewMs));
  if (remark === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(remark);
});

test("the largest skew that is believed is read", () => {
  expect(clockFile.decode({ skewMs: day })).toEqual({ skewMs: day, isLocal: false });
  expect(clockFile.decode({ skewMs: -day - 1 })).toEqual({ skewMs: 0, isLocal: false });
});

test("codes are made for AWS's time, unless this machine answered in its place", () => {
  expect(clockAt(now, day).codeTime.getTime()).toBe(now.getTime() + day);
});
