// A scheduled rotation as data: its command, name, environment and time. The command runs every hour and
// rotates only a key that is old enough: a missed run delays the rotation by hours, not by a whole interval.

import { createHash } from "node:crypto";
import type { Env } from "../environment.ts";
import { parseDuration, spellDuration } from "../text/duration.ts";

export type ScheduleSystem = "systemd" | "launchd" | "task-scheduler" | "cron";

export interface ScheduledJob {
  /** Letters, digits, `-`. Names the unit, the agent, the task or the crontab line. */
  readonly name: string;
  readonly identity: string;
  /** The program (absolute) and its arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Of the hour, 0 to 59. Derived from the name, so that machines don't call AWS all at once. */
  readonly minute: number;
}

/** What the operating system's scheduler has under a job's name. */
export interface InstalledSchedule {
  readonly system: ScheduleSystem;
  /** Its files, or another place: `crontab -l`, the task's path. */
  readonly where: readonly string[];
  /** The installed definition. */
  readonly text: string;
  /** Whether the scheduler has loaded it: a file alone starts nothing. */
  readonly isActive: boolean;
  /** As the scheduler reports it; undefined if it does not. */
  readonly nextRunAt: Date | undefined;
}

export interface JobOptions {
  readonly program: readonly string[];
  readonly identity: string;
  /** undefined: the default path. */
  readonly configuration: string | undefined;
  readonly everySeconds: number;
  readonly environment: Readonly<Record<string, string>>;
}

const day = 86_400;
export const minEverySeconds = day;
export const maxEverySeconds = 365 * day;

export function makeJob(options: JobOptions): ScheduledJob {
  const { program, identity, configuration, everySeconds, environment } = options;
  const name = scheduleName(identity, configuration);
  const named = configuration === undefined ? [] : ["--config", configuration];
  const rotate = ["key", "rotate", "--unattended", "--if-older-than", spellInterval(everySeconds)];
  return {
    name,
    identity,
    command: [...program, ...rotate, ...named, "--identity", identity],
    environment,
    minute: hashOf(name).readUInt16BE(0) % 60,
  };
}

/** Returns the job's name: one per identity and configuration. */
export function scheduleName(identity: string, configuration: string | undefined): string {
  const plain = identity.replaceAll(/[^A-Za-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
  const hash = hashOf(JSON.stringify([identity, configuration ?? null])).toString("hex", 0, 3);
  return `awst-rotate-${plain.slice(0, 40)}-${hash}`;
}

/** Returns `7d`, or a duration such as `36h`; `parseDuration` reads both. */
export function spellInterval(seconds: number): string {
  return seconds > 0 && seconds % day === 0 ? `${seconds / day}d` : spellDuration(seconds);
}

/** Returns the interval as it follows "every": `7 days`, `day`, `36h`. */
export function intervalText(seconds: number): string {
  if (seconds === day) return "day";
  return seconds % day === 0 ? `${seconds / day} days` : spellDuration(seconds);
}

/** Returns the key's maximum age in an installed definition of any scheduler; undefined if it has none. */
export function intervalSecondsOf(text: string): number | undefined {
  const found = /--if-older-than(?:<\/string>\s*<string>|[\s="']+)(\d[0-9dhms]*)/.exec(text)?.[1];
  return found === undefined ? undefined : parseDuration(found);
}

/** Returns the next run according to the definition, for schedulers that don't report it. Local time. */
export function nextRunOf(system: ScheduleSystem, text: string, now: Date): Date | undefined {
  const minute = Number(minuteIn[system].exec(text)?.[1]);
  if (!Number.isInteger(minute) || minute > 59) return undefined;
  const next = new Date(now);
  next.setMinutes(minute, 0, 0);
  if (system !== "task-scheduler") {
    if (next <= now) next.setTime(next.getTime() + 3_600_000);
    return next;
  }
  next.setHours(taskHour);
  if (next <= now) next.setDate(next.getDate() + 1);
  return next;
}

/** Task Scheduler shows a window for a moment, so the task runs once a day only, at this hour. */
export const taskHour = 12;

const minuteIn: Readonly<Record<ScheduleSystem, RegExp>> = {
  systemd: /^OnCalendar=\*-\*-\* \*:(\d\d):00$/m,
  launchd: /<key>Minute<\/key>\s*<integer>(\d+)<\/integer>/,
  "task-scheduler": /<StartBoundary>[^<]*T\d\d:(\d\d):00<\/StartBoundary>/,
  cron: /^(\d+) \* \* \* \* /m,
};

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

export interface ScheduleEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** Names of variables that awst uses in this shell and that the schedule can't have. */
  readonly withheld: readonly string[];
}

const usedVariables = [
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

/** Returns what a scheduled run needs of this shell's environment, without secrets: the scheduler's own
 *  environment has none of it. */
export function scheduleEnvironment(env: Env, system: ScheduleSystem): ScheduleEnvironment {
  const variables: Record<string, string> = {};
  const withheld: string[] = [];
  const add = (name: string, value: string) => {
    if (isSecret(value) || /\p{Cc}/u.test(value)) withheld.push(name);
    else variables[name] = value;
  };
  const isWindows = system === "task-scheduler";
  for (const name of usedVariables) {
    const value = env[name];
    if (!value) continue;
    // A Windows task starts with the user's variables, and can't define its own.
    if (!isWindows) add(name, value);
    else if (name !== "PATH") withheld.push(name);
  }
  if (system === "cron") for (const [name, value] of loginVariables(env)) add(name, value);
  if (env["AWST_KEYCHAIN_PASSPHRASE"]) withheld.push("AWST_KEYCHAIN_PASSPHRASE");
  return { variables, withheld };
}

/** cron starts outside the login session: it needs the runtime folder and the bus where systemd puts them. */
function loginVariables(env: Env): readonly (readonly [string, string])[] {
  const { HOME, XDG_RUNTIME_DIR: runtime, DBUS_SESSION_BUS_ADDRESS: bus } = env;
  return [
    ...(HOME ? [["HOME", HOME] as const] : []),
    ...(runtime ? [["XDG_RUNTIME_DIR", runtime] as const] : []),
    // A bus at another address ends with this login session.
    ...(runtime && bus === `unix:path=${runtime}/bus`
      ? [["DBUS_SESSION_BUS_ADDRESS", bus] as const]
      : []),
  ];
}

/** A proxy's URL may hold a password. */
function isSecret(value: string): boolean {
  return /^\w+:\/\/[^/]*@/.test(value);
}
