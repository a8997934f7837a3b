// Hashes for a warm start. `hashing.bun.ts` has the same exports for the stand-alone program; package.json's `imports`
// chooses. `test/contract/hashing.test.ts` compares the two.

import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Returns the hash of the text's UTF-8, in hex. */
export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** Returns 32 bytes. */
export function hmacSha256(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text, "utf8").digest();
}

/** Compares two secrets of the same length in a time that does not depend on what they contain. */
export function areEqual(one: Buffer, other: Buffer): boolean {
  return timingSafeEqual(one, other);
}
