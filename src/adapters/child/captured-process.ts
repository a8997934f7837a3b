// Runs a program, captures its output, and kills its process group at the time limit and when awst is
// interrupted.

import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";
import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import { dropClosedTerminal } from "../terminal/closed-terminal.ts";
import { findWindowsProgram } from "./system-programs.ts";

export interface CaptureOptions {
  readonly env: Env;
  /** undefined: no limit. */
  readonly timeoutMs?: number | undefined;
  /** A descriptor for its stderr; undefined: stderr is captured. */
  readonly stderr?: number | undefined;
  /** Default: the current folder. */
  readonly cwd?: string | undefined;
  /** cmd.exe has its own quoting. */
  readonly isVerbatim?: boolean;
}

export interface Captured {
  /** 128 + n for signal n; undefined where the program could not be started, with `reason`. */
  readonly status: number | undefined;
  readonly reason?: string | undefined;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
const maxCharacters = 64 * 1024;
const lastOutputMs = 200;

/** Errors: INTERRUPTED. */
export async function capture(
  file: string,
  args: readonly string[],
  options: CaptureOptions,
): Promise<Captured> {
  let child: ChildProcess | string | undefined;
  let isInterrupted = false;
  let timedOut = false;
  const interrupt = () => {
    isInterrupted = true;
    endGroup(child);
  };
  // Before the start: the first output of the program may already cause a signal.
  for (const signal of stopSignals) process.on(signal, interrupt);
  const timer = setTimeout(
    () => {
      timedOut = true;
      endGroup(child);
    },
    Math.min(options.timeoutMs ?? Number.POSITIVE_INFINITY, 2 ** 31 - 1),
  );
  try {
    child = start(file, args, {
      stdio: ["ignore", "pipe", options.stderr ?? "pipe"],
      env: options.env,
      cwd: options.cwd,
      detached: process.platform !== "win32",
      windowsHide: true,
      windowsVerbatimArguments: options.isVerbatim ?? false,
    });
    if (typeof child === "string") {
      return { status: undefined, reason: child, timedOut: false, stdout: "", stderr: "" };
    }
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    const end = await ending(child);
    if (isInterrupted) {
      dropClosedTerminal();
      throw new AwstError("INTERRUPTED", "interrupted");
    }
    return { ...end, timedOut, stdout: stdout(), stderr: stderr() };
  } finally {
    clearTimeout(timer);
    for (const signal of stopSignals) process.off(signal, interrupt);
    if (typeof child === "object") {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }
  }
}

/** Returns the child, or the reason why it did not start. Other reasons come as an event. */
function start(
  file: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess | string {
  try {
    return spawn(file, args, options);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** Waits for its exit, and briefly for its last output: a background child may keep the pipe open. */
function ending(child: ChildProcess): Promise<Pick<Captured, "status" | "reason">> {
  return new Promise((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      resolve({ status: undefined, reason: error.code ?? error.message }),
    );
    child.once("exit", (code, signal) => {
      const end = { status: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) };
      const timer = setTimeout(resolve, lastOutputMs, end);
      child.once("close", () => {
        clearTimeout(timer);
        resolve(end);
      });
    });
  });
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (chunk: string) => {
    if (text.length < maxCharacters) text += chunk;
  });
  return () => text;
}

function stopWindowsTree(pid: number): void {
  spawnSync(findWindowsProgram("taskkill"), ["/T", "/F", "/PID", String(pid)]);
}

/** Kills at once: the output is no longer wanted. */
function endGroup(child: ChildProcess | string | undefined): void {
  if (typeof child !== "object" || child.pid === undefined) return;
  if (process.platform === "win32") {
    if (child.exitCode === null) stopWindowsTree(child.pid);
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // No process of the group is left.
  }
}
