// The order of the picker: most used first, then as the configuration has them.

import { frecency, type Picks, pickKey } from "./frecency.ts";

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
