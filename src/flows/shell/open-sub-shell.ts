// `exec` without a program: the user's shell. It needs a terminal, and a sub-shell inside a sub-shell needs a yes: its
// `exit` leads back to another role, which surprises.

import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import type { AccountAndRole } from "../../model/session/frecency.ts";
import { markSubShell, subShellMark, subShellProgram } from "../../model/shell/sub-shell.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { Needs } from "../../ports.ts";

export interface SubShell {
  readonly program: readonly string[];
  /** Without credentials. */
  readonly env: Env;
  /** To be printed when there is a session. */
  readonly note: string;
}

/** Returns the shell to run; undefined if the user says no to a nested one. Errors: USAGE, INTERRUPTED. */
export async function openSubShell(
  context: Needs<"env" | "terminal">,
  names: AccountAndRole,
): Promise<SubShell | undefined> {
  const { account, role } = names;
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    throw new AwstError("USAGE", "exec without a program opens a shell, which needs a terminal", {
      hint: commandLine(["awst", "exec", account, role, "--", "CMD"]),
    });
  }
  const mark = subShellMark(context.env);
  if (mark !== undefined) {
    const text = `awst opened this shell (${mark}). Open another shell inside it?`;
    if (!(await terminal.confirm({ text }))) return undefined;
  }
  const program = subShellProgram(context.env, names);
  const note = `opening ${program[0]} as ${account} ${role}; exit ends it`;
  return { program, env: markSubShell(context.env, names), note };
}
