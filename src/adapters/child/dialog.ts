// Prompts for a code in a window of the desktop, where there is no terminal. The window closes at the time
// limit and when awst is interrupted.

import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import { readCode } from "../../model/session/one-time-code.ts";
import { systemProgramEnvironment } from "../../model/shell/child-environment.ts";
import { type DialogKind, dialogCommand } from "../../model/text/desktop-commands.ts";
import type { Dialog } from "../../ports/prompts.ts";
import { type Captured, capture } from "./captured-process.ts";
import { findSystemFolder, findWindowsProgram } from "./system-programs.ts";

/** Errors besides the port's: CODE_NEEDED where no window could be opened. */
export function openDialog(env: Env): Dialog {
  const kind = findKind(env);
  return {
    isHere: () => kind !== undefined,
    askCode: async ({ text, timeoutMs }) => {
      if (kind === undefined) throw new AwstError("CODE_NEEDED", "no dialog program is installed");
      const end = timeoutMs === undefined ? undefined : performance.now() + timeoutMs;
      for (let message = text; ; message = `Enter six digits. ${text}`) {
        const command = dialogCommand(kind, message, findSystemFolder());
        const asked = await capture(command.file, command.args, {
          env: { ...systemProgramEnvironment(env, process.platform), ...command.env },
          timeoutMs: end === undefined ? undefined : Math.max(end - performance.now(), 0),
        });
        const code = readCode(answered(kind, asked));
        if (code !== undefined) return code;
      }
    },
  };
}

/** Returns what was typed. Errors: ANSWER_TIMED_OUT, INTERRUPTED for "cancel", CODE_NEEDED. */
function answered(kind: DialogKind, asked: Captured): string {
  if (asked.timedOut) throw new AwstError("ANSWER_TIMED_OUT", "no answer within the time limit");
  const isEmpty = asked.stdout.trim() === "";
  if (asked.status === 0 && !(kind === "powershell" && isEmpty)) return asked.stdout;
  if (isCancel(kind, asked)) throw new AwstError("INTERRUPTED", "interrupted");
  throw new AwstError("CODE_NEEDED", `${kind} could not open a window`, {
    cause: asked.reason ?? asked.stderr.trim(),
  });
}

/** zenity ends with 1 also for a display that it cannot open; osascript for every error. */
function isCancel(kind: DialogKind, asked: Captured): boolean {
  if (kind === "powershell") return asked.status === 0;
  if (kind === "osascript") return asked.stderr.includes("(-128)");
  return asked.status === 1 && !/display/i.test(asked.stderr);
}

function findKind(env: Env): DialogKind | undefined {
  // Over ssh the window would open on another machine's desktop, or not at all.
  if (env["SSH_CONNECTION"] && !env["DISPLAY"] && !env["WAYLAND_DISPLAY"]) return undefined;
  if (process.platform === "darwin") return isOnPath("osascript", env) ? "osascript" : undefined;
  if (process.platform === "win32") {
    return existsSync(findWindowsProgram("powershell")) ? "powershell" : undefined;
  }
  if (!env["DISPLAY"] && !env["WAYLAND_DISPLAY"]) return undefined;
  return (["zenity", "kdialog"] as const).find((kind) => isOnPath(kind, env));
}

function isOnPath(file: string, env: Env): boolean {
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter);
  return folders.filter(isAbsolute).some((folder) => {
    try {
      accessSync(join(folder, file), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
