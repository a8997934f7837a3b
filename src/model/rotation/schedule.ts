// Timed rotation as data: what is run, under which name, in which environment, when. The check is made far
// more often than the key is replaced, so that a slot slept through or a day without a code costs hours,
// not another whole interval.

import { createHash } from "node:crypto";
import { parseDuration, spellDuration } from "../text/duration.ts";

export type ScheduleSystem = "systemd" | "launchd" | "task-scheduler" | "cron";

export interface ScheduledJob {
  /** Letters, digits, `-`: what the unit, the agent, the task and the marked line are called. */
  readonly name: string;
  readonly identity: string;
  /** The absolute program and its words. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Of the hour, 0 to 59: spread over machines by the name. */
  readonly minute: number;
}

/** What a system has under a job's name. */
export interface InstalledSchedule {
  readonly system: ScheduleSystem;
  /** Its files, or where it stands otherwise. */
  readonly where: readonly string[];
  /** The definition as it stands there. */
  readonly text: string;
  /** Whether the system has it in hand: a file alone fires nothing. */
  readonly isActive: boolean;
  /** As the system tells; undefined where it does not. */
  readonly nextRunAt: Date | undefined;
}

export interface JobWish {
  readonly program: readonly string[];
  readonly identity: string;
  /** undefined: the usual place. */
  readonly configuration: string | undefined;
  readonly everySeconds: number;
  readonly environment: Readonly<Record<string, string>>;
}

const day = 86_400;
export const shortestEverySeconds = day;
export const longestEverySeconds = 365 * day;

export function makeJob(wish: JobWish): ScheduledJob {
  const { program, identity, configuration, everySeconds, environment } = wish;
  const name = scheduleName(identity, configuration);
  const named = configuration === undefined ? [] : ["--config", configuration];
  const rotate = ["key", "rotate", "--unattended", "--if-older-than", spellEvery(everySeconds)];
  return {
    name,
    identity,
    words: [...program, ...rotate, ...named, "--identity", identity],
    environment,
    minute: hashOf(name).readUInt16BE(0) % 60,
  };
}

/** One per identity and configuration. */
export function scheduleName(identity: string, configuration: string | undefined): string {
  const plain = identity.replaceAll(/[^A-Za-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
  const hash = hashOf(JSON.stringify([identity, configuration ?? null])).toString("hex", 0, 3);
  return `awst-rotate-${plain.slice(0, 40)}-${hash}`;
}

/** `7d`, else as durations are written; `parseDuration` reads it back. */
export function spellEvery(seconds: number): string {
  return seconds > 0 && seconds % day === 0 ? `${seconds / day}d` : spellDuration(seconds);
}

/** For people: `7 days`, `a day`, `36h`. */
export function everyText(seconds: number): string {
  if (seconds === day) return "day";
  return seconds % day === 0 ? `${seconds / day} days` : spellDuration(seconds);
}

/** How old the key may get, as an installed definition says, in whatever form; undefined: it does not say. */
export function everySecondsOf(text: string): number | undefined {
  const found = /--if-older-than(?:<\/string>\s*<string>|[\s="']+)(\d[0-9dhms]*)/.exec(text)?.[1];
  return found === undefined ? undefined : parseDuration(found);
}

/** The next slot by the definition alone, for systems that don't tell theirs. Local time, as theirs. */
export function nextSlot(system: ScheduleSystem, text: string, now: Date): Date | undefined {
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

/** Task Scheduler shows a window for a moment: there it is once a day, when somebody is likely there. */
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
