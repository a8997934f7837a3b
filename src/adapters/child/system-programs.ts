// How awst starts programs that it chooses itself: from Windows' system folder, which is found by what this process
// has loaded, and through packages with another environment than this process's own.

import { homedir } from "node:os";
import type { Env } from "../../model/environment.ts";
import {
  systemFolderOf,
  type WindowsProgram,
  windowsProgramPath,
} from "../../model/text/program-paths.ts";

let known: string | undefined;

/** Returns `C:\Windows\System32`, or where this machine has it. */
export function findSystemFolder(): string {
  known ??= systemFolderOf(loadedLibraries());
  return known;
}

/** Returns the absolute path of one of Windows' own programs. */
export function findWindowsProgram(program: WindowsProgram): string {
  return windowsProgramPath(program, findSystemFolder());
}

/**
 * Returns the folder in which a command line of the user is run; undefined for the current one. cmd.exe looks for a bare
 * name in its current folder before PATH, so on Windows the line is run in the user's own folder.
 */
export function commandLineFolder(): string | undefined {
  return process.platform === "win32" ? homedir() : undefined;
}

function loadedLibraries(): readonly string[] {
  if (process.platform !== "win32") return [];
  const report = process.report as
    | (NodeJS.ProcessReport & { excludeNetwork?: boolean })
    | undefined;
  if (report === undefined) return [];
  // Otherwise the report looks up the names of connected hosts.
  report.excludeNetwork = true;
  const { sharedObjects } = report.getReport() as unknown as { sharedObjects?: readonly string[] };
  return sharedObjects ?? [];
}

/** Runs `action` while `process.env` is `env`, then restores it. */
export async function withProcessEnvironment<T>(env: Env, action: () => Promise<T>): Promise<T> {
  const saved = { ...process.env };
  replaceEnvironment(env);
  try {
    return await action();
  } finally {
    replaceEnvironment(saved);
  }
}

function replaceEnvironment(env: Env): void {
  for (const name of Object.keys(process.env)) {
    if (env[name] === undefined) delete process.env[name];
  }
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && process.env[name] !== value) process.env[name] = value;
  }
}
