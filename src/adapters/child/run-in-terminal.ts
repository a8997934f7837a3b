// Runs a program almost as `exec` would: with awst's streams, process group and signals, and
// its exit status. awst waits until it has ended.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import type { Env } from "../../model/environment.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import type { RunOptions } from "../../ports.ts";
import { dropClosedTerminal } from "../terminal/closed-terminal.ts";
import { isInForeground } from "../terminal/stop-guard.ts";
import { copyWithPrefix } from "./prefixed-output.ts";
import { windowsProgram } from "./windows-program.ts";

const passed = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;
/** The terminal sends these to its whole foreground group, which includes the program. */
const fromTerminal = ["SIGINT", "SIGQUIT", "SIGWINCH"] as const;

/** Returns its exit status; 128 + n for a signal. Errors: USAGE, PROGRAM_NOT_FOUND, PROGRAM_NOT_EXECUTABLE. */
export function runInTerminal(
  command: readonly string[],
  env: Env,
  { prefix, inherits }: RunOptions = {},
): Promise<number> {
  const [file, ...args] = command;
  if (file === undefined || file === "") throw new AwstError("USAGE", "no program to run");
  return new Promise((resolve, reject) => {
    let pass: (signal: NodeJS.Signals) => void = () => {};
    const handlers = new Map<NodeJS.Signals, () => void>();
    for (const signal of passed) handlers.set(signal, () => pass(signal));
    for (const signal of fromTerminal) {
      handlers.set(signal, () => {
        if (!isInForeground()) pass(signal);
      });
    }
    for (const [signal, handle] of handlers) process.on(signal, handle);
    let wasHungUp = false;
    const finish = (end: () => void) => {
      for (const [signal, handle] of handlers) process.off(signal, handle);
      if (wasHungUp) dropClosedTerminal();
      end();
    };
    let child: ChildProcess;
    try {
      child = start(file, args, env, { prefix, inherits });
    } catch (error) {
      return finish(() => reject(notStarted(file, error as NodeJS.ErrnoException)));
    }
    pass = (signal) => {
      wasHungUp ||= signal === "SIGHUP";
      child.kill(signal);
    };
    child.once("error", (error) => finish(() => reject(notStarted(file, error))));
    const output =
      prefix === undefined
        ? undefined
        : copyWithPrefix(
            [
              [child.stdout, process.stdout],
              [child.stderr, process.stderr],
            ],
            prefix,
          );
    child.once("exit", async (code, signal) => {
      await output;
      finish(() => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  });
}

function start(
  file: string,
  args: readonly string[],
  env: Env,
  { prefix, inherits }: RunOptions,
): ChildProcess {
  const [, , , ...others] = streams([file, ...args]);
  const inherited = ["inherit", "inherit", "inherit"] as const;
  const first = prefix === undefined ? inherited : (["ignore", "pipe", "pipe"] as const);
  const stdio: ("inherit" | "ignore" | "pipe" | number)[] = [...first, ...others];
  if (inherits !== undefined) stdio[freeIn(stdio)] = inherits;
  if (process.platform !== "win32") return spawn(file, args, { stdio, env });
  const program = windowsProgram(file, args, env);
  const windowsVerbatimArguments = program.isVerbatim;
  return spawn(program.file, program.args, { stdio, env, windowsVerbatimArguments });
}

/** The three standard streams, and those that `<(…)` passed as arguments like /dev/fd/63. */
function streams(command: readonly string[]): ("inherit" | "ignore" | number)[] {
  const named = command.flatMap((arg) =>
    [...arg.matchAll(/\/(?:dev|proc\/self)\/fd\/(\d{1,3})\b/g)].map((match) => Number(match[1])),
  );
  const open = new Set(named.filter((descriptor) => existsSync(`/dev/fd/${descriptor}`)));
  const last = Math.max(2, ...open);
  return Array.from({ length: last + 1 }, (_, descriptor) => {
    if (descriptor <= 2) return "inherit";
    return open.has(descriptor) ? descriptor : "ignore";
  });
}

/** Returns the first descriptor above stderr that is not taken; most programs never use it. */
function freeIn(stdio: readonly unknown[]): number {
  const free = stdio.indexOf("ignore", 3);
  return free === -1 ? stdio.length : free;
}

function notStarted(file: string, error: NodeJS.ErrnoException): AwstError {
  if (isAwstError(error)) return error;
  const isAbsent = error.code === "ENOENT" || error.code === "ENOTDIR";
  // The system reports ENOENT also for a script whose interpreter is absent.
  if (isAbsent && !(file.includes("/") && existsSync(file))) {
    return new AwstError("PROGRAM_NOT_FOUND", `${file}: no such program`, { cause: error });
  }
  const reason = isAbsent
    ? "its interpreter is missing"
    : (reasons[error.code ?? ""] ?? error.code);
  return new AwstError("PROGRAM_NOT_EXECUTABLE", `${file} cannot be run: ${reason}`, {
    cause: error,
  });
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  ENOEXEC: "not a program for this machine",
  E2BIG: "too many or too long arguments",
};
