// The shells awst knows, and what the function of `shell-init` says of the one around it: AWST_SHELL. A
// first line marks what that function is to take in; everything else it prints.

/** The forms in which a shell or a program can take keys. */
export const keyFormats = ["env", "fish", "powershell", "cmd", "dotenv", "json"] as const;
export type KeyFormat = (typeof keyFormats)[number];

export const shells = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof shells)[number];

/** Set by the function for one call: the shell, and `,awsume` where AWSume's variables are wanted. */
export const shellVariable = "AWST_SHELL";
export const marker = "# awst: for eval";

export interface Surroundings {
  readonly format: Extract<KeyFormat, "env" | "fish" | "powershell">;
  /** Whether the function of `shell-init` reads what is printed. */
  readonly isFunction: boolean;
  /** Whether it wants AWSUME_PROFILE and AWSUME_EXPIRATION too. */
  readonly wantsAwsume: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/** As far as the environment tells; $SHELL is the login shell's, and a guess. */
export function surroundings(env: Env): Surroundings {
  const [named = "", ...more] = (env[shellVariable] ?? "").split(",");
  const shell = shells.find((each) => each === named);
  if (shell === undefined) {
    return { format: guessFormat(env), isFunction: false, wantsAwsume: false };
  }
  const format = shell === "bash" || shell === "zsh" ? "env" : shell;
  return { format, isFunction: true, wantsAwsume: more.includes("awsume") };
}

/** `text` as the function knows it for its own; unchanged where there is none. */
export function forFunction(text: string, format: KeyFormat, env: Env): string {
  const around = surroundings(env);
  return around.isFunction && around.format === format ? `${marker}\n${text}` : text;
}

export function isShell(word: string | undefined): word is Shell {
  return shells.some((each) => each === word);
}

/** Of the shell that is probably around. */
export function probableShell(env: Env): Shell {
  const name = /([^/]+)$/.exec(env["SHELL"] ?? "")?.[1];
  return isShell(name) ? name : guessFormat(env) === "powershell" ? "powershell" : "bash";
}

function guessFormat(env: Env): "env" | "fish" | "powershell" {
  const shell = env["SHELL"];
  if (shell) return /(^|\/)fish$/.test(shell) ? "fish" : "env";
  return env["PSModulePath"] ? "powershell" : "env";
}
