// The results of unattended rotations, by identity (state file `rotation-runs`). `key schedule --show`
// prints them, and an automatic rotation that failed is not repeated for a day.

import type { StateFile } from "../state-file.ts";

export type RunOutcome = "rotated" | "finished" | "not-due" | "waiting" | "failed";

export interface RotationRun {
  /** RFC 3339. */
  readonly at: string;
  /** `schedule`: with --unattended; `automatic`: started by `assume`. */
  readonly by: "schedule" | "automatic";
  readonly outcome: RunOutcome;
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

export const rotationRunsFile: StateFile<RotationRuns> = {
  name: "rotation-runs",
  version: 1,
  decode: (stored) => {
    const entries = Object.entries(Object(Object(stored).identities));
    return Object.fromEntries(entries.map(([name, runs]) => [name, decodeRuns(runs)]));
  },
  encode: (runs) => {
    const entries = Object.entries(runs).map(([name, { isFirstNoticePrinted, ...results }]) => [
      name,
      { ...results, ...(isFirstNoticePrinted && { areTermsTold: true }) },
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
  if (last === undefined || (last.outcome !== "failed" && last.outcome !== "waiting")) return true;
  const since = now.getTime() - Date.parse(last.at);
  return since < 0 || since >= backOffMs;
}

function decodeRuns(value: unknown): IdentityRuns {
  const {
    schedule,
    automatic,
    areTermsTold: isFirstNoticePrinted,
  } = Object(value) as Record<string, unknown>;
  return {
    ...(isRun(schedule) && { schedule }),
    ...(isRun(automatic) && { automatic }),
    ...(isFirstNoticePrinted === true && { isFirstNoticePrinted }),
  };
}

function isRun(value: unknown): value is RotationRun {
  const run = Object(value) as Record<string, unknown>;
  return (
    ["at", "by", "outcome", "text"].every((name) => typeof run[name] === "string") &&
    !Number.isNaN(Date.parse(String(run["at"]))) &&
    typeof run["status"] === "number"
  );
}
