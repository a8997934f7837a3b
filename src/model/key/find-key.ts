// Which access key was meant: its whole id, or the end of one, as people read them off a list.

import { AwstError } from "../errors.ts";
import { listNames } from "../text/nearest-name.ts";

export interface FoundKey<K> {
  readonly key: K;
  /** Only the end of its id was typed: to be said aloud. */
  readonly guessed: boolean;
}

const shortestEnd = 3;

/** Without regard to case. USAGE, with the ids there are. */
export function findKey<K extends { readonly accessKeyId: string }>(
  keys: readonly K[],
  typed: string,
): FoundKey<K> {
  const wanted = typed.trim().toUpperCase();
  const exact = keys.find(({ accessKeyId }) => accessKeyId.toUpperCase() === wanted);
  if (exact !== undefined) return { key: exact, guessed: false };
  const ending =
    wanted.length < shortestEnd
      ? []
      : keys.filter(({ accessKeyId }) => accessKeyId.toUpperCase().endsWith(wanted));
  const [only] = ending;
  if (only !== undefined && ending.length === 1) return { key: only, guessed: true };
  const ids = keys.map(({ accessKeyId }) => accessKeyId);
  const what =
    ending.length > 1 ? "is the end of several ids" : "is none of the user's access keys";
  throw new AwstError("USAGE", `${JSON.stringify(typed)} ${what}`, {
    hint: ids.length === 0 ? "awst key list" : `there are: ${listNames(ids)}`,
  });
}
