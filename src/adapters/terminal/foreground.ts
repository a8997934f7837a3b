// Whether this process is in the foreground of its terminal, which sends keys and signals there. The kernel
// stops a background process that reads from the terminal.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Returns false also without a terminal, and where the process groups are unknown. */
export function isInForeground(): boolean {
  if (process.platform === "win32") return true;
  const [group, foreground] = processGroups();
  return group !== undefined && group === foreground;
}

/** Returns this process's group and the foreground group of its terminal. */
function processGroups(): readonly (string | undefined)[] {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return [group, foreground];
  } catch {
    const args = ["-o", "pgid=", "-o", "tpgid=", "-p", String(process.pid)];
    return spawnSync("ps", args, { encoding: "utf8" }).stdout?.trim().split(/\s+/) ?? [];
  }
}
