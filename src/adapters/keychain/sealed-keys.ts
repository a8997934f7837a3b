// The half of the sealed store's cryptography that a warm start does not need: deriving the key from a passphrase
// by scrypt (or from a key file), AES-256-GCM over all long-term items with the header as additional data, and
// the sealing of a session's file.

import { createCipheriv, createDecipheriv, createHmac, randomBytes, scrypt } from "node:crypto";
import {
  newScryptCost,
  nonceBytes,
  type SealedHeader,
  type SealedText,
  saltBytes,
  tagBytes,
  writeHeaderLine,
  writeSealedText,
} from "../../model/keychain/sealed-file.ts";
import {
  type DerivedKey,
  sessionContext,
  sessionFileName,
  sessionMark,
  subkey,
  verifierOf,
} from "./sealed-cipher.ts";

export type Items = Map<string, string>;
/** The parameters of the key derivation. */
export type KdfParams = Pick<SealedHeader, "keyFrom" | "scrypt" | "salt">;

export function newKdfParams(keyFrom: SealedHeader["keyFrom"]): KdfParams {
  return { keyFrom, scrypt: newScryptCost, salt: randomBytes(saltBytes) };
}

/** Derives a key with scrypt. Takes about 0.2 s. */
export function deriveFromPassphrase(passphrase: string, params: KdfParams): Promise<DerivedKey> {
  const { N, r, p } = params.scrypt;
  return new Promise((resolve, reject) => {
    const cost = { N, r, p, maxmem: 256 * N * r };
    scrypt(passphrase.normalize("NFKC"), params.salt, 32, cost, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

export function deriveFromKeyFile(bytes: Buffer, params: KdfParams): DerivedKey {
  return createHmac("sha256", bytes).update("awst key file").update(params.salt).digest();
}

/** Returns undefined when the content was changed, or belongs to another header. */
export function unseal({ header, headerLine, content }: SealedText, key: DerivedKey) {
  const decipher = createDecipheriv("aes-256-gcm", subkey(key, "awst cipher"), header.nonce, {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(headerLine, "utf8"));
  decipher.setAuthTag(content.subarray(-tagBytes));
  try {
    const plain = Buffer.concat([
      decipher.update(content.subarray(0, -tagBytes)),
      decipher.final(),
    ]);
    const items: Items = new Map(Object.entries(JSON.parse(plain.toString("utf8"))));
    return items;
  } catch {
    return undefined;
  }
}

/** `writes`: how often the file was written, this time included. */
export function seal(items: Items, params: KdfParams, key: DerivedKey, writes: number): string {
  const nonce = randomBytes(nonceBytes);
  const { keyFrom, scrypt: cost, salt } = params;
  const header = { writes, keyFrom, scrypt: cost, salt, verifier: verifierOf(key), nonce };
  const headerLine = writeHeaderLine(header);
  const cipher = createCipheriv("aes-256-gcm", subkey(key, "awst cipher"), nonce, {
    authTagLength: tagBytes,
  });
  cipher.setAAD(Buffer.from(headerLine, "utf8"));
  const plain = Buffer.from(JSON.stringify(Object.fromEntries(items)), "utf8");
  const content = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return writeSealedText(headerLine, content);
}

/** Returns the content of the file `sessionFileName(key, item)`. */
export function sealSession(item: string, value: string, key: DerivedKey): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", subkey(key, "awst session cipher"), nonce, {
    authTagLength: tagBytes,
  });
  cipher.setAAD(sessionContext(sessionFileName(key, item)));
  const sealed = [cipher.update(`${item}\n${value}`, "utf8"), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat([sessionMark, nonce, ...sealed]);
}
