// What happens when nobody is there: the system's own clockwork, awst started apart from any terminal, a
// word on the desktop.

import type {
  InstalledSchedule,
  ScheduledJob,
  ScheduleSystem,
} from "../model/rotation/schedule.ts";

/** systemd's user timers, launchd, Task Scheduler, cron. Errors: SCHEDULER_FAILED, FILE_UNWRITABLE. */
export interface Scheduler {
  /** Where a new schedule goes; undefined where there is nothing. */
  choose(): Promise<ScheduleSystem | undefined>;
  /** In the place of an older one of that name, which may stand elsewhere. SCHEDULER_MISSING. */
  install(job: ScheduledJob): Promise<InstalledSchedule>;
  find(name: string): Promise<InstalledSchedule | undefined>;
  /** Whether there was one. */
  remove(name: string): Promise<boolean>;
}

/** awst itself once more, outliving this process and its terminal: a session of its own, no streams. */
export interface Detached {
  /** Whether it was started; its end is not waited for. `words`: without the program's. */
  start(words: readonly string[]): Promise<boolean>;
}

export interface Notifier {
  /** Best effort. Whether some desktop took it. */
  show(title: string, text: string): Promise<boolean>;
}
