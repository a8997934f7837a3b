// What of this shell's environment a schedule takes along, since its own has none of it: where things lie,
// which AWS is asked and by which way. Never a secret.

import type { ScheduleSystem } from "./schedule.ts";

export interface CarriedVariables {
  readonly carried: Readonly<Record<string, string>>;
  /** Names of those that count here and can't go along. */
  readonly withheld: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

const counting = [
  "PATH",
  "XDG_CONFIG_HOME",
  "XDG_STATE_HOME",
  "AWST_KEYCHAIN",
  "AWST_KEYCHAIN_PASSPHRASE_FILE",
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_STS",
  "AWS_ENDPOINT_URL_IAM",
  "AWS_USE_FIPS_ENDPOINT",
  "AWS_USE_DUALSTACK_ENDPOINT",
  "AWS_CA_BUNDLE",
  "NODE_EXTRA_CA_CERTS",
  "HTTPS_PROXY",
  "https_proxy",
  "HTTP_PROXY",
  "http_proxy",
  "ALL_PROXY",
  "all_proxy",
  "NO_PROXY",
  "no_proxy",
] as const;

export function carriedVariables(env: Env, system: ScheduleSystem): CarriedVariables {
  const carried: Record<string, string> = {};
  const withheld: string[] = [];
  const take = (name: string, value: string) => {
    if (isSecret(value) || /\p{Cc}/u.test(value)) withheld.push(name);
    else carried[name] = value;
  };
  const isWindows = system === "task-scheduler";
  for (const name of counting) {
    const value = env[name];
    if (!value) continue;
    // A task of Windows starts with the user's own variables, and takes none along.
    if (!isWindows) take(name, value);
    else if (name !== "PATH") withheld.push(name);
  }
  if (system === "cron") for (const [name, value] of ofLogin(env)) take(name, value);
  if (env["AWST_KEYCHAIN_PASSPHRASE"]) withheld.push("AWST_KEYCHAIN_PASSPHRASE");
  return { carried, withheld };
}

/** cron knows nothing of the login: its folder in memory, its bus, where systemd puts it. */
function ofLogin(env: Env): readonly (readonly [string, string])[] {
  const { HOME, XDG_RUNTIME_DIR: runtime, DBUS_SESSION_BUS_ADDRESS: bus } = env;
  return [
    ...(HOME ? [["HOME", HOME] as const] : []),
    ...(runtime ? [["XDG_RUNTIME_DIR", runtime] as const] : []),
    // Any other address is this login's alone.
    ...(runtime && bus === `unix:path=${runtime}/bus`
      ? [["DBUS_SESSION_BUS_ADDRESS", bus] as const]
      : []),
  ];
}

/** A proxy's URL may hold a password. */
function isSecret(value: string): boolean {
  return /^\w+:\/\/[^/]*@/.test(value);
}
