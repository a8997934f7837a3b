import { describe, expect, test } from "vitest";
import { fromJson, toJson } from "../../../test/support/state-files.ts";
import {
  lateProblems,
  type StoredSchedule,
  schedulesFile,
  withLateness,
} from "./installed-schedules.ts";

const start = Date.parse("2026-03-01T12:00:00Z");
const hours = (count: number) => new Date(start + count * 3_600_000);
const iso = (count: number) => hours(count).toISOString();
const plain: StoredSchedule = { identity: "me", program: ["/awst"], everySeconds: 604_800 };

/** The times are hours; undefined: never, or unknown. */
interface ScheduleRow {
  readonly name: string;
  readonly installed?: number;
  readonly ran?: number;
  /** When commands were typed. The last one is the one that reports. */
  readonly typed: readonly number[];
  readonly reported: boolean;
}

const rows: readonly ScheduleRow[] = [
  { name: "installed just now", installed: 0, typed: [0, 47], reported: false },
  { name: "never ran, the first command in days", installed: 0, typed: [100], reported: false },
  { name: "never ran although the machine is used", installed: 0, typed: [50, 77], reported: true },
  { name: "never ran, asked again within a day", installed: 0, typed: [50, 75], reported: false },
  { name: "runs every hour", installed: 0, ran: 100, typed: [50, 101], reported: false },
  { name: "stopped running", installed: 0, ran: 10, typed: [60, 90], reported: true },
  {
    name: "ran long ago, the machine was off",
    installed: 0,
    ran: 10,
    typed: [900],
    reported: false,
  },
  { name: "of an earlier version, and never ran", typed: [0, 27], reported: true },
  { name: "of an earlier version, the first command", typed: [0], reported: false },
  { name: "of an earlier version, and runs", ran: 100, typed: [101, 128], reported: false },
  { name: "the clock was set back", installed: 100, typed: [0, 27], reported: false },
];

describe("a schedule that does not run", () => {
  test.each(rows)("$name: $reported", ({ installed, ran, typed, reported }) => {
    const installedAt = installed === undefined ? undefined : iso(installed);
    let schedules: Readonly<Record<string, StoredSchedule>> = { job: { ...plain, installedAt } };
    const runAt = (now: number) => (ran !== undefined && ran <= now ? iso(ran) : undefined);
    for (const now of typed) {
      schedules = withLateness(schedules, () => runAt(now), hours(now)) ?? schedules;
    }
    const last = typed.at(-1) ?? 0;
    const problems = lateProblems(schedules, () => runAt(last), hours(last));
    expect(problems).toHaveLength(reported ? 1 : 0);
  });

  test("is named with the command that shows it; nothing is written twice", () => {
    const late = { job: { ...plain, installedAt: iso(0), lateSince: iso(50) } };
    expect(withLateness(late, () => undefined, hours(80))).toBeUndefined();
    expect(lateProblems(late, () => undefined, hours(80))).toEqual([
      {
        message: 'the scheduled rotation of "me" has never run',
        hint: "awst key schedule --show --identity me",
      },
    ]);
    const [problem] = lateProblems(late, () => iso(1), hours(80));
    expect(problem?.message).toBe('the scheduled rotation of "me" has not run since 2026-03-01');
  });
});

test("schedulesFile: the times are read back, and a damaged entry is left out", () => {
  const stored = { ...plain, installedAt: iso(0), lateSince: iso(1) };
  expect(fromJson(schedulesFile, toJson(schedulesFile, { job: stored }))).toEqual({ job: stored });
  const damaged = { version: 1, schedules: { job: { ...stored, lateSince: "yesterday" } } };
  expect(fromJson(schedulesFile, damaged)).toEqual({});
});
