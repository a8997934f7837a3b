// A device's seed as the keychain keeps it, one item each.

import { Secret } from "./secret.ts";
import { readSeed } from "./totp.ts";

export interface StoredSeed {
  readonly serial: string;
  readonly seed: Secret;
}

export function encodeStoredSeed({ serial, seed }: StoredSeed): Secret {
  return new Secret(JSON.stringify({ version: 1, kind: "seed", serial, seed: seed.reveal() }));
}

/** undefined for anything that is not a whole seed of this very device. */
export function decodeStoredSeed(text: Secret | undefined, serial: string): Secret | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text.reveal()) as Record<string, unknown>;
    if (value["version"] !== 1 || value["kind"] !== "seed") return undefined;
    if (value["serial"] !== serial || typeof value["seed"] !== "string") return undefined;
    return readSeed(value["seed"]);
  } catch {
    return undefined;
  }
}
