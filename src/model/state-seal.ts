// Seals what a state file says about destruction: an HMAC with a key from the keychain. It protects against
// programs that can only write the state folder: what has no valid seal counts as lost, so that awst deletes
// nothing because of it.

import { createHmac, timingSafeEqual } from "node:crypto";
import type { Secret } from "./secret.ts";
import { fingerprint } from "./text/fingerprint.ts";

interface Sealed {
  readonly seal?: string | undefined;
}

/** The last seal of each key, and what it seals: a command reads and checks one journal before and after each step. */
const lastSeals = new WeakMap<Secret, { readonly text: string; readonly seal: string }>();

/** Returns the seal of a journal, in hex. `name`: whose journal, so that it is valid for no other. */
export function sealOf(key: Secret, name: string, journal: { readonly seal?: unknown }): string {
  const { seal: _, ...content } = journal;
  const text = JSON.stringify({ name, content });
  const last = lastSeals.get(key);
  if (last?.text === text) return last.seal;
  const hash = fingerprint({ name, content });
  const seal = createHmac("sha256", key.reveal()).update(hash).digest("hex");
  lastSeals.set(key, { text, seal });
  return seal;
}

/** Returns the journal with its seal. */
export function withSeal<T extends Sealed>(key: Secret, name: string, journal: T): T {
  return { ...journal, seal: sealOf(key, name, journal) };
}

/** Returns whether the seal is the one that `sealOf` returns. `key` undefined: nothing is sealed. */
export function isSealed(key: Secret | undefined, name: string, journal: Sealed): boolean {
  if (key === undefined) return false;
  // Another program may have written a number.
  if (typeof journal.seal !== "string") return false;
  const expected = Buffer.from(sealOf(key, name, journal));
  const found = Buffer.from(journal.seal);
  return found.length === expected.length && timingSafeEqual(found, expected);
}
