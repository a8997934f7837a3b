// A stable hash of a value: the same for equal values, whatever the order of their keys.

import { createHash } from "node:crypto";

/** sha256 in hex over JSON with sorted keys. A key whose value is undefined counts as absent. */
export function fingerprint(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1));
    // A list of pairs, since an object would put keys that look like numbers first.
    return { "": entries.flatMap(([key, each]) => (each === undefined ? [] : [key, each])) };
  });
}
