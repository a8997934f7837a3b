// One marked line in the user's crontab. The rest of it is bytes: read and written as they are, of whatever
// encoding and length.

import { spawnSync } from "node:child_process";
import { AwstError } from "../../model/errors.ts";
import {
  crontabLine,
  findCrontabLine,
  longestCommand,
  withCrontabLine,
  withoutCrontabLine,
} from "../../model/rotation/crontab.ts";
import type { ScheduledJob } from "../../model/rotation/schedule.ts";
import { withoutOwnSecrets } from "../../model/shell/child-environment.ts";
import type { Env } from "../../ports.ts";
import { type SchedulerBackend, schedulerFailed } from "./scheduler-backend.ts";

export function openCron(env: Env): SchedulerBackend {
  return {
    system: "cron",
    isHere: async () => {
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

/** One that cron would cut goes without PATH, which only `[mfa] command` needs. */
function lineFor(job: ScheduledJob): string {
  const { PATH: _, ...environment } = job.environment;
  for (const each of [job, { ...job, environment }]) {
    const line = crontabLine(each);
    if (Buffer.byteLength(line) <= longestCommand) return line;
  }
  throw new AwstError("SCHEDULER_FAILED", "the line is too long for a crontab", {
    hint: "unset variables that awst need not take along, or move it to a shorter path",
  });
}

/** One character a byte. */
function readCrontab(env: Env): string {
  const { status, stdout, stderr, error } = crontab(env, "-l");
  if (error !== undefined) throw schedulerFailed(["crontab", "-l"], error.message);
  if (status === 0) return stdout;
  // busybox has other words for it.
  if (/no crontab|can't open/i.test(stderr) && stdout === "") return "";
  throw schedulerFailed(["crontab", "-l"], stderr.trim().split("\n")[0] || `status ${status}`);
}

function writeCrontab(env: Env, text: string): void {
  const { status, stderr, error } = crontab(env, "-", text);
  const said = error?.message ?? (stderr.trim().split("\n")[0] || `status ${status}`);
  if (error !== undefined || status !== 0) throw schedulerFailed(["crontab", "-"], said);
  if (readCrontab(env) !== text) {
    throw schedulerFailed(["crontab", "-"], "it does not keep what it was given");
  }
}

function crontab(env: Env, word: string, input = "") {
  return spawnSync("crontab", [word], {
    env: { ...withoutOwnSecrets(env), LC_ALL: "C" },
    input: Buffer.from(input, "latin1"),
    encoding: "latin1",
    maxBuffer: 64 * 1024 * 1024,
    timeout: 30_000,
  });
}

function asBytes(line: string): string {
  return Buffer.from(line, "utf8").toString("latin1");
}
