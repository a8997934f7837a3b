// Installs a task in the folder `awst` of Windows' Task Scheduler.

import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Env } from "../../model/environment.ts";
import { windowsTask } from "../../model/rotation/unit-files.ts";
import { windowsProgramPath } from "../../model/text/program-paths.ts";
import type { Paths } from "../../ports.ts";
import { writeWholeFile } from "../file/whole-file.ts";
import { requireProgram, runProgram, type SchedulerBackend } from "./scheduler-backend.ts";

export function openTasks(
  env: Env,
  { state }: Pick<Paths, "state">,
  systemFolder: string,
): SchedulerBackend {
  const schtasks = windowsProgramPath("schtasks", systemFolder);
  const pathOf = (name: string) => `\\awst\\${name}`;
  const query = (name: string) =>
    runProgram(env, [schtasks, "/Query", "/TN", pathOf(name), "/XML", "ONE"]);
  return {
    system: "task-scheduler",
    isAvailable: async () => (await runProgram(env, [schtasks, "/?"])).status === 0,
    install: async (job) => {
      const file = join(state, `${job.name}.xml`);
      try {
        writeWholeFile(file, Buffer.from(`\ufeff${windowsTask(job)}`, "utf16le"));
        await requireProgram(env, [
          schtasks,
          "/Create",
          "/F",
          "/TN",
          pathOf(job.name),
          "/XML",
          file,
        ]);
      } finally {
        rmSync(file, { force: true });
      }
    },
    find: async (name) => {
      const queried = await query(name);
      if (queried.status !== 0) return undefined;
      const text = queried.stdout.replaceAll("\0", "");
      return {
        system: "task-scheduler",
        where: [pathOf(name)],
        text,
        isActive: !/<Settings>[\s\S]*<Enabled>false<\/Enabled>[\s\S]*<\/Settings>/.test(text),
        nextRunAt: await nextRun(env, name, systemFolder),
      };
    },
    remove: async (name) => {
      if ((await query(name)).status !== 0) return false;
      await requireProgram(env, [schtasks, "/Delete", "/F", "/TN", pathOf(name)]);
      return true;
    },
  };
}

/** schtasks prints times in the user's language, so PowerShell is asked. `name`: letters, digits, `-`. */
async function nextRun(env: Env, name: string, systemFolder: string): Promise<Date | undefined> {
  const script = `(Get-ScheduledTaskInfo -TaskPath '\\awst\\' -TaskName '${name}').NextRunTime.ToUniversalTime().ToString('o')`;
  const { stdout } = await runProgram(env, [
    windowsProgramPath("powershell", systemFolder),
    "-NoProfile",
    "-NonInteractive",
    "-Command",
    script,
  ]);
  const at = new Date(stdout.trim());
  return stdout.trim() === "" || Number.isNaN(at.getTime()) ? undefined : at;
}
