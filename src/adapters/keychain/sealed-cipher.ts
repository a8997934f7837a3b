// The half of the sealed store's cryptography that a warm start needs: whether a key is the right one, and how a
// session's file is named and opened. `sealed-keys.ts` has the other half. The derived key never encrypts:
// each use has a key of its own, derived from it.

import { createDecipheriv, createHmac, timingSafeEqual } from "node:crypto";
import {
  nonceBytes,
  type SealedHeader,
  tagBytes,
  verifierBytes,
} from "../../model/keychain/sealed-file.ts";

/** 32 bytes, derived from a passphrase or a key file, and the store's salt. */
export type DerivedKey = Buffer;

/** The first bytes of a session's file. */
export const sessionMark = Buffer.from("awst session 1\n");

/** Returns whether the key is the one that sealed the file. */
export function verifyKey(key: DerivedKey, header: SealedHeader): boolean {
  return key.length === 32 && timingSafeEqual(verifierOf(key), header.verifier);
}

export function verifierOf(key: DerivedKey): Buffer {
  return subkey(key, "awst verifier").subarray(0, verifierBytes);
}

/** Returns the key of one use: `awst cipher` for the sealed file, and so on. */
export function subkey(key: DerivedKey, use: string): Buffer {
  return createHmac("sha256", key).update(use).digest();
}

/** Returns the name of the file that has the session: without the key it says nothing. */
export function sessionFileName(key: DerivedKey, item: string): string {
  return createHmac("sha256", subkey(key, "awst session name")).update(item).digest("hex");
}

/** Returns the item's name and its value; undefined when the file was changed, or is the file of another name. */
export function openSession(file: Buffer, name: string, key: DerivedKey) {
  const start = sessionMark.length;
  const nonce = file.subarray(start, start + nonceBytes);
  const isWhole = file.length >= start + nonceBytes + tagBytes;
  if (!isWhole || !file.subarray(0, start).equals(sessionMark)) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", subkey(key, "awst session cipher"), nonce, {
    authTagLength: tagBytes,
  });
  decipher.setAAD(sessionContext(name));
  decipher.setAuthTag(file.subarray(-tagBytes));
  try {
    const plain = decipher.update(file.subarray(start + nonceBytes, -tagBytes));
    const text = Buffer.concat([plain, decipher.final()]).toString("utf8");
    const end = text.indexOf("\n");
    return { item: text.slice(0, end), value: text.slice(end + 1) };
  } catch {
    return undefined;
  }
}

/** The additional data of a session's file: its content counts under this name only. */
export function sessionContext(name: string): Buffer {
  return Buffer.concat([sessionMark, Buffer.from(name)]);
}
