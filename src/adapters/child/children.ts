// Runs the programs that the user asked for: the [mfa] command and the program of `exec`. None of them gets
// awst's own secrets.

import { closeSync, openSync } from "node:fs";
import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import { readCode } from "../../model/session/one-time-code.ts";
import { withoutOwnSecrets } from "../../model/shell/child-environment.ts";
import type { Children } from "../../ports.ts";
import { capture } from "./captured-process.ts";
import { runInTerminal } from "./run-in-terminal.ts";
import { commandLineFolder, findWindowsProgram } from "./system-programs.ts";

export function openChildren(env: Env): Children {
  return {
    capture: async (command, { timeoutMs }) => {
      const stderr = openTerminalOutput();
      try {
        const [file, ...args] = shellCommand(command);
        const isVerbatim = process.platform === "win32";
        const ended = await capture(file, args, {
          env: withoutOwnSecrets(env),
          cwd: commandLineFolder(),
          timeoutMs,
          stderr,
          isVerbatim,
        });
        const code = readCode(ended.stdout.trim().split("\n").at(-1));
        const isGood = ended.status === 0 && !ended.timedOut;
        if (isGood && code !== undefined) return code;
        throw failed(ended.timedOut, ended.status, timeoutMs);
      } finally {
        if (stderr !== undefined) closeSync(stderr);
      }
    },
    run: (args, childEnv, how) => runInTerminal(args, withoutOwnSecrets(childEnv), how),
  };
}

/** "Touch your key" is printed on the terminal even where awst's stderr is redirected. */
function openTerminalOutput(): number | undefined {
  try {
    return openSync(process.platform === "win32" ? "\\\\.\\CONOUT$" : "/dev/tty", "r+");
  } catch {
    return undefined;
  }
}

function shellCommand(command: string): [string, ...string[]] {
  if (process.platform !== "win32") return ["/bin/sh", "-c", command];
  return [findWindowsProgram("cmd"), "/d", "/s", "/c", `"${command}"`];
}

/** The message has neither the command nor its output: either may contain a secret. */
function failed(timedOut: boolean, status: number | undefined, timeoutMs: number): AwstError {
  const how = timedOut
    ? `did not finish within ${Math.round(timeoutMs / 1000)} s`
    : status === 0
      ? "did not print six digits on its last line"
      : `ended with status ${status ?? "unknown"}`;
  return new AwstError("CODE_COMMAND_FAILED", `the [mfa] command ${how}`, {
    hint: "run the command by itself to see what it prints",
  });
}
