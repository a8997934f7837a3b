// Seals journals in the state folder with a key from the keychain. Whoever can write the state folder cannot
// make awst delete anything: a journal without a valid seal counts as lost.

import { createHmac, timingSafeEqual } from "node:crypto";
import type { Secret } from "../secret.ts";
import { fingerprint } from "../text/fingerprint.ts";

/** Returns the seal of a journal, in hex. `name`: whose journal, so that it is valid for no other. */
export function sealOf(key: Secret, name: string, journal: { readonly seal?: unknown }): string {
  const { seal: _, ...content } = journal;
  return createHmac("sha256", key.reveal()).update(fingerprint({ name, content })).digest("hex");
}

export function isSealed(
  key: Secret,
  name: string,
  journal: { readonly seal?: string | undefined },
): boolean {
  const expected = Buffer.from(sealOf(key, name, journal));
  const found = Buffer.from(journal.seal ?? "");
  return found.length === expected.length && timingSafeEqual(found, expected);
}
