// Installs a launchd agent in the user's login session (macOS).

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Env } from "../../model/environment.ts";
import { launchdAgent } from "../../model/rotation/unit-files.ts";
import type { Paths } from "../../ports.ts";
import { writeWholeFile } from "../file/whole-file.ts";
import { requireProgram, runProgram, type SchedulerBackend } from "./scheduler-backend.ts";

export function openLaunchd(env: Env, { home }: Pick<Paths, "home">): SchedulerBackend {
  const domain = `gui/${process.getuid?.() ?? 0}`;
  const pathOf = (name: string) => join(home, "Library/LaunchAgents", `${name}.plist`);
  const isLoaded = async (name: string) =>
    (await runProgram(env, ["launchctl", "print", `${domain}/${name}`])).status === 0;
  const unload = async (name: string) => {
    if (!(await isLoaded(name))) return;
    await runProgram(env, ["launchctl", "bootout", `${domain}/${name}`]);
    // `bootout` returns before the agent is unloaded.
    for (let tries = 0; tries < 20 && (await isLoaded(name)); tries++) await setTimeout(100);
  };

  return {
    system: "launchd",
    isAvailable: async () => (await runProgram(env, ["launchctl", "print", domain])).status === 0,
    install: async (job) => {
      const path = pathOf(job.name);
      const before = readText(path);
      writeWholeFile(path, launchdAgent(job));
      try {
        await unload(job.name);
        await requireProgram(env, ["launchctl", "bootstrap", domain, path]);
      } catch (error) {
        if (before === undefined) rmSync(path, { force: true });
        throw error;
      }
    },
    find: async (name) => {
      const text = readText(pathOf(name));
      if (text === undefined) return undefined;
      const isActive = await isLoaded(name);
      return { system: "launchd", where: [pathOf(name)], text, isActive, nextRunAt: undefined };
    },
    remove: async (name) => {
      const wasThere = readText(pathOf(name)) !== undefined;
      await unload(name);
      rmSync(pathOf(name), { force: true });
      return wasThere;
    },
  };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
