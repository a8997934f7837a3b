// The clockwork of this machine: the one its system has, cron where systemd's user manager does not answer.
// A schedule stands on one of them at a time.

import { AwstError } from "../../model/errors.ts";
import type { Scheduler } from "../../ports/background.ts";
import type { Env, Paths } from "../../ports.ts";
import type { SchedulerBackend } from "./scheduler-backend.ts";
import { openCron } from "./scheduler-cron.ts";
import { openLaunchd } from "./scheduler-launchd.ts";
import { openSystemd } from "./scheduler-systemd.ts";
import { openTasks } from "./scheduler-tasks.ts";

export function openScheduler(env: Env, paths: Paths, platform = process.platform): Scheduler {
  const all = clockworks(env, paths, platform);
  const firstHere = async () => {
    for (const each of all) if (await each.isHere()) return each;
    return undefined;
  };
  const find = async (name: string) => {
    const found = [];
    for (const each of all) {
      // One that does not answer has nothing to tell, and is no reason to look no further.
      const one = await each.find(name).catch(() => undefined);
      if (one !== undefined) found.push(one);
    }
    return found.find(({ isActive }) => isActive) ?? found[0];
  };
  return {
    choose: async () => (await firstHere())?.system,
    install: async (job) => {
      const chosen = await firstHere();
      if (chosen === undefined) throw schedulerMissing(all);
      await chosen.install(job);
      for (const each of all) if (each !== chosen) await each.remove(job.name).catch(() => {});
      const installed = await chosen.find(job.name);
      if (installed !== undefined) return installed;
      throw new AwstError("SCHEDULER_FAILED", `${chosen.system} does not know what it was given`);
    },
    find,
    remove: async (name) => {
      let wasThere = false;
      for (const each of all) {
        // cron may not be installed where systemd is.
        if (each.system === "cron" && !(await each.isHere())) continue;
        wasThere = (await each.remove(name)) || wasThere;
      }
      return wasThere;
    },
  };
}

function clockworks(
  env: Env,
  paths: Paths,
  platform: NodeJS.Platform,
): readonly SchedulerBackend[] {
  if (platform === "darwin") return [openLaunchd(env, paths)];
  if (platform === "win32") return [openTasks(env, paths)];
  return [openSystemd(env, paths), openCron(env)];
}

function schedulerMissing(all: readonly SchedulerBackend[]): AwstError {
  const names = all.map(({ system }) => system).join(" nor ");
  return new AwstError("SCHEDULER_MISSING", `neither ${names} answers here`, {
    hint: "call it from a clockwork of your own, once an hour: awst key rotate --unattended --if-older-than 7d",
  });
}
