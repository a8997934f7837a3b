// What this machine remembers of its sealed store, to notice that another program replaced it: in memory, beside
// the unlocked key, and in a state file. A program that changes the whole state folder after a logout, when
// nothing is in memory, is not noticed.

import type { StateFile } from "../state-file.ts";
import type { SealedHeader } from "./sealed-file.ts";

export type SealedSeen = Pick<SealedHeader, "keyFrom" | "writes">;

export const sealedSeenFile: StateFile<SealedSeen | undefined> = {
  name: "keychain-seen",
  version: 1,
  decode: (stored) => {
    const { keyFrom, writes } = Object(stored) as Record<string, unknown>;
    if (keyFrom !== "passphrase" && keyFrom !== "file") return undefined;
    return typeof writes === "number" && Number.isFinite(writes) && writes >= 0
      ? { keyFrom, writes }
      : undefined;
  },
  encode: (seen) => seen ?? {},
};

/** `[keychain] lockAfter` in seconds, as the configuration that was read last says; undefined: until logout. */
export const lockAfterFile: StateFile<number | undefined> = {
  name: "keychain-lock-after",
  version: 1,
  decode: (stored) => {
    const { seconds } = Object(stored) as Record<string, unknown>;
    return typeof seconds === "number" && Number.isFinite(seconds) && seconds > 0
      ? seconds
      : undefined;
  },
  encode: (seconds) => ({ seconds: seconds ?? 0 }),
};

/** Returns whether a store with a passphrase was seen: a key file must not replace it. */
export function hadPassphrase(seen: readonly SealedSeen[]): boolean {
  return seen.some(({ keyFrom }) => keyFrom === "passphrase");
}

/** Returns what shows that the file is not the one that was seen, as the end of a sentence. Two copies that were
 *  written to separately can have the same number of writes: the counter does not separate them. */
export function findReplacement(
  seen: readonly SealedSeen[],
  header: SealedSeen,
): string | undefined {
  if (header.keyFrom === "file" && hadPassphrase(seen)) {
    return "uses a key file, but this machine has used one with a passphrase";
  }
  const most = Math.max(0, ...seen.map(({ writes }) => writes));
  if (header.writes >= most) return undefined;
  return `is an older copy: it has ${header.writes} of the ${most} changes that this machine has seen`;
}
