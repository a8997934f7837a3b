// The results of unattended rotations, by identity (state file `rotation-runs`). `key schedule --show`
// prints them, and an automatic rotation that failed is not repeated for a day.

import type { StateFile } from "../state-file.ts";

export type RunResult = "rotated" | "finished" | "not-due" | "waiting" | "failed";

export interface RotationRun {
  /** RFC 3339. */
  readonly at: string;
  /** `schedule`: with --unattended; `automatic`: started by `assume`. */
  readonly by: "schedule" | "automatic";
  readonly result: RunResult;
  /** The exit status. */
  readonly status: number;
  /** One line. */
  readonly text: string;
}

export interface IdentityRuns {
  readonly schedule?: RotationRun | undefined;
  readonly automatic?: RotationRun | undefined;
  /** When awst last started a run in the background, RFC 3339. */
  readonly startedAt?: string | undefined;
  /** When a run without a user last ended, whatever its result. */
  readonly endedAt?: string | undefined;
  /** The fingerprint of the journal at the later of these two times. */
  readonly journalFingerprint?: string | undefined;
  /** Whether the user was informed what automatic rotation means for other machines. */
  readonly isFirstNoticePrinted?: boolean | undefined;
}

export type RotationRuns = Readonly<Record<string, IdentityRuns>>;

const backOffMs = 24 * 3600 * 1000;
/** A rotation takes at most a few minutes. */
const runAtMostMs = 10 * 60 * 1000;

/** The file has the names that earlier versions wrote: `outcome` for `result`, `areTermsTold`. */
export const rotationRunsFile: StateFile<RotationRuns> = {
  name: "rotation-runs",
  version: 1,
  decode: (stored) => {
    const entries = Object.entries(Object(Object(stored).identities));
    return Object.fromEntries(entries.map(([name, runs]) => [name, decodeRuns(runs)]));
  },
  encode: (runs) => {
    const entries = Object.entries(runs).map(([name, { schedule, automatic, ...more }]) => [
      name,
      {
        ...(schedule && { schedule: encodeRun(schedule) }),
        ...(automatic && { automatic: encodeRun(automatic) }),
        ...timeNamed("startedAt", more),
        ...timeNamed("endedAt", more),
        ...(more.journalFingerprint && { journalFingerprint: more.journalFingerprint }),
        ...(more.isFirstNoticePrinted && { areTermsTold: true }),
      },
    ]);
    return { identities: Object.fromEntries(entries) };
  },
};

export function withRun(runs: RotationRuns, identity: string, run: RotationRun): RotationRuns {
  return { ...runs, [identity]: { ...runs[identity], [run.by]: run } };
}

/** Records that a run was started in the background, or that a run ended. `journalFingerprint`: of the journal then. */
export function withTime(
  runs: RotationRuns,
  identity: string,
  what: "startedAt" | "endedAt",
  run: { readonly at: Date; readonly journalFingerprint: string },
): RotationRuns {
  const { at, journalFingerprint } = run;
  return {
    ...runs,
    [identity]: { ...runs[identity], [what]: at.toISOString(), journalFingerprint },
  };
}

export function withFirstNoticePrinted(runs: RotationRuns, identity: string): RotationRuns {
  return { ...runs, [identity]: { ...runs[identity], isFirstNoticePrinted: true } };
}

/** Returns false for a day after an automatic rotation that failed. A clock set back does not prolong that. */
export function mayRunAutomatically(runs: RotationRuns, identity: string, now: Date): boolean {
  const last = runs[identity]?.automatic;
  if (last === undefined || (last.result !== "failed" && last.result !== "waiting")) return true;
  const since = now.getTime() - Date.parse(last.at);
  return since < 0 || since >= backOffMs;
}

/** Returns false for ten minutes after a run left the journal as it is, or was started for it: a step that failed is
 *  not tried again at every command. A clock set back does not prolong that. */
export function mayResume(
  runs: RotationRuns,
  identity: string,
  journalFingerprint: string,
  now: Date,
): boolean {
  const { startedAt, endedAt, journalFingerprint: last } = runs[identity] ?? {};
  return last !== journalFingerprint || [startedAt, endedAt].every((at) => !isRecent(at, now));
}

/** Returns whether a run that was started in the background may still be at work. */
export function mayBeRunning(runs: IdentityRuns | undefined, now: Date): boolean {
  return !hasEnded(runs) && isRecent(runs?.startedAt, now);
}

/** Returns when a run was started in the background that never recorded its end; undefined if the last one did, or
 *  may still be at work. */
export function lostStart(runs: IdentityRuns | undefined, now: Date): Date | undefined {
  const at = runs?.startedAt;
  return at === undefined || hasEnded(runs) || isRecent(at, now) ? undefined : new Date(at);
}

function hasEnded({ startedAt, endedAt }: IdentityRuns = {}): boolean {
  return endedAt !== undefined && (startedAt === undefined || endedAt >= startedAt);
}

function isRecent(at: string | undefined, now: Date): boolean {
  const since = now.getTime() - Date.parse(at ?? "");
  return since >= 0 && since < runAtMostMs;
}

function decodeRuns(value: unknown): IdentityRuns {
  const runs = Object(value) as Record<string, unknown>;
  const [schedule, automatic] = [decodeRun(runs["schedule"]), decodeRun(runs["automatic"])];
  return {
    ...(schedule && { schedule }),
    ...(automatic && { automatic }),
    ...timeNamed("startedAt", runs),
    ...timeNamed("endedAt", runs),
    ...(typeof runs["journalFingerprint"] === "string" && {
      journalFingerprint: runs["journalFingerprint"],
    }),
    ...(runs["areTermsTold"] === true && { isFirstNoticePrinted: true }),
  };
}

function timeNamed(
  name: "startedAt" | "endedAt",
  runs: object,
): { readonly [Name in typeof name]?: string } {
  const at: unknown = (runs as Record<string, unknown>)[name];
  return typeof at === "string" && !Number.isNaN(Date.parse(at)) ? { [name]: at } : {};
}

function encodeRun({ result, ...run }: RotationRun) {
  return { ...run, outcome: result };
}

function decodeRun(value: unknown): RotationRun | undefined {
  const { outcome, ...more } = Object(value) as Record<string, unknown>;
  const run = { ...more, result: outcome };
  return isRun(run) ? run : undefined;
}

function isRun(value: unknown): value is RotationRun {
  const run = Object(value) as Record<string, unknown>;
  return (
    ["at", "by", "result", "text"].every((name) => typeof run[name] === "string") &&
    !Number.isNaN(Date.parse(String(run["at"]))) &&
    Number.isFinite(run["status"])
  );
}
