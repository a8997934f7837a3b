// When keys were created, as AWS reported it (state file `key-ages`). The time of a key never changes, so AWS
// is asked once per key.

import type { StateFile } from "../state-file.ts";
import type { ListedKey } from "./access-key.ts";

/** Key id → RFC 3339. */
export type KeyAges = Readonly<Record<string, string>>;

export const keyAgesFile: StateFile<KeyAges> = {
  name: "key-ages",
  decode: (stored) => {
    const entries = Object.entries(Object(stored)).filter(([, at]) => typeof at === "string");
    return Object.fromEntries(entries) as KeyAges;
  },
};

const maxAges = 50;

/** Returns undefined if AWS never reported the key. */
export function createdAtOf(ages: KeyAges, keyId: string): Date | undefined {
  const date = new Date(ages[keyId] ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Returns undefined if all these keys are known. The oldest entries are dropped. */
export function withAges(
  ages: KeyAges,
  keys: readonly Pick<ListedKey, "accessKeyId" | "createdAt">[],
): KeyAges | undefined {
  if (keys.every(({ accessKeyId }) => accessKeyId in ages)) return undefined;
  const added = keys.map(({ accessKeyId, createdAt }) => [accessKeyId, createdAt.toISOString()]);
  const all = Object.entries({ ...ages, ...Object.fromEntries(added) });
  return Object.fromEntries(all.slice(-maxAges)) as KeyAges;
}
