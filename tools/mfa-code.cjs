// Prints the current code of a virtual MFA device (RFC 6238, SHA-1, 30 s, 6 digits): node mfa-code.cjs FILE,
// where FILE holds the seed in base32. For the demo, the sandbox shell and the tests: a phone in 20 lines.
// With a second FILE every code given is noted there, one a line.
"use strict";
const { createHmac } = require("node:crypto");
const { appendFileSync, readFileSync } = require("node:fs");

const [seedFile, noteFile] = process.argv.slice(2);
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
let bits = "";
for (const letter of readFileSync(seedFile, "utf8").trim().replace(/=+$/, "").toUpperCase()) {
  bits += alphabet.indexOf(letter).toString(2).padStart(5, "0");
}
const seed = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
const step = Buffer.alloc(8);
step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
const hash = createHmac("sha1", seed).update(step).digest();
const offset = hash[hash.length - 1] & 15;
const code = String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
if (noteFile) appendFileSync(noteFile, `${code}\n`);
process.stdout.write(`${code}\n`);
