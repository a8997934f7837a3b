// Starts awst in the background, in a session of its own: without a terminal and without streams. It outlives
// this process and its window, and never prompts.

import { spawn } from "node:child_process";
import type { Env } from "../../model/environment.ts";
import type { Detached } from "../../ports/background.ts";

export function openDetached(program: readonly string[], env: Env): Detached {
  const [file = "", ...before] = program;
  // The code has been sent before anything is started, and works only once.
  const { AWST_MFA_CODE: _, ...rest } = env;
  return {
    start: (args) =>
      new Promise((resolve) => {
        try {
          const child = spawn(file, [...before, ...args], {
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
