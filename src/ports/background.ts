// Work without a terminal: the system's scheduler, awst started in the background, a notification on the
// desktop.

import type {
  InstalledSchedule,
  ScheduledJob,
  ScheduleSystem,
} from "../model/rotation/schedule.ts";

/** systemd's user timers, launchd, Task Scheduler, cron. Errors: SCHEDULER_FAILED, FILE_UNWRITABLE. */
export interface Scheduler {
  /** Returns the system for a new schedule; undefined if there is none. */
  choose(): Promise<ScheduleSystem | undefined>;
  /** Replaces a schedule of that name in any of the systems. SCHEDULER_MISSING. */
  install(job: ScheduledJob): Promise<InstalledSchedule>;
  find(name: string): Promise<InstalledSchedule | undefined>;
  /** Returns whether there was one. */
  remove(name: string): Promise<boolean>;
}

/** Starts awst again so that it outlives this process and its terminal: in its own session, without streams. */
export interface Detached {
  /** Returns whether it was started, and does not wait for its end. `args`: without the program. */
  start(args: readonly string[]): Promise<boolean>;
}

export interface Notifier {
  /** Returns whether a desktop showed it. Errors are ignored. */
  show(title: string, text: string): Promise<boolean>;
}
