// Environment variables that awst reads. On the warm path, so it stays small.

/** The variables of a process. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Returns the region in the environment, for identities whose configuration has none. */
export function ambientRegion(
  env: Env,
): { readonly region: string; readonly source: "AWS_REGION" | "AWS_DEFAULT_REGION" } | undefined {
  for (const source of ["AWS_REGION", "AWS_DEFAULT_REGION"] as const) {
    const region = given(env, source);
    if (region !== undefined) return { region, source };
  }
  return undefined;
}

/**
 * Returns the path of one of AWS's two files. Below `exec --server`, where the SDKs' variable names a copy
 * without secrets, it is the path of the real file.
 */
export function awsFileOf(env: Env, variable: AwsFileVariable): string | undefined {
  const path = given(env, variable);
  return (isServerFile(path) ? given(env, realFile(variable)) : undefined) ?? path;
}

export type AwsFileVariable = "AWS_CONFIG_FILE" | "AWS_SHARED_CREDENTIALS_FILE";

/** Returns awst's own variable, which names the real file to an awst below `exec --server`. */
export function realFile<T extends AwsFileVariable>(variable: T): `AWST_${T}` {
  return `AWST_${variable}`;
}

/** Returns whether the SDKs in this environment read copies that `exec --server` made. */
export function readsCopies(env: Env): boolean {
  return isServerFile(env["AWS_SHARED_CREDENTIALS_FILE"]);
}

/** Returns whether `exec --server` made the file: a path of AWS's files, or of its token. */
export function isServerFile(path: string | undefined): boolean {
  return path !== undefined && /[\\/]awst-exec-\w+[\\/](config|credentials|token)$/.test(path);
}

function given(env: Env, name: string): string | undefined {
  return env[name] || undefined;
}

/** They say where awst keeps things; none holds a secret. `--env` accepts these (args/options.ts). */
const lineVariables = [
  "XDG_CONFIG_HOME",
  "XDG_STATE_HOME",
  "AWST_KEYCHAIN",
  "AWST_KEYCHAIN_PASSPHRASE_FILE",
] as const;

/** Returns `--env NAME=VALUE` for every variable that a line carries. None on Windows, which has no XDG folders. */
export function lineEnvironment(env: Env, home: string): readonly string[] {
  if (!home.startsWith("/")) return [];
  const defaults: Env = {
    XDG_CONFIG_HOME: `${home}/.config`,
    XDG_STATE_HOME: `${home}/.local/state`,
  };
  return lineVariables.flatMap((name) => {
    const isFolder = name.startsWith("XDG_");
    const value = isFolder && !env[name]?.startsWith("/") ? defaults[name] : env[name];
    return value ? ["--env", `${name}=${value}`] : [];
  });
}

/** What to type where the state folder can't be written. `sealed`: the folder, where keys are in its sealed file. */
export function otherStateHint(sealed: string | undefined): string {
  const other = 'export XDG_STATE_HOME="$(mktemp -d)"';
  return sealed === undefined ? other : `make ${sealed} writable; without its keys: ${other}`;
}
