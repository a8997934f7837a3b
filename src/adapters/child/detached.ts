// awst once more, in a session of its own: no terminal, no streams, and the end of this process, or of the
// window it runs in, does not reach it. It works with what was entered already and asks nobody.

import { spawn } from "node:child_process";
import type { Detached } from "../../ports/background.ts";
import type { Env } from "../../ports.ts";

export function openDetached(program: readonly string[], env: Env): Detached {
  const [file = "", ...before] = program;
  // A code was sent by the time anything is started, and is good for nothing else.
  const { AWST_MFA_CODE: _, ...rest } = env;
  return {
    start: (words) =>
      new Promise((resolve) => {
        try {
          const child = spawn(file, [...before, ...words], {
            detached: true,
            stdio: "ignore",
            windowsHide: true,
            env: { ...rest, AWST_PROMPT: "none" },
          });
          child.once("spawn", () => resolve(true));
          child.once("error", () => resolve(false));
          child.unref();
        } catch {
          resolve(false);
        }
      }),
  };
}
