// An agent in the login session of the user's, of macOS.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { launchdAgent } from "../../model/rotation/unit-files.ts";
import type { Env, Paths } from "../../ports.ts";
import { writeWholeFile } from "../file/whole-file.ts";
import { ask, demand, type SchedulerBackend } from "./scheduler-backend.ts";

export function openLaunchd(env: Env, { home }: Pick<Paths, "home">): SchedulerBackend {
  const domain = `gui/${process.getuid?.() ?? 0}`;
  const pathOf = (name: string) => join(home, "Library/LaunchAgents", `${name}.plist`);
  const isLoaded = async (name: string) =>
    (await ask(env, ["launchctl", "print", `${domain}/${name}`])).status === 0;
  const unload = async (name: string) => {
    if (!(await isLoaded(name))) return;
    await ask(env, ["launchctl", "bootout", `${domain}/${name}`]);
    // It answers before it is done.
    for (let tries = 0; tries < 20 && (await isLoaded(name)); tries++) await setTimeout(100);
  };

  return {
    system: "launchd",
    isHere: async () => (await ask(env, ["launchctl", "print", domain])).status === 0,
    install: async (job) => {
      const path = pathOf(job.name);
      const before = readText(path);
      writeWholeFile(path, launchdAgent(job));
      try {
        await unload(job.name);
        await demand(env, ["launchctl", "bootstrap", domain, path]);
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
