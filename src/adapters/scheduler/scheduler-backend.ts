// What each of the four systems is to the scheduler, and how its own program is asked.

import { AwstError } from "../../model/errors.ts";
import type {
  InstalledSchedule,
  ScheduledJob,
  ScheduleSystem,
} from "../../model/rotation/schedule.ts";
import { withoutOwnSecrets } from "../../model/shell/child-environment.ts";
import type { Env } from "../../ports.ts";
import { type Captured, capture } from "../child/captured-process.ts";

export interface SchedulerBackend {
  readonly system: ScheduleSystem;
  /** Whether it answers here and now. */
  isHere(): Promise<boolean>;
  install(job: ScheduledJob): Promise<void>;
  find(name: string): Promise<InstalledSchedule | undefined>;
  /** Whether there was one. */
  remove(name: string): Promise<boolean>;
}

const patienceMs = 30_000;

/** Runs it to its end, whatever that is. */
export function ask(env: Env, [file = "", ...args]: readonly string[]): Promise<Captured> {
  const plain = { ...withoutOwnSecrets(env), LC_ALL: "C", TZ: "UTC" };
  return capture(file, args, { env: plain, timeoutMs: patienceMs });
}

/** SCHEDULER_FAILED unless it ends with 0. */
export async function demand(env: Env, words: readonly string[]): Promise<string> {
  const asked = await ask(env, words);
  if (asked.status === 0 && !asked.timedOut) return asked.stdout;
  throw schedulerFailed(words, asked.timedOut ? "no answer" : whatWasSaid(asked));
}

export function schedulerFailed(words: readonly string[], why: string): AwstError {
  const called = words.slice(0, 3).join(" ");
  return new AwstError("SCHEDULER_FAILED", `${called}: ${why}`);
}

function whatWasSaid({ status, reason, stdout, stderr }: Captured): string {
  const line = `${stderr}\n${stdout}`.split("\n").find((each) => each.trim() !== "");
  return (reason ?? line?.trim() ?? `status ${status}`).slice(0, 300);
}
