// Many processes of one home at once, started by a process of their own (tools/start-many.cjs).

import type { Home, RunOptions } from "./home.ts";
import { awstCommand, root } from "./processes.ts";

export interface ManyFinished {
  /** Exit status, or the name of the signal that ended it. */
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/** Starts awst once for each of the argument lists, all at the same time, and waits for all. */
export function startMany(
  home: Home,
  all: readonly (readonly string[])[],
  options?: RunOptions,
): Promise<readonly ManyFinished[]> {
  return startManyPrograms(
    home,
    all.map((args) => [...awstCommand(), ...args]),
    options,
  );
}

export async function startManyPrograms(
  home: Home,
  commands: readonly (readonly string[])[],
  options: RunOptions = {},
): Promise<readonly ManyFinished[]> {
  const program = [process.execPath, `${root}/tools/start-many.cjs`];
  const input = JSON.stringify(commands);
  const { status, stdout, stderr } = await home.run(program, { ...options, input });
  if (status !== 0) throw new Error(`start-many ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
