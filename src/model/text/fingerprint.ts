// A stable hash of a value, which does not depend on the order of keys.

import { sha256 } from "#hashing";

/** Returns sha256 in hex over JSON with sorted keys. A key whose value is undefined counts as absent. */
export function fingerprint(value: unknown): string {
  return sha256(canonicalJson(value));
}

function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson)}]`;
  if (typeof (value as { toJSON?: unknown }).toJSON === "function")
    return canonicalJson(JSON.parse(JSON.stringify(value)));
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  // A list of pairs, since an object sorts keys that look like numbers first.
  return `{"":[${entries.map(([key, each]) => `${JSON.stringify(key)},${canonicalJson(each)}`)}]}`;
}
