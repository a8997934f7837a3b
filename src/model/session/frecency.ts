// The order of the picker: how often and how recently each role was picked. Each score is halved every week, so that
// old picks lose their weight. The state file `picks` has no secret.

import type { StateFile } from "../state-file.ts";

export const picksName = "picks";

export interface Pick {
  readonly score: number;
  /** RFC 3339, UTC: when `score` was true. */
  readonly at: string;
}

/** By `pickKey`; the last pick is the last entry. */
export type Picks = Readonly<Record<string, Pick>>;

const halfLifeMs = 7 * 24 * 3600 * 1000;
const minScore = 0.01;

export function pickKey(account: string, role: string): string {
  return JSON.stringify([account, role]);
}

/** 0 for what was never picked. */
export function frecency(picks: Picks, key: string, now: Date): number {
  const pick = Object.hasOwn(picks, key) ? picks[key] : undefined;
  if (pick === undefined) return 0;
  const age = Math.max(0, now.getTime() - Date.parse(pick.at));
  return pick.score * 0.5 ** (age / halfLifeMs);
}

/** The picks with one more, or with only its time changed; those that no longer count are left out. */
export function withPick(
  picks: Picks,
  key: string,
  now: Date,
  { counts }: { readonly counts: boolean } = { counts: true },
): Picks {
  const at = now.toISOString();
  const remaining = Object.keys(picks)
    .map((each) => [each, { score: frecency(picks, each, now), at }] as const)
    .filter(([each, { score }]) => each !== key && score > minScore);
  const score = frecency(picks, key, now) + (counts ? 1 : 0);
  return { ...Object.fromEntries(remaining), [key]: { score, at } };
}

export function isLastPick(picks: Picks, key: string): boolean {
  return Object.keys(picks).at(-1) === key;
}

/** Returns the last role that was picked, other than the current one of the shell. */
export function previousPick(
  picks: Picks,
  current: AccountAndRole | undefined,
): AccountAndRole | undefined {
  const own = current && pickKey(current.account, current.role);
  const key = Object.keys(picks)
    .filter((each) => each !== own)
    .at(-1);
  const [account, role]: readonly string[] = key === undefined ? [] : JSON.parse(key);
  return account === undefined || role === undefined ? undefined : { account, role };
}

export const picksFile: StateFile<Picks> = { name: picksName, decode: decodePicks };

/** {} for anything that is not such a file: it is a memory, never the truth. */
export function decodePicks(value: unknown): Picks {
  if (typeof value !== "object" || value === null) return {};
  const whole = Object.entries(value).filter(([, pick]) => isPick(pick));
  return Object.fromEntries(whole) as Picks;
}

function isPick(value: unknown): value is Pick {
  if (typeof value !== "object" || value === null) return false;
  const { score, at } = value as Record<string, unknown>;
  return (
    typeof score === "number" &&
    Number.isFinite(score) &&
    score > 0 &&
    typeof at === "string" &&
    !Number.isNaN(Date.parse(at))
  );
}

export interface AccountAndRole {
  readonly account: string;
  readonly role: string;
}

export function rankNames<T extends AccountAndRole>(
  names: readonly T[],
  picks: Picks,
  now: Date,
): readonly T[] {
  const weight = (each: T) => frecency(picks, pickKey(each.account, each.role), now);
  return names
    .map((name) => ({ name, weight: weight(name) }))
    .sort((one, other) => other.weight - one.weight)
    .map(({ name }) => name);
}
