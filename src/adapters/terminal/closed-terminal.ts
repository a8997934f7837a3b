// After its terminal was closed, Node aborts at its own end (it restores the settings of standard streams
// and does not expect them to be gone). So the dead ones are put aside.

import { closeSync, fstatSync, openSync } from "node:fs";
import { isatty } from "node:tty";

/** Standard streams that led to a terminal which is gone lead to nothing from now on. For after a SIGHUP. */
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

/** A device that isn't a terminal (any more); /dev/null itself is, to no harm, counted in. */
function isDead(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice() && !isatty(descriptor);
  } catch {
    return false;
  }
}
