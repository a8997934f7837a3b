// What `key schedule` installed (state file `schedules`): without asking the system's scheduler, every command
// can report that a schedule starts a program that no longer exists.

import type { StateFile } from "../state-file.ts";
import { commandLine } from "../text/command-line.ts";
import { spellInterval } from "./schedule.ts";

export interface StoredSchedule {
  readonly identity: string;
  /** The paths that the scheduler starts. */
  readonly program: readonly string[];
  readonly everySeconds: number;
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
  const { identity, program, everySeconds } = Object(value) as Record<string, unknown>;
  return (
    typeof identity === "string" &&
    typeof everySeconds === "number" &&
    Array.isArray(program) &&
    program.every((path) => typeof path === "string")
  );
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
