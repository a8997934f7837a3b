// The half of the sealed store's cryptography that a warm start needs: whether a key is the right one, and how a
// session's file is named and opened. `sealed-keys.ts` has the other half. The derived key never encrypts:
// each use has a key of its own, derived from it.

import { areEqual, hmacSha256 } from "#hashing";
import { decryptAesGcm } from "#native";
import { nonceBytes, type SealedHeader, verifierBytes } from "../../model/keychain/sealed-file.ts";

/** 32 bytes, derived from a passphrase or a key file, and the store's salt. */
export type DerivedKey = Buffer;

/** The first bytes of a session's file. */
export const sessionMark = Buffer.from("awst session 1\n");

/** Returns whether the key is the one that sealed the file. */
export function verifyKey(key: DerivedKey, header: SealedHeader): boolean {
  return key.length === 32 && areEqual(verifierOf(key), header.verifier);
}

export function verifierOf(key: DerivedKey): Buffer {
  return subkey(key, "awst verifier").subarray(0, verifierBytes);
}

/** Returns the key of one use: `awst cipher` for the sealed file, and so on. */
export function subkey(key: DerivedKey, use: string): Buffer {
  return hmacSha256(key, use);
}

/** Returns the name of the file that has the session: without the key it says nothing. */
export function sessionFileName(key: DerivedKey, item: string): string {
  return hmacSha256(subkey(key, "awst session name"), item).toString("hex");
}

/** Returns the item's name and its value; undefined when the file was changed, or is the file of another name. */
export async function openSession(file: Buffer, name: string, key: DerivedKey) {
  const start = sessionMark.length;
  if (!file.subarray(0, start).equals(sessionMark)) return undefined;
  const plain = await decryptAesGcm(
    {
      key: subkey(key, "awst session cipher"),
      nonce: file.subarray(start, start + nonceBytes),
      additionalData: sessionContext(name),
    },
    file.subarray(start + nonceBytes),
  );
  const text = plain?.toString("utf8");
  if (text === undefined) return undefined;
  const end = text.indexOf("\n");
  return { item: text.slice(0, end), value: text.slice(end + 1) };
}

/** The additional data of a session's file: its content counts under this name only. */
export function sessionContext(name: string): Buffer {
  return Buffer.concat([sessionMark, Buffer.from(name)]);
}
