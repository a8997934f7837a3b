// `exec` without a program opens a shell inside this one. A variable marks it, for prompts and so that awst does not
// open another one inside it unasked.

import type { Env } from "../environment.ts";
import { AwstError } from "../errors.ts";
import type { AccountAndRole } from "../session/frecency.ts";
import { commandLine } from "../text/command-line.ts";

/** Holds `ACCOUNT ROLE` in a sub-shell. */
const subShellVariable = "AWST_SUBSHELL";

/**
 * Returns the user's shell: SHELL, if it is an absolute path. On Windows nothing names the shell that is running, so
 * the user types it. Errors: USAGE.
 */
export function subShellProgram(env: Env, names: AccountAndRole): readonly string[] {
  const shell = env["SHELL"] ?? "";
  if (shell.startsWith("/")) return [shell];
  if (env["OS"] !== "Windows_NT") return ["/bin/sh"];
  throw new AwstError(
    "USAGE",
    "type the shell to open: no variable names the one that is running",
    {
      hint: commandLine(["awst", "exec", names.account, names.role, "--", "powershell"]),
    },
  );
}

/** Returns the account and the role of the sub-shell that this process runs in. */
export function subShellMark(env: Env): string | undefined {
  return env["AWST_SUBSHELL"] || undefined;
}

export function markSubShell(env: Env, { account, role }: AccountAndRole): Env {
  return { ...env, [subShellVariable]: `${account} ${role}` };
}
