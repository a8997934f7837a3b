// What a command returns; `cli` prints it. A command writes to stdout itself only where output must not wait.

import type { AwstError } from "../model/errors.ts";
import type { Style } from "../output/style.ts";

export interface CommandResult {
  /** With --json: one object on stdout. `version: 1` is added when it is printed. */
  readonly json?: object | undefined;
  /** Without --json: stdout, as it is; whole lines unless the text is for a prompt. */
  readonly text?: string | ((style: Style) => string) | undefined;
  /** stderr, with and without --json; each line gets the prefix `awst: `. --quiet drops them. */
  readonly notes?: readonly string[] | ((style: Style) => readonly string[]) | undefined;
  /** A file that gets the text or JSON instead of stdout. FILE_UNWRITABLE. */
  readonly file?: string | undefined;
  /** The error that the command ends with, after everything else is printed. */
  readonly failure?: AwstError | undefined;
  /** Default: 0. */
  readonly exitStatus?: number | undefined;
}
