// Which account was meant: the exact name first; a part of one only where a person typed it.

import { AwstError } from "../errors.ts";
import { listNames, suggestion } from "../text/nearest-name.ts";

export interface FoundAccount {
  readonly name: string;
  /** Only a part of it was typed: to be said aloud. */
  readonly guessed: boolean;
}

/** ACCOUNT_UNKNOWN, with the nearest name, or with every name that contains what was typed. */
export function findAccount(
  names: Iterable<string>,
  typed: string,
  how: { readonly mayGuess: boolean },
): FoundAccount {
  const known = [...names];
  if (known.includes(typed)) return { name: typed, guessed: false };
  const candidates = typed === "" ? [] : known.filter((name) => name.includes(typed));
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1 && how.mayGuess) {
    return { name: only, guessed: true };
  }
  throw unknownAccount(known, typed, candidates);
}

export function unknownAccount(
  known: readonly string[],
  typed: string,
  candidates: readonly string[] = [],
): AwstError {
  if (candidates.length > 1) {
    return new AwstError("ACCOUNT_UNKNOWN", `account ${JSON.stringify(typed)} is ambiguous`, {
      hint: `it could be: ${listNames(candidates)}`,
    });
  }
  const [only] = candidates;
  const hint =
    only !== undefined
      ? `the full name is needed here: ${JSON.stringify(only)}`
      : (suggestion(typed, known) ??
        'name an account under [accounts]: main-account = "12 digits"');
  return new AwstError("ACCOUNT_UNKNOWN", `there is no account ${JSON.stringify(typed)}`, { hint });
}
