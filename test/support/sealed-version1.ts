// Writes a sealed file of version 1, which had the sessions in it, with a key file: as awst wrote it before
// sessions had files of their own.

import { createCipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";

export function writeSealedVersion1(folder: string, items: Readonly<Record<string, string>>): void {
  const file = randomBytes(32);
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const hmac = (key: Buffer, text: string | Buffer) => createHmac("sha256", key).update(text);
  const key = hmac(file, "awst key file").update(salt).digest();
  const header = JSON.stringify({
    format: "awst-keychain",
    version: 1,
    keyFrom: "file",
    N: 32768,
    r: 8,
    p: 3,
    salt: salt.toString("base64"),
    verifier: hmac(key, "awst verifier").digest().subarray(0, 16).toString("base64"),
    nonce: nonce.toString("base64"),
  });
  const cipher = createCipheriv("aes-256-gcm", hmac(key, "awst cipher").digest(), nonce);
  cipher.setAAD(Buffer.from(header));
  const parts = [cipher.update(JSON.stringify(items)), cipher.final(), cipher.getAuthTag()];
  const text = `${header}\n${Buffer.concat(parts).toString("base64")}\n`;
  const checksum = createHash("sha256").update(text).digest("hex");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${folder}/keychain.key`, `${file.toString("base64")}\n`, { mode: 0o600 });
  writeFileSync(`${folder}/keychain.sealed`, `${text}${checksum}\n`, { mode: 0o600 });
}
