// Finds an access key by its id, or by the last characters of its id.

import { AwstError } from "../errors.ts";
import { listNames } from "../text/nearest-name.ts";

export interface FoundKey<K> {
  readonly key: K;
  /** false: found by the end of its id, so the command prints the whole id. */
  readonly isById: boolean;
}

const endLengthAtLeast = 3;

/** Ignores case. Errors: USAGE, with the ids to choose from. */
export function findKey<K extends { readonly accessKeyId: string }>(
  keys: readonly K[],
  typed: string,
): FoundKey<K> {
  const wanted = typed.trim().toUpperCase();
  const exact = keys.find(({ accessKeyId }) => accessKeyId.toUpperCase() === wanted);
  if (exact !== undefined) return { key: exact, isById: true };
  const ending =
    wanted.length < endLengthAtLeast
      ? []
      : keys.filter(({ accessKeyId }) => accessKeyId.toUpperCase().endsWith(wanted));
  const [only] = ending;
  if (only !== undefined && ending.length === 1) return { key: only, isById: false };
  const ids = keys.map(({ accessKeyId }) => accessKeyId);
  const why =
    ending.length > 1 ? "matches several access keys" : "matches no access key of the user";
  throw new AwstError("USAGE", `${JSON.stringify(typed)} ${why}`, {
    hint: ids.length === 0 ? "awst key list" : `choose one of: ${listNames(ids)}`,
  });
}
