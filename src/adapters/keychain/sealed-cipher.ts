// The sealed file's cryptography: scrypt from a passphrase (or a key file's bytes), AES-256-GCM over all
// items at once, the header as additional data. The derived key never encrypts itself: cipher key and
// verifier are made from it.

import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from "node:crypto";
import {
  newScryptCost,
  nonceBytes,
  type SealedHeader,
  type SealedText,
  saltBytes,
  tagBytes,
  verifierBytes,
  writeHeaderLine,
  writeSealedText,
} from "../../model/keychain/sealed-file.ts";

/** 32 bytes, made from a passphrase or a key file, and the store's salt. */
export type DerivedKey = Buffer;
export type Items = Map<string, string>;
export type Lid = Pick<SealedHeader, "keyFrom" | "scrypt" | "salt">;

export function newLid(keyFrom: SealedHeader["keyFrom"]): Lid {
  return { keyFrom, scrypt: newScryptCost, salt: randomBytes(saltBytes) };
}

/** About 0.2 s. */
export function deriveFromPassphrase(passphrase: string, lid: Lid): Promise<DerivedKey> {
  const { N, r, p } = lid.scrypt;
  return new Promise((resolve, reject) => {
    const cost = { N, r, p, maxmem: 256 * N * r };
    scrypt(passphrase.normalize("NFKC"), lid.salt, 32, cost, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

export function deriveFromKeyFile(bytes: Buffer, lid: Lid): DerivedKey {
  return createHmac("sha256", bytes).update("awst key file").update(lid.salt).digest();
}

export function opens(key: DerivedKey, header: SealedHeader): boolean {
  return key.length === 32 && timingSafeEqual(verifierOf(key), header.verifier);
}

/** undefined when the content was changed, or belongs to another header. */
export function unseal({ header, headerLine, content }: SealedText, key: DerivedKey) {
  const decipher = createDecipheriv("aes-256-gcm", cipherKeyOf(key), header.nonce, {
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

export function seal(items: Items, lid: Lid, key: DerivedKey): string {
  const nonce = randomBytes(nonceBytes);
  const { keyFrom, scrypt: cost, salt } = lid;
  const header = { keyFrom, scrypt: cost, salt, verifier: verifierOf(key), nonce };
  const headerLine = writeHeaderLine(header);
  const cipher = createCipheriv("aes-256-gcm", cipherKeyOf(key), nonce, {
    authTagLength: tagBytes,
  });
  cipher.setAAD(Buffer.from(headerLine, "utf8"));
  const plain = Buffer.from(JSON.stringify(Object.fromEntries(items)), "utf8");
  const content = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return writeSealedText(headerLine, content);
}

function cipherKeyOf(key: DerivedKey): Buffer {
  return createHmac("sha256", key).update("awst cipher").digest();
}

function verifierOf(key: DerivedKey): Buffer {
  return createHmac("sha256", key).update("awst verifier").digest().subarray(0, verifierBytes);
}
