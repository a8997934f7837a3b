// The report of `key schedule`: the installed schedule, when it runs next, and how its last run ended.

import type { RotationRun } from "../../model/rotation/rotation-runs.ts";
import {
  type InstalledSchedule,
  intervalText,
  spellInterval,
} from "../../model/rotation/schedule.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { clockText, untilText } from "../session/session-report.ts";

export interface ScheduleReport {
  readonly name: string;
  readonly identity: string;
  readonly installed: InstalledSchedule | undefined;
  readonly everySeconds: number | undefined;
  readonly nextRunAt: Date | undefined;
  /** The last run that a schedule started. */
  readonly lastRun: RotationRun | undefined;
  /** A file that the schedule starts and that does not exist. */
  readonly missingProgram: string | undefined;
  /** Whether the configuration has a `[mfa] command`. */
  readonly hasCodeCommand: boolean;
  /** Variables that are set here and that the schedule does not get. */
  readonly withheld: readonly string[];
}

export function scheduleJson(report: ScheduleReport) {
  const { name, identity, installed, everySeconds, nextRunAt, lastRun } = report;
  return {
    name,
    identity,
    installed: installed !== undefined,
    system: installed?.system ?? null,
    where: installed?.where ?? [],
    active: installed?.isActive ?? false,
    everySeconds: everySeconds ?? null,
    nextRunAt: nextRunAt === undefined ? null : rfc3339(nextRunAt),
    lastRun:
      lastRun === undefined
        ? null
        : {
            at: lastRun.at,
            result: lastRun.result,
            status: lastRun.status,
            text: lastRun.text,
          },
    missingProgram: report.missingProgram ?? null,
    withheld: report.withheld,
  };
}

/** The installed schedule and its last run: one line each. */
export function scheduleLines(report: ScheduleReport, now: Date): readonly string[] {
  const { identity, installed, everySeconds, nextRunAt, missingProgram } = report;
  if (installed === undefined) {
    return [
      `the access key of "${identity}" has no rotation schedule`,
      ...lastRunLines(report, now),
    ];
  }
  const { system, where, isActive } = installed;
  const age = everySeconds === undefined ? "" : ` every ${intervalText(everySeconds)}`;
  const next = nextRunAt === undefined ? "" : `; next check at ${untilText(nextRunAt, now)}`;
  const repair = `awst key schedule --every ${spellInterval(everySeconds ?? 7 * 86_400)}`;
  return [
    `${system} rotates the access key of "${identity}"${age}${next}`,
    `the schedule is stored in ${where.join(" and ")}`,
    ...(isActive ? [] : [`${system} has not loaded the schedule: ${repair}`]),
    ...(missingProgram === undefined
      ? []
      : [`the schedule starts ${missingProgram}, which does not exist: ${repair}`]),
    ...lastRunLines(report, now),
  ];
}

/** What a user should know about a schedule that was just installed. */
export function installedLines({ hasCodeCommand, withheld }: ScheduleReport): readonly string[] {
  return [
    ...(hasCodeCommand
      ? []
      : [
          "the schedule needs a cached MFA session, [mfa] command or a stored seed; without one, the next `awst assume` prints a notice",
        ]),
    ...withheld.map((name) => `the schedule does not get ${name}${withheldReasons[name] ?? ""}`),
  ];
}

/** `identity`: whose schedule it was. */
export function removedLine({ identity }: ScheduleReport, wasInstalled: boolean): string {
  return wasInstalled
    ? `removed the rotation schedule of the access key of "${identity}"`
    : `the access key of "${identity}" has no rotation schedule`;
}

const withheldReasons: Readonly<Record<string, string>> = {
  AWST_KEYCHAIN_PASSPHRASE:
    ", which is a secret: it opens the keychain while that is unlocked, or with AWST_KEYCHAIN_PASSPHRASE_FILE",
  HTTPS_PROXY: ", which holds a password or a character that a schedule can't store",
  https_proxy: ", which holds a password or a character that a schedule can't store",
};

function lastRunLines({ lastRun }: ScheduleReport, now: Date): readonly string[] {
  if (lastRun === undefined) return [];
  return [`last run, ${clockText(new Date(lastRun.at), now)}: ${lastRun.text}`];
}
