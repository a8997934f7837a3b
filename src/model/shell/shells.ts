// The shells that awst supports. The function of `shell-init` sets AWST_SHELL for its shell. It evaluates
// output whose first line is the marker, and prints any other output.

import type { Env } from "../environment.ts";

/** The formats in which keys can be printed for a shell or a program. */
export const keyFormats = ["env", "fish", "powershell", "cmd", "dotenv", "json"] as const;
export type KeyFormat = (typeof keyFormats)[number];

export const shells = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof shells)[number];

/** Set by the function for one call: the shell, and `,awsume` if AWSume's variables are requested. */
export const shellVariable = "AWST_SHELL";
export const marker = "# awst: for eval";

export interface ShellIntegration {
  readonly format: Extract<KeyFormat, "env" | "fish" | "powershell">;
  /** Whether the function of `shell-init` reads what is printed. */
  readonly isFunction: boolean;
  /** Whether it wants AWSUME_PROFILE and AWSUME_EXPIRATION too. */
  readonly setsAwsume: boolean;
}

/** Reads the environment. $SHELL is the login shell, so it is only a guess. */
export function shellIntegration(env: Env): ShellIntegration {
  const [named = "", ...more] = (env[shellVariable] ?? "").split(",");
  const shell = shells.find((each) => each === named);
  if (shell === undefined) {
    return { format: guessFormat(env), isFunction: false, setsAwsume: false };
  }
  const format = shell === "bash" || shell === "zsh" ? "env" : shell;
  return { format, isFunction: true, setsAwsume: more.includes("awsume") };
}

/** Returns `text` with the marker for the shell function; unchanged without that function. */
export function forFunction(text: string, format: KeyFormat, env: Env): string {
  const integration = shellIntegration(env);
  return integration.isFunction && integration.format === format ? `${marker}\n${text}` : text;
}

function isShell(name: string | undefined): name is Shell {
  return shells.some((each) => each === name);
}

/** Returns the shell that the user probably has. */
export function probableShell(env: Env): Shell {
  const name = /([^/]+)$/.exec(env["SHELL"] ?? "")?.[1];
  return isShell(name) ? name : guessFormat(env) === "powershell" ? "powershell" : "bash";
}

function guessFormat(env: Env): "env" | "fish" | "powershell" {
  const shell = env["SHELL"];
  if (shell) return /(^|\/)fish$/.test(shell) ? "fish" : "env";
  return env["PSModulePath"] ? "powershell" : "env";
}
