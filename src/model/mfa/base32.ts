// Base32 of RFC 4648, as seeds of MFA devices are written: strict in what it means, forgiving in how it
// is typed (blanks between, lower case, padding or none).

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Upper case, without blanks and padding; undefined for what is not whole base32. */
export function normalBase32(text: string): string | undefined {
  const [, letters = "", padding = ""] =
    /^([A-Z2-7]*)(=*)$/.exec(text.replaceAll(/\s/g, "").toUpperCase()) ?? [];
  const isPadded = padding === "" || (letters.length + padding.length) % 8 === 0;
  if (letters === "" || !isPadded || padding.length > 6) return undefined;
  // What is left over of a whole byte is zero: else a letter is missing at the end.
  const spareBits = (letters.length * 5) % 8;
  const last = alphabet.indexOf(letters.at(-1) ?? "");
  const isWhole = spareBits < 5 && last % 2 ** spareBits === 0;
  return isWhole ? letters : undefined;
}

/** The bytes; undefined for what is not whole base32. */
export function decodeBase32(text: string): Uint8Array | undefined {
  const letters = normalBase32(text);
  if (letters === undefined) return undefined;
  const bytes = new Uint8Array(Math.floor((letters.length * 5) / 8));
  let bits = 0;
  let value = 0;
  let at = 0;
  for (const letter of letters) {
    value = ((value << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (value >> bits) & 0xff;
  }
  return bytes;
}
