// The end of a shell on a terminal: its window is closed, and it is waited for, since a shell writes its
// history into its home before it goes.

import type { Pty } from "../support/pty.ts";

export async function closeTerminal({ pid, hangUp }: Pty): Promise<void> {
  hangUp();
  while (isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
