// Base32 of RFC 4648 without padding, for the seeds of MFA devices and the ids of access keys.

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function encodeBase32(bytes: Uint8Array): string {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => alphabet.charAt(Number.parseInt(group.padEnd(5, "0"), 2))).join("");
}

/** Throws a RangeError for a letter that is not base32. Ignores padding. */
export function decodeBase32(text: string): Buffer {
  const letters = text.toUpperCase().replace(/=+$/, "");
  const bytes = Buffer.alloc(Math.floor((letters.length * 5) / 8));
  let bits = 0;
  let count = 0;
  let at = 0;
  for (const letter of letters) {
    const value = alphabet.indexOf(letter);
    if (value < 0) throw new RangeError(`not base32: ${letter}`);
    bits = ((bits << 5) | value) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes[at++] = bits >> count;
  }
  return bytes;
}
