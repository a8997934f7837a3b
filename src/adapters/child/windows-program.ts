// Finds a program by PATH and PATHEXT, in absolute folders alone: Windows itself would look into the current folder
// first. A batch file is started through cmd.exe, any other program directly.

import { existsSync } from "node:fs";
import { delimiter, extname, isAbsolute, join } from "node:path";
import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import { batchCommandLine } from "../../model/text/command-line.ts";
import { findWindowsProgram } from "./system-programs.ts";

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  /** The arguments are a finished command line. */
  readonly isVerbatim: boolean;
}

/** Errors: PROGRAM_NOT_FOUND. */
export function windowsProgram(file: string, args: readonly string[], env: Env): Program {
  const found = findFile(file, env);
  if (found === undefined) throw new AwstError("PROGRAM_NOT_FOUND", `${file}: no such program`);
  if (!/\.(cmd|bat)$/i.test(found)) return { file: found, args, isVerbatim: false };
  return {
    file: findWindowsProgram("cmd"),
    args: batchCommandLine(found, args),
    isVerbatim: true,
  };
}

function findFile(file: string, env: Env): string | undefined {
  const extensions = (variable(env, "PATHEXT") ?? ".COM;.EXE;.BAT;.CMD").split(";");
  const isNamed = extensions.some((each) => each.toLowerCase() === extname(file).toLowerCase());
  const hasFolder = isAbsolute(file) || /[\\/]/.test(file);
  const folders = hasFolder ? [""] : pathFolders(env);
  return folders
    .flatMap((folder) =>
      (isNamed ? ["", ...extensions] : extensions).map((each) => join(folder, file + each)),
    )
    .find((each) => existsSync(each));
}

function pathFolders(env: Env): readonly string[] {
  return (variable(env, "PATH") ?? "").split(delimiter).filter(isAbsolute);
}

/** Finds a variable: their names have no case on Windows. */
function variable(env: Env, name: string): string | undefined {
  return Object.entries(env).find(([key]) => key.toUpperCase() === name)?.[1];
}
