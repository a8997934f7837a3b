// Installs one marked line in the user's crontab. Everything else in the crontab is read and written as bytes,
// in any encoding and of any length.

import { spawnSync } from "node:child_process";
import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import {
  crontabLine,
  findCrontabLine,
  maxLineBytes,
  withCrontabLine,
  withoutCrontabLine,
} from "../../model/rotation/crontab.ts";
import type { ScheduledJob } from "../../model/rotation/schedule.ts";
import { systemProgramEnvironment } from "../../model/shell/child-environment.ts";
import { type SchedulerBackend, schedulerFailed } from "./scheduler-backend.ts";

export function openCron(env: Env): SchedulerBackend {
  return {
    system: "cron",
    isAvailable: async () => {
      try {
        readCrontab(env);
        return true;
      } catch {
        return false;
      }
    },
    install: async (job) => {
      const line = asBytes(lineFor(job));
      writeCrontab(env, withCrontabLine(readCrontab(env), job.name, line));
    },
    find: async (name) => {
      const line = findCrontabLine(readCrontab(env), name);
      if (line === undefined) return undefined;
      const text = Buffer.from(line, "latin1").toString("utf8");
      return { system: "cron", where: ["crontab -l"], text, isActive: true, nextRunAt: undefined };
    },
    remove: async (name) => {
      const before = readCrontab(env);
      const after = withoutCrontabLine(before, name);
      if (after === before) return false;
      writeCrontab(env, after);
      return true;
    },
  };
}

/** Omits PATH, which only `[mfa] command` needs, from a line that cron would cut. */
function lineFor(job: ScheduledJob): string {
  const { PATH: _, ...environment } = job.environment;
  for (const each of [job, { ...job, environment }]) {
    const line = crontabLine(each);
    if (Buffer.byteLength(line) <= maxLineBytes) return line;
  }
  throw new AwstError("SCHEDULER_FAILED", "the line is too long for a crontab", {
    hint: "unset AWS and proxy variables that scheduled runs don't need, or install awst at a shorter path",
  });
}

/** Returns one character per byte. */
function readCrontab(env: Env): string {
  const { status, stdout, stderr, error } = crontab(env, "-l");
  if (error !== undefined) throw schedulerFailed(["crontab", "-l"], error.message);
  if (status === 0) return stdout;
  // busybox prints another message for the same.
  if (/no crontab|can't open/i.test(stderr) && stdout === "") return "";
  throw schedulerFailed(["crontab", "-l"], stderr.trim().split("\n")[0] || `status ${status}`);
}

function writeCrontab(env: Env, text: string): void {
  const { status, stderr, error } = crontab(env, "-", text);
  const reason = error?.message ?? (stderr.trim().split("\n")[0] || `status ${status}`);
  if (error !== undefined || status !== 0) throw schedulerFailed(["crontab", "-"], reason);
  if (readCrontab(env) !== text) {
    throw schedulerFailed(["crontab", "-"], "the crontab read back differs from what was written");
  }
}

function crontab(env: Env, argument: string, input = "") {
  return spawnSync("crontab", [argument], {
    env: { ...systemProgramEnvironment(env, process.platform), LC_ALL: "C" },
    input: Buffer.from(input, "latin1"),
    encoding: "latin1",
    maxBuffer: 64 * 1024 * 1024,
    timeout: 30_000,
  });
}

function asBytes(line: string): string {
  return Buffer.from(line, "utf8").toString("latin1");
}
