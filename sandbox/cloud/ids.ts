// Ids and secrets as AWS makes them. A newer key id carries its account's number: bits 7 to 46 of
// the first six bytes that the sixteen characters after its prefix stand for.

import { randomBytes, randomInt } from "node:crypto";
import { decodeBase32, encodeBase32 } from "./base32.ts";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function newKeyId(prefix: "AKIA" | "ASIA", accountId: string): string {
  const head = (BigInt(accountId) << 7n) | BigInt(randomInt(128));
  const bytes = Buffer.concat([Buffer.alloc(6), randomBytes(4)]);
  bytes.writeUIntBE(Number(head), 0, 6);
  return prefix + encodeBase32(bytes);
}

/** undefined for what is no key id of this form. */
export function accountOfKeyId(keyId: string): string | undefined {
  if (!/^A[KS]IA[A-Z2-7]{16}$/.test(keyId)) return undefined;
  const head = BigInt(decodeBase32(keyId.slice(4)).readUIntBE(0, 6));
  return String((head & 0x7fffffffff80n) >> 7n).padStart(12, "0");
}

/** `AIDA…` of a user, `AROA…` of a role, `AGPA…` of a group, `APKA…` of an SSH key, `ACCA…` of a service's. */
export function newUniqueId(prefix: "AIDA" | "AROA" | "AGPA" | "APKA" | "ACCA"): string {
  const rest = Array.from({ length: 17 }, () => letters.charAt(randomInt(32))).join("");
  return prefix + rest;
}

export function newSecret(): string {
  return randomBytes(30).toString("base64");
}

/** Padded base64, as AWS's are: a length that is no multiple of four is rounded up to one. */
export function newToken(length: number): string {
  const whole = Math.max(4, Math.ceil(length / 4) * 4);
  return randomBytes((whole / 4) * 3 - 1).toString("base64");
}
