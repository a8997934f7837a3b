// Seeds of devices as the keychain keeps them, one item each, and the list of those it has.

import { Secret } from "../secret.ts";
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

export function encodeSeedList(serials: readonly string[]): Secret {
  return new Secret(JSON.stringify({ version: 1, kind: "seeds", serials }));
}

/** Serials; [] for anything that is no such list. */
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
