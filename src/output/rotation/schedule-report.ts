// What `key schedule` tells, for people line by line, for programs as one object.

import type { RotationRun } from "../../model/rotation/rotation-runs.ts";
import { everyText, type InstalledSchedule, spellEvery } from "../../model/rotation/schedule.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { clockText, untilText } from "../session/session-report.ts";

export interface ScheduleReport {
  readonly name: string;
  readonly identity: string;
  readonly installed: InstalledSchedule | undefined;
  readonly everySeconds: number | undefined;
  readonly nextRunAt: Date | undefined;
  /** The last one under a schedule. */
  readonly lastRun: RotationRun | undefined;
  /** A file it calls that is gone. */
  readonly missingProgram: string | undefined;
  /** Whether `[mfa] command` can be asked for a code. */
  readonly hasCodeCommand: boolean;
  /** Variables that count here and did not go along. */
  readonly withheld: readonly string[];
}

export function scheduleJson(report: ScheduleReport): string {
  const { name, identity, installed, everySeconds, nextRunAt, lastRun } = report;
  const answer = {
    version: 1,
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
            outcome: lastRun.outcome,
            status: lastRun.status,
            text: lastRun.text,
          },
    missingProgram: report.missingProgram ?? null,
    withheld: report.withheld,
  };
  return `${JSON.stringify(answer, null, 2)}\n`;
}

/** What is installed and how it goes: one line each. */
export function scheduleLines(report: ScheduleReport, now: Date): readonly string[] {
  const { identity, installed, everySeconds, nextRunAt, missingProgram } = report;
  if (installed === undefined) {
    return [`the access key of ${identity} is under no schedule`, ...lastLines(report, now)];
  }
  const age = everySeconds === undefined ? "" : ` every ${everyText(everySeconds)}`;
  const next = nextRunAt === undefined ? "" : `; looks next at ${untilText(nextRunAt, now)}`;
  const mend = `awst key schedule --every ${spellEvery(everySeconds ?? 7 * 86_400)}`;
  return [
    `the access key of ${identity} is replaced${age} by ${installed.system}${next}`,
    `it stands in ${installed.where.join(" and ")}`,
    ...(installed.isActive ? [] : [`${installed.system} does not have it in hand: ${mend}`]),
    ...(missingProgram === undefined ? [] : [`it calls ${missingProgram}, which is gone: ${mend}`]),
    ...lastLines(report, now),
  ];
}

/** What somebody who has just installed one should know. */
export function installedLines({ hasCodeCommand, withheld }: ScheduleReport): readonly string[] {
  return [
    ...(hasCodeCommand
      ? []
      : [
          "it works while an MFA session is live; without one, without [mfa] command and without a stored seed, it leaves word for the next assume",
        ]),
    ...withheld.map((name) => `${name} does not go along${whys[name] ?? ""}`),
  ];
}

const whys: Readonly<Record<string, string>> = {
  AWST_KEYCHAIN_PASSPHRASE:
    ", for it is a secret: the schedule opens the keychain while it is unlocked, or by AWST_KEYCHAIN_PASSPHRASE_FILE",
  HTTPS_PROXY: ": it holds a password, or what no schedule can",
  https_proxy: ": it holds a password, or what no schedule can",
};

function lastLines({ lastRun }: ScheduleReport, now: Date): readonly string[] {
  if (lastRun === undefined) return [];
  return [`last, ${clockText(new Date(lastRun.at), now)}: ${lastRun.text}`];
}
