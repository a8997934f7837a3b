// Hashes for a warm start of the stand-alone program, with the exports of `hashing.ts`. They are in Bun's runtime; its
// `node:crypto` is loaded from JavaScript, which would take a sixth of the start.

interface Hasher {
  update(text: string, encoding: "utf8"): Hasher;
  digest(): Buffer;
  digest(encoding: "hex"): string;
}

declare const Bun: {
  readonly CryptoHasher: new (algorithm: "sha256", key?: Uint8Array) => Hasher;
};

/** Bun adds this to Web Crypto. */
declare const crypto: { timingSafeEqual(one: Uint8Array, other: Uint8Array): boolean };

export function sha256(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text, "utf8").digest("hex");
}

export function hmacSha256(key: Buffer, text: string): Buffer {
  return new Bun.CryptoHasher("sha256", key).update(text, "utf8").digest();
}

export function areEqual(one: Buffer, other: Buffer): boolean {
  return crypto.timingSafeEqual(one, other);
}
