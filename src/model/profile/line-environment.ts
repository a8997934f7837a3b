// The part of the environment that a process line carries with `--env`. An IDE in a snap or flatpak, or started
// from the desktop, has other values than the terminal, and must find the same configuration and state.

type Env = Readonly<Record<string, string | undefined>>;

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
