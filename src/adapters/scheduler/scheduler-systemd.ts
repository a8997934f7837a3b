// Installs a timer and its service in the user's systemd manager.

import { readFileSync, rmSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Env } from "../../model/environment.ts";
import { systemdFiles } from "../../model/rotation/unit-files.ts";
import type { Paths } from "../../ports.ts";
import { resolvePath } from "../file/paths.ts";
import { writeWholeFile } from "../file/whole-file.ts";
import { requireProgram, runProgram, type SchedulerBackend } from "./scheduler-backend.ts";

export function openSystemd(env: Env, { home }: Pick<Paths, "home">): SchedulerBackend {
  const config = env["XDG_CONFIG_HOME"];
  const folder = join(
    config !== undefined && isAbsolute(config) ? resolvePath(config) : join(home, ".config"),
    "systemd/user",
  );
  const pathsOf = (name: string) =>
    [join(folder, `${name}.service`), join(folder, `${name}.timer`)] as const;
  const systemctl = (...args: string[]) => ["systemctl", "--user", ...args];
  const removeFiles = async (name: string) => {
    for (const path of pathsOf(name)) rmSync(path, { force: true });
    await requireProgram(env, systemctl("daemon-reload"));
  };

  return {
    system: "systemd",
    isAvailable: async () => (await runProgram(env, systemctl("show-environment"))).status === 0,
    install: async (job) => {
      const [service, timer] = pathsOf(job.name);
      const isNew = readText(timer) === undefined;
      const files = systemdFiles(job);
      try {
        writeWholeFile(service, files.service);
        writeWholeFile(timer, files.timer);
        await requireProgram(env, systemctl("daemon-reload"));
        await requireProgram(env, systemctl("enable", `${job.name}.timer`));
        // Without a restart a running timer keeps its old times.
        await requireProgram(env, systemctl("restart", `${job.name}.timer`));
      } catch (error) {
        if (isNew) await removeFiles(job.name).catch(() => {});
        throw error;
      }
    },
    find: async (name) => {
      const [service, timer] = pathsOf(name);
      const texts = [readText(service), readText(timer)];
      if (texts[1] === undefined) return undefined;
      const active = await runProgram(env, systemctl("is-active", `${name}.timer`));
      const next = await runProgram(
        env,
        systemctl("show", `${name}.timer`, "--property=NextElapseUSecRealtime", "--value"),
      );
      return {
        system: "systemd",
        where: [timer, service],
        text: texts.join("\n"),
        isActive: active.stdout.trim() === "active",
        nextRunAt: readTime(next.stdout),
      };
    },
    remove: async (name) => {
      const [, timer] = pathsOf(name);
      if (readText(timer) === undefined) return false;
      await requireProgram(env, systemctl("disable", "--now", `${name}.timer`));
      await removeFiles(name);
      return true;
    },
  };
}

/** `Fri 2026-03-06 10:07:00 UTC`, as systemctl prints it with TZ=UTC. */
function readTime(text: string): Date | undefined {
  const [, day, time] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/.exec(text) ?? [];
  return day === undefined ? undefined : new Date(`${day}T${time}Z`);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
