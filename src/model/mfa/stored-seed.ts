// How the keychain stores the seeds of devices: one item for each seed, and one that lists the serials.

import { Secret } from "../secret.ts";
import { parseSeed } from "./totp.ts";

export interface StoredSeed {
  readonly serial: string;
  readonly seed: Secret;
}

export function encodeStoredSeed({ serial, seed }: StoredSeed): Secret {
  return new Secret(JSON.stringify({ version: 1, kind: "seed", serial, seed: seed.reveal() }));
}

/** Returns the seed; undefined if the item is not a complete seed of this device. */
export function decodeStoredSeed(text: Secret | undefined, serial: string): Secret | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text.reveal()) as Record<string, unknown>;
    if (value["version"] !== 1 || value["kind"] !== "seed") return undefined;
    if (value["serial"] !== serial || typeof value["seed"] !== "string") return undefined;
    return parseSeed(value["seed"]);
  } catch {
    return undefined;
  }
}

export function encodeSeedList(serials: readonly string[]): Secret {
  return new Secret(JSON.stringify({ version: 1, kind: "seeds", serials }));
}

/** Returns the serials; [] if the item is not such a list. */
export function decodeSeedList(text: Secret | undefined): readonly string[] {
  try {
    const value = JSON.parse(text?.reveal() ?? "{}") as Record<string, unknown>;
    const { version, kind, serials } = value;
    const isList = version === 1 && kind === "seeds" && Array.isArray(serials);
    return isList ? serials.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}
