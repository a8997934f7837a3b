// Whether this process is in the foreground of its terminal, where the terminal's keys and signals go. One
// in the background that reads from the terminal is stopped by the kernel.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** false too where there is no terminal, or where nothing tells. */
export function isInForeground(): boolean {
  if (process.platform === "win32") return true;
  const [group, foreground] = processGroups();
  return group !== undefined && group === foreground;
}

/** This process's group, and the one in the foreground of its terminal. */
function processGroups(): readonly (string | undefined)[] {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return [group, foreground];
  } catch {
    const words = ["-o", "pgid=", "-o", "tpgid=", "-p", String(process.pid)];
    return spawnSync("ps", words, { encoding: "utf8" }).stdout?.trim().split(/\s+/) ?? [];
  }
}
