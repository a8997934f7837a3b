// What a command returns; `cli` prints it. A command writes to stdout itself only where output must not wait.

import type { Style } from "../output/style.ts";

export interface CommandResult {
  /** With --json: one object on stdout. `version: 1` is added when it is printed. */
  readonly json?: object | undefined;
  /** Without --json: stdout, as it is; whole lines unless the text is for a prompt. */
  readonly text?: string | ((style: Style) => string) | undefined;
  /** stderr, with and without --json; each line gets the prefix `awst: `. --quiet drops them. */
  readonly notes?: readonly string[] | ((style: Style) => readonly string[]) | undefined;
  /** Default: 0. */
  readonly exitStatus?: number | undefined;
}
