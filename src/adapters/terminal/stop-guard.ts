// While a lock is held the terminal does not stop this process, for everybody else would wait until
// somebody thinks of it: Ctrl-Z is put off until the locks are free, and a background job, which a
// terminal may stop for what it writes (stty tostop), speaks afterwards.

import { fstatSync } from "node:fs";
import { isInForeground } from "./foreground.ts";

/** What is said meanwhile can be held back. */
export interface Talk {
  holdBack(): void;
  letGo(): void;
}

export interface StopGuard {
  enter(): void;
  leave(): void;
}

export function openStopGuard(talk: Talk): StopGuard {
  let holds = 0;
  let isPutOff = false;
  const putOff = () => {
    // A question on the terminal hears it too, and ends by it.
    if (process.listenerCount("SIGTSTP") === 1) isPutOff = true;
  };
  return {
    enter: () => {
      holds += 1;
      if (holds > 1) return;
      process.on("SIGTSTP", putOff);
      if (talksToDevice() && !isInForeground()) talk.holdBack();
    },
    leave: () => {
      holds -= 1;
      if (holds > 0) return;
      process.off("SIGTSTP", putOff);
      talk.letGo();
      if (!isPutOff) return;
      isPutOff = false;
      process.kill(process.pid, "SIGSTOP");
    },
  };
}

function talksToDevice(): boolean {
  try {
    return fstatSync(2).isCharacterDevice();
  } catch {
    return false;
  }
}
