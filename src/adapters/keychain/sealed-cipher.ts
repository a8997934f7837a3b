// The sealed file's cryptography: a key derived from a passphrase by scrypt (or from a key file), AES-256-GCM over
// all items at once, with the header as additional data. The derived key never encrypts; the cipher key and
// the verifier are derived from it.

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

/** 32 bytes, derived from a passphrase or a key file, and the store's salt. */
export type DerivedKey = Buffer;
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

/** Returns whether the key is the one that sealed the file. */
export function verifyKey(key: DerivedKey, header: SealedHeader): boolean {
  return key.length === 32 && timingSafeEqual(verifierOf(key), header.verifier);
}

/** Returns undefined when the content was changed, or belongs to another header. */
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

export function seal(items: Items, params: KdfParams, key: DerivedKey): string {
  const nonce = randomBytes(nonceBytes);
  const { keyFrom, scrypt: cost, salt } = params;
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
