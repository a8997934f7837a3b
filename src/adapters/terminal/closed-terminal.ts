// Replaces the standard streams of a closed terminal. Otherwise Node aborts when it exits: it restores the
// settings of the streams and does not expect them to be closed.

import { closeSync, fstatSync, openSync } from "node:fs";
import { isatty } from "node:tty";

/** Redirects standard streams of a closed terminal to /dev/null. Called after a SIGHUP. */
export function dropClosedTerminal(): void {
  if (process.platform === "win32" || terminalIsOpen()) return;
  for (const descriptor of [0, 1, 2]) {
    if (!isDead(descriptor)) continue;
    closeSync(descriptor);
    // The lowest free number is the one just closed.
    openSync("/dev/null", "r+");
  }
}

function terminalIsOpen(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r+"));
    return true;
  } catch {
    return false;
  }
}

/** Returns true for a device that is no terminal (any more). /dev/null counts too, which is harmless. */
function isDead(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice() && !isatty(descriptor);
  } catch {
    return false;
  }
}
