// Chooses this machine's scheduler: the operating system's own, or cron where systemd's user manager does not
// respond. A job is installed in one of them at a time.

import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import type { ScheduledJob } from "../../model/rotation/schedule.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { Scheduler } from "../../ports/background.ts";
import type { Paths } from "../../ports.ts";
import { findSystemFolder } from "../child/system-programs.ts";
import type { SchedulerBackend } from "./scheduler-backend.ts";
import { openCron } from "./scheduler-cron.ts";
import { openLaunchd } from "./scheduler-launchd.ts";
import { openSystemd } from "./scheduler-systemd.ts";
import { openTasks } from "./scheduler-tasks.ts";

export function openScheduler(
  env: Env,
  paths: Paths,
  platform = process.platform,
  systemFolder = findSystemFolder(),
): Scheduler {
  const all = backends(env, paths, platform, systemFolder);
  const firstAvailable = async () => {
    for (const each of all) if (await each.isAvailable()) return each;
    return undefined;
  };
  const find = async (name: string) => {
    const found = [];
    for (const each of all) {
      // A scheduler that does not respond must not hide a job in the other one.
      const one = await each.find(name).catch(() => undefined);
      if (one !== undefined) found.push(one);
    }
    return found.find(({ isActive }) => isActive) ?? found[0];
  };
  return {
    choose: async () => (await firstAvailable())?.system,
    install: async (job) => {
      const chosen = await firstAvailable();
      if (chosen === undefined) throw schedulerMissing(all, job);
      await chosen.install(job);
      for (const each of all) if (each !== chosen) await each.remove(job.name).catch(() => {});
      const installed = await chosen.find(job.name);
      if (installed !== undefined) return installed;
      throw new AwstError(
        "SCHEDULER_FAILED",
        `${chosen.system} does not show the schedule that was installed`,
      );
    },
    find,
    remove: async (name) => {
      let wasInstalled = false;
      for (const each of all) {
        // Machines with systemd may have no cron.
        if (each.system === "cron" && !(await each.isAvailable())) continue;
        wasInstalled = (await each.remove(name)) || wasInstalled;
      }
      return wasInstalled;
    },
  };
}

function backends(
  env: Env,
  paths: Paths,
  platform: NodeJS.Platform,
  systemFolder: string,
): readonly SchedulerBackend[] {
  if (platform === "darwin") return [openLaunchd(env, paths)];
  if (platform === "win32") return [openTasks(env, paths, systemFolder)];
  return [openSystemd(env, paths), openCron(env)];
}

function schedulerMissing(all: readonly SchedulerBackend[], { command }: ScheduledJob): AwstError {
  const names = all.map(({ system }) => system).join(", ");
  return new AwstError("SCHEDULER_MISSING", `no scheduler responds on this machine: ${names}`, {
    hint: `run this every hour from another scheduler: ${commandLine(command)}`,
  });
}
