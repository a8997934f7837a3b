// For which times codes are made from a seed.

import { expect, test } from "vitest";
import { clockAt, clockFile } from "./clock.ts";

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
])("%s", (_case, skewMs, isLocal, codeMs) => {
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
