import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBase32, normalBase32 } from "./base32.ts";

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString("latin1");

describe("decodeBase32()", () => {
  // RFC 4648, section 10.
  test.each([
    ["MY======", "f"],
    ["MZXQ====", "fo"],
    ["MZXW6===", "foo"],
    ["MZXW6YQ=", "foob"],
    ["MZXW6YTB", "fooba"],
    ["MZXW6YTBOI======", "foobar"],
  ])("%s is %s, with or without padding, blanks and case", (encoded, expected) => {
    expect(text(decodeBase32(encoded))).toBe(expected);
    expect(text(decodeBase32(encoded.replaceAll("=", "")))).toBe(expected);
    expect(text(decodeBase32(` ${encoded.toLowerCase().replace(/(..)/g, "$1 ")}\n`))).toBe(
      expected,
    );
  });

  test.each([
    ["nothing", ""],
    ["padding alone", "======"],
    ["a zero and a one", "MZXW01"],
    ["lengths no bytes have", "M"],
    ["lengths no bytes have", "MZX"],
    ["lengths no bytes have", "MZXW6Y"],
    ["too much padding", "MZXW6YTB========"],
    ["too little padding", "MY====="],
    ["padding inside", "MY==MZXW"],
    ["bits left over: a letter is missing", "MZ"],
    ["other signs", "MZXW-6YTB"],
    ["letters of other alphabets", "ŁZXW6YTB"],
  ])("refuses %s", (_why, encoded) => {
    expect(decodeBase32(encoded)).toBeUndefined();
  });

  test("gives back what was encoded, and of it only one spelling", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
        const encoded = encode(bytes);
        expect(decodeBase32(encoded)).toEqual(bytes);
        expect(normalBase32(encoded.toLowerCase())).toBe(encoded);
      }),
    );
  });
});

function encode(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? [])
    .map(
      (part) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[Number.parseInt(part.padEnd(5, "0"), 2)] ?? "",
    )
    .join("");
}
