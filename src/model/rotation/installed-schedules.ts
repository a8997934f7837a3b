// What `key schedule` installed (state file `schedules`): without asking the system's scheduler, every command
// can report a schedule whose program no longer exists, and one that does not run.

import type { StateFile } from "../state-file.ts";
import { commandLine } from "../text/command-line.ts";
import { spellInterval } from "./schedule.ts";

export interface StoredSchedule {
  readonly identity: string;
  /** The paths that the scheduler starts. */
  readonly program: readonly string[];
  readonly everySeconds: number;
  /** RFC 3339. The last two are unknown for schedules of earlier versions. */
  readonly installedAt?: string | undefined;
  /** A command found at this time that the schedule had not run for two days. */
  readonly lateSince?: string | undefined;
}

/** By the job's name. */
export type StoredSchedules = Readonly<Record<string, StoredSchedule>>;

export const schedulesFile: StateFile<StoredSchedules> = {
  name: "schedules",
  version: 1,
  decode: (stored) =>
    Object.fromEntries(
      Object.entries(Object(Object(stored).schedules)).filter(
        (entry): entry is [string, StoredSchedule] => isStoredSchedule(entry[1]),
      ),
    ),
  encode: (schedules) => ({ schedules }),
};

function isStoredSchedule(value: unknown): boolean {
  const schedule = Object(value) as Record<string, unknown>;
  const { identity, program, everySeconds } = schedule;
  return (
    [schedule["installedAt"], schedule["lateSince"]].every(isTimeOrNone) &&
    typeof identity === "string" &&
    Number.isFinite(everySeconds) &&
    Array.isArray(program) &&
    program.every((path) => typeof path === "string")
  );
}

function isTimeOrNone(value: unknown): boolean {
  return value === undefined || (typeof value === "string" && !Number.isNaN(Date.parse(value)));
}

const hourMs = 3600 * 1000;
/** Schedulers start a run every hour, or every day (Task Scheduler). */
const lateAfterMs = 48 * hourMs;
/** The machine may have been off until now: its scheduler gets this time to start a run. */
const waitMs = 26 * hourMs;

/** Returns the schedules with `lateSince` as it is now; undefined if nothing changed. `lastRun`: of an identity. */
export function withLateness(
  schedules: StoredSchedules,
  lastRun: (identity: string) => string | undefined,
  now: Date,
): StoredSchedules | undefined {
  let isChanged = false;
  const entries = Object.entries(schedules).map(([name, schedule]) => {
    const isLate = isScheduleLate(schedule, lastRun(schedule.identity), now);
    if (isLate === (schedule.lateSince !== undefined)) return [name, schedule] as const;
    isChanged = true;
    return [name, { ...schedule, lateSince: isLate ? now.toISOString() : undefined }] as const;
  });
  return isChanged ? Object.fromEntries(entries) : undefined;
}

function isScheduleLate(
  { installedAt, lateSince }: StoredSchedule,
  lastRun: string | undefined,
  now: Date,
): boolean {
  const known = [installedAt, lastRun].flatMap((at) => (at === undefined ? [] : [Date.parse(at)]));
  if (known.length > 0) return now.getTime() - Math.max(...known) >= lateAfterMs;
  // Installed by an earlier version, and never run since.
  return lateSince !== undefined || lastRun === undefined;
}

/** Returns one problem for every schedule that has not run although the machine was in use. */
export function lateProblems(
  schedules: StoredSchedules,
  lastRun: (identity: string) => string | undefined,
  now: Date,
) {
  return Object.values(schedules).flatMap(({ identity, lateSince }) => {
    if (lateSince === undefined || now.getTime() - Date.parse(lateSince) < waitMs) return [];
    const last = lastRun(identity);
    const since = last === undefined ? "has never run" : `has not run since ${last.slice(0, 10)}`;
    return [
      {
        message: `the scheduled rotation of "${identity}" ${since}`,
        hint: commandLine(["awst", "key", "schedule", "--show", "--identity", identity]),
      },
    ];
  });
}

/** Returns one problem for every schedule that can't start. `exists`: whether a path leads to a file. */
export function scheduleProblems(schedules: StoredSchedules, exists: (path: string) => boolean) {
  return Object.values(schedules).flatMap((schedule) => {
    const missing = schedule.program.find((path) => !exists(path));
    if (missing === undefined) return [];
    const message = `the scheduled rotation of "${schedule.identity}" can't start: ${missing} does not exist`;
    return [{ message, hint: scheduleCommand(schedule) }];
  });
}

/** Returns the command that installs the schedule again. */
export function scheduleCommand({ identity, everySeconds }: StoredSchedule): string {
  const every = spellInterval(everySeconds);
  return commandLine(["awst", "key", "schedule", "--identity", identity, "--every", every]);
}
