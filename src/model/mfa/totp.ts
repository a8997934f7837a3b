// TOTP codes of an MFA device (RFC 6238: SHA-1, six digits, 30 s), generated from its seed, and the
// base32 (RFC 4648) that seeds are written in. Spaces, lower case and missing padding are accepted.

import { createHmac } from "node:crypto";
import { Secret } from "../secret.ts";
import { stepOf } from "../session/sent-codes.ts";

/** Returns the code at `time`, which is AWS's time. */
export function codeAt(seed: Secret, time: Date): Secret {
  return codeOfStep(seed, stepOf(time));
}

/**
 * Returns how many steps of 30 s the code is away from `time`: 0 is the current code, -1 the one before.
 * Searches from -range to range, nearest first; undefined if none matches.
 */
export function stepsAround(
  seed: Secret,
  digits: Secret,
  time: Date,
  range: number,
): number | undefined {
  const present = stepOf(time);
  for (let distance = 0; distance <= range; distance++) {
    for (const offset of distance === 0 ? [0] : [-distance, distance]) {
      const step = present + offset;
      if (step >= 0 && codeOfStep(seed, step).equals(digits)) return offset;
    }
  }
  return undefined;
}

/** Returns when the code that is current at `time` expires. */
export function endOfStep(time: Date): Date {
  return new Date((stepOf(time) + 1) * 30_000);
}

/** Returns the seed in its normal form; undefined unless it is base32 of 10 to 128 bytes (AWS uses 40). */
export function parseSeed(text: string): Secret | undefined {
  const letters = normalBase32(text);
  return letters !== undefined && letters.length >= 16 && letters.length <= 205
    ? new Secret(letters)
    : undefined;
}

function codeOfStep(seed: Secret, step: number): Secret {
  const key = decodeBase32(seed.reveal());
  if (key === undefined) throw new Error("the seed is not base32");
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(step));
  const hash = createHmac("sha1", key).update(message).digest();
  const at = (hash[hash.length - 1] ?? 0) & 15;
  const digits = (hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000;
  return new Secret(String(digits).padStart(6, "0"));
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Returns the text in upper case without spaces and padding; undefined if it is not complete base32. */
export function normalBase32(text: string): string | undefined {
  const [, letters = "", padding = ""] =
    /^([A-Z2-7]*)(=*)$/.exec(text.replaceAll(/\s/g, "").toUpperCase()) ?? [];
  const isPadded = padding === "" || (letters.length + padding.length) % 8 === 0;
  if (letters === "" || !isPadded || padding.length > 6) return undefined;
  // Spare bits after the last whole byte must be zero; otherwise a letter is missing at the end.
  const spareBits = (letters.length * 5) % 8;
  const last = alphabet.indexOf(letters.at(-1) ?? "");
  const isWhole = spareBits < 5 && last % 2 ** spareBits === 0;
  return isWhole ? letters : undefined;
}

/** Returns the bytes; undefined if the text is not complete base32. */
export function decodeBase32(text: string): Uint8Array | undefined {
  const letters = normalBase32(text);
  if (letters === undefined) return undefined;
  const bytes = new Uint8Array(Math.floor((letters.length * 5) / 8));
  let bits = 0;
  let value = 0;
  let at = 0;
  for (const letter of letters) {
    value = ((value << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (value >> bits) & 0xff;
  }
  return bytes;
}
