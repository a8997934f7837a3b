// Finds a program as Windows does, by PATH and PATHEXT. A batch file is started through cmd.exe, any other
// program directly.

import { existsSync } from "node:fs";
import { delimiter, extname, isAbsolute, join } from "node:path";
import type { Env } from "../../model/environment.ts";
import { batchCommandLine } from "../../model/text/command-line.ts";

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  /** The arguments are a finished command line. */
  readonly isVerbatim: boolean;
}

export function windowsProgram(file: string, args: readonly string[], env: Env): Program {
  const found = findFile(file, env);
  if (found === undefined || !/\.(cmd|bat)$/i.test(found)) {
    return { file: found ?? file, args, isVerbatim: false };
  }
  return {
    file: variable(env, "COMSPEC") ?? "cmd.exe",
    args: batchCommandLine(found, args),
    isVerbatim: true,
  };
}

function findFile(file: string, env: Env): string | undefined {
  const extensions = (variable(env, "PATHEXT") ?? ".COM;.EXE;.BAT;.CMD").split(";");
  const isNamed = extensions.some((each) => each.toLowerCase() === extname(file).toLowerCase());
  const hasFolder = isAbsolute(file) || /[\\/]/.test(file);
  const folders = hasFolder ? [""] : (variable(env, "PATH") ?? "").split(delimiter);
  return folders
    .flatMap((folder) =>
      (isNamed ? ["", ...extensions] : extensions).map((each) => join(folder, file + each)),
    )
    .find((each) => existsSync(each));
}

/** Finds a variable: their names have no case on Windows. */
function variable(env: Env, name: string): string | undefined {
  return Object.entries(env).find(([key]) => key.toUpperCase() === name)?.[1];
}
