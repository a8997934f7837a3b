// The codes of an MFA device (RFC 6238: SHA-1, six digits, 30 s), made from its seed, and which of them
// some digits are. A seed is the base32 text that `readSeed` took.

import { createHmac } from "node:crypto";
import { Secret } from "../secret.ts";
import { stepOf } from "../session/sent-codes.ts";
import { decodeBase32, normalBase32 } from "./base32.ts";

/** The code of the step in which `time`, AWS's time, lies. */
export function codeAt(seed: Secret, time: Date): Secret {
  return codeOfStep(seed, stepOf(time));
}

/** How many steps from `time` the code `digits` belongs to, -range to range, the nearest first: 0 is the
 *  present one, -1 the one before. undefined: none of them. */
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

/** When the code of the step around `time` ends. */
export function endOfStep(time: Date): Date {
  return new Date((stepOf(time) + 1) * 30_000);
}

/** A seed as somebody wrote it: 10 to 128 bytes in base32, of which AWS gives 40. undefined for others. */
export function readSeed(text: string): Secret | undefined {
  const letters = normalBase32(text);
  return letters !== undefined && letters.length >= 16 && letters.length <= 205
    ? new Secret(letters)
    : undefined;
}

function codeOfStep(seed: Secret, step: number): Secret {
  const key = decodeBase32(seed.reveal());
  if (key === undefined) throw new Error("a seed that is not base32");
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(step));
  const hash = createHmac("sha1", key).update(message).digest();
  const at = (hash[hash.length - 1] ?? 0) & 15;
  const digits = (hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000;
  return new Secret(String(digits).padStart(6, "0"));
}
