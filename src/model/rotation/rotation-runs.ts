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
  /** Whether the user was informed what automatic rotation means for other machines. */
  readonly isFirstNoticePrinted?: boolean | undefined;
}

export type RotationRuns = Readonly<Record<string, IdentityRuns>>;

const backOffMs = 24 * 3600 * 1000;

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
        ...(more.isFirstNoticePrinted && { areTermsTold: true }),
      },
    ]);
    return { identities: Object.fromEntries(entries) };
  },
};

export function withRun(runs: RotationRuns, identity: string, run: RotationRun): RotationRuns {
  return { ...runs, [identity]: { ...runs[identity], [run.by]: run } };
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

function decodeRuns(value: unknown): IdentityRuns {
  const runs = Object(value) as Record<string, unknown>;
  const [schedule, automatic] = [decodeRun(runs["schedule"]), decodeRun(runs["automatic"])];
  return {
    ...(schedule && { schedule }),
    ...(automatic && { automatic }),
    ...(runs["areTermsTold"] === true && { isFirstNoticePrinted: true }),
  };
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
    typeof run["status"] === "number"
  );
}
