// A stable hash of a value, which does not depend on the order of keys.

import { createHash } from "node:crypto";

/** Returns sha256 in hex over JSON with sorted keys. A key whose value is undefined counts as absent. */
export function fingerprint(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1));
    // A list of pairs, since an object sorts keys that look like numbers first.
    return { "": entries.flatMap(([key, each]) => (each === undefined ? [] : [key, each])) };
  });
}
