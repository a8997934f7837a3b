// How rotations that nobody watched ended (state file `rotation-runs`), by identity: what `key schedule
// --show` tells, and why one that failed is not tried again by itself at every `assume`.

export const rotationRunsName = "rotation-runs";

export type RunOutcome = "rotated" | "finished" | "not-due" | "waiting" | "failed";

export interface RotationRun {
  /** RFC 3339. */
  readonly at: string;
  /** `schedule`: with --unattended; `automatic`: begun by `assume`. */
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
  /** Whether it was said what automatic rotation means for other machines. */
  readonly areTermsTold?: boolean | undefined;
}

export type RotationRuns = Readonly<Record<string, IdentityRuns>>;

const backOffMs = 24 * 3600 * 1000;

/** Whatever the file holds. */
export function decodeRotationRuns(value: unknown): RotationRuns {
  const identities = Object(value).identities as unknown;
  if (typeof identities !== "object" || identities === null) return {};
  return Object.fromEntries(
    Object.entries(identities).map(([name, runs]) => [name, decodeRuns(runs)]),
  );
}

export function encodeRotationRuns(runs: RotationRuns): unknown {
  return { version: 1, identities: runs };
}

export function withRun(runs: RotationRuns, identity: string, run: RotationRun): RotationRuns {
  return { ...runs, [identity]: { ...runs[identity], [run.by]: run } };
}

export function withTermsTold(runs: RotationRuns, identity: string): RotationRuns {
  return { ...runs, [identity]: { ...runs[identity], areTermsTold: true } };
}

/** Not for a day after one of its own that did not work; a clock set back does not make it longer. */
export function mayRunByItself(runs: RotationRuns, identity: string, now: Date): boolean {
  const last = runs[identity]?.automatic;
  if (last === undefined || (last.outcome !== "failed" && last.outcome !== "waiting")) return true;
  const since = now.getTime() - Date.parse(last.at);
  return since < 0 || since >= backOffMs;
}

function decodeRuns(value: unknown): IdentityRuns {
  const { schedule, automatic, areTermsTold } = Object(value) as Record<string, unknown>;
  return {
    ...(isRun(schedule) && { schedule }),
    ...(isRun(automatic) && { automatic }),
    ...(areTermsTold === true && { areTermsTold }),
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
