// Keeps the terminal from stopping this process while it owns a lock, since every waiting process would
// wait too. Ctrl-Z is postponed until the locks are free. A background job, which a terminal may stop when
// it writes (stty tostop), prints its messages afterwards.

import { spawnSync } from "node:child_process";
import { fstatSync, readFileSync } from "node:fs";

export interface PausableMessages {
  pauseMessages(): void;
  /** Prints what was paused. */
  resumeMessages(): void;
}

export interface StopGuard {
  enter(): void;
  leave(): void;
}

export function openStopGuard(messages: PausableMessages): StopGuard {
  let locks = 0;
  let isPostponed = false;
  const postpone = () => {
    // A prompt on the terminal has its own listener, and ends at this signal.
    if (process.listenerCount("SIGTSTP") === 1) isPostponed = true;
  };
  return {
    enter: () => {
      locks += 1;
      if (locks > 1) return;
      process.on("SIGTSTP", postpone);
      if (writesToDevice() && !isInForeground()) messages.pauseMessages();
    },
    leave: () => {
      locks -= 1;
      if (locks > 0) return;
      process.off("SIGTSTP", postpone);
      messages.resumeMessages();
      if (!isPostponed) return;
      isPostponed = false;
      process.kill(process.pid, "SIGSTOP");
    },
  };
}

function writesToDevice(): boolean {
  try {
    return fstatSync(2).isCharacterDevice();
  } catch {
    return false;
  }
}

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
    return spawnSync("/bin/ps", args, { encoding: "utf8" }).stdout?.trim().split(/\s+/) ?? [];
  }
}
