// A program that reads cases as JSON from its stdin, and prints what the modules of this runtime make of them. Bytes are hex.

import { readFileSync } from "node:fs";
import { areEqual, hmacSha256, sha256 } from "#hashing";
import { decryptAesGcm } from "#native";

export interface HashingCases {
  readonly texts: readonly string[];
  readonly keys: readonly string[];
  readonly pairs: readonly (readonly [string, string])[];
  readonly sealed: readonly SealedCase[];
}

export interface SealedCase {
  readonly key: string;
  readonly nonce: string;
  readonly additionalData: string;
  /** The ciphertext and its tag. */
  readonly sealed: string;
}

const { texts, keys, pairs, sealed } = JSON.parse(readFileSync(0, "utf8")) as HashingCases;
const bytes = (hex: string) => Buffer.from(hex, "hex");

console.log(
  JSON.stringify({
    hashes: texts.map(sha256),
    macs: keys.flatMap((key) => texts.map((text) => hmacSha256(bytes(key), text).toString("hex"))),
    equal: pairs.map(([one, other]) => areEqual(bytes(one), bytes(other))),
    plain: await Promise.all(
      sealed.map(async ({ key, nonce, additionalData, sealed }) => {
        const by = {
          key: bytes(key),
          nonce: bytes(nonce),
          additionalData: bytes(additionalData),
        };
        return (await decryptAesGcm(by, bytes(sealed)))?.toString("hex") ?? null;
      }),
    ),
  }),
);
