// The interface of the four scheduler backends, and how they call their operating system's program.

import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import type {
  InstalledSchedule,
  ScheduledJob,
  ScheduleSystem,
} from "../../model/rotation/schedule.ts";
import { systemProgramEnvironment } from "../../model/shell/child-environment.ts";
import { type Captured, capture } from "../child/captured-process.ts";

export interface SchedulerBackend {
  readonly system: ScheduleSystem;
  /** Whether the scheduler responds on this machine. */
  isAvailable(): Promise<boolean>;
  install(job: ScheduledJob): Promise<void>;
  find(name: string): Promise<InstalledSchedule | undefined>;
  /** Returns whether the job was installed. */
  remove(name: string): Promise<boolean>;
}

const timeoutMs = 30_000;

/** Runs the program and returns its output, whatever its exit status. */
export function runProgram(env: Env, [file = "", ...args]: readonly string[]): Promise<Captured> {
  const environment = {
    ...systemProgramEnvironment(env, process.platform),
    LC_ALL: "C",
    TZ: "UTC",
  };
  return capture(file, args, { env: environment, timeoutMs });
}

/** Runs the program and returns its stdout. Errors: SCHEDULER_FAILED unless its exit status is 0. */
export async function requireProgram(env: Env, command: readonly string[]): Promise<string> {
  const ended = await runProgram(env, command);
  if (ended.status === 0 && !ended.timedOut) return ended.stdout;
  const reason = ended.timedOut ? `no response within ${timeoutMs / 1000} s` : reasonOf(ended);
  throw schedulerFailed(command, reason);
}

export function schedulerFailed(command: readonly string[], reason: string): AwstError {
  const called = command.slice(0, 3).join(" ");
  return new AwstError("SCHEDULER_FAILED", `${called}: ${reason}`);
}

function reasonOf({ status, reason, stdout, stderr }: Captured): string {
  const line = `${stderr}\n${stdout}`.split("\n").find((each) => each.trim() !== "");
  return (reason ?? line?.trim() ?? `status ${status}`).slice(0, 300);
}
