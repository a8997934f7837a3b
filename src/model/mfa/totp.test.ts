import fc from "fast-check";
import { generateSync } from "otplib";
import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { codeAt, decodeBase32, endOfStep, normalBase32, parseSeed, stepsAround } from "./totp.ts";

/** RFC 6238's "12345678901234567890". */
const seed = new Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
const at = (seconds: number) => new Date(seconds * 1000);
const later = (seconds: number) => codeAt(seed, at(1_800_000_010 + seconds));

describe("codeAt()", () => {
  // RFC 6238, appendix B, SHA-1: the last six of its eight digits.
  test.each([
    [59, "287082"],
    [1111111109, "081804"],
    [1111111111, "050471"],
    [1234567890, "005924"],
    [2000000000, "279037"],
    [20000000000, "353130"],
  ])("at %d s: %s", (seconds, code) => {
    expect(codeAt(seed, at(seconds)).reveal()).toBe(code);
  });

  test("agrees with another library", () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const seeds = fc
      .array(fc.constantFrom(...alphabet), { minLength: 4, maxLength: 12 })
      .map((letters) => letters.join("").repeat(8));
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 4_000_000_000 }), (secret, epoch) => {
        const code = codeAt(new Secret(secret), at(epoch)).reveal();
        expect(code).toBe(generateSync({ secret, epoch, digits: 6, period: 30 }));
      }),
      { numRuns: 200 },
    );
  });
});

describe("stepsAround()", () => {
  const now = at(1_800_000_010);
  test.each([
    ["the current code", 0, 0],
    ["the previous code", -30, -1],
    ["the code before that", -60, -2],
    ["the next code", 30, 1],
    ["the last one in range", 90, 3],
    ["one out of range", 120, undefined],
  ])("%s", (_what, seconds, expected) => {
    expect(stepsAround(seed, later(seconds), now, 3)).toBe(expected);
  });

  test("a code out of range, and a clock near 1970", () => {
    const near = new Set([-3, -2, -1, 0, 1, 2, 3].map((step) => later(step * 30).reveal()));
    const foreign = ["000000", "111111"].filter((digits) => !near.has(digits));
    expect(foreign.map((digits) => stepsAround(seed, new Secret(digits), now, 3))).toEqual(
      foreign.map(() => undefined),
    );
    expect(stepsAround(seed, codeAt(seed, at(30)), at(0), 5)).toBe(1);
  });
});

test("a step ends at every half minute", () => {
  expect(endOfStep(at(59.999))).toEqual(at(60));
  expect(endOfStep(at(60))).toEqual(at(90));
});

describe("parseSeed()", () => {
  test("accepts AWS's 64 letters in any spelling", () => {
    const letters = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    const typed = `${letters.toLowerCase().replace(/(.{4})/g, "$1 ")}\n`;
    expect(parseSeed(typed)?.reveal()).toBe(letters);
    expect(decodeBase32(letters)).toHaveLength(40);
  });

  test.each([
    ["an empty text", ""],
    ["a code", "123456"],
    ["too short for a seed", "JBSWY3DPEHPK3PX"],
    ["a letter is missing", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PX"],
    ["too long", "JBSWY3DP".repeat(30)],
  ])("refuses %s", (_why, text) => {
    expect(parseSeed(text)).toBeUndefined();
  });
});

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
  ])("%s is %s, with or without padding, spaces and case", (encoded, expected) => {
    expect(text(decodeBase32(encoded))).toBe(expected);
    expect(text(decodeBase32(encoded.replaceAll("=", "")))).toBe(expected);
    expect(text(decodeBase32(` ${encoded.toLowerCase().replace(/(..)/g, "$1 ")}\n`))).toBe(
      expected,
    );
  });

  test.each([
    ["an empty text", ""],
    ["padding only", "======"],
    ["a zero and a one", "MZXW01"],
    ["an impossible length", "M"],
    ["an impossible length", "MZX"],
    ["an impossible length", "MZXW6Y"],
    ["too much padding", "MZXW6YTB========"],
    ["too little padding", "MY====="],
    ["padding inside", "MY==MZXW"],
    ["spare bits that are not zero", "MZ"],
    ["other characters", "MZXW-6YTB"],
    ["letters of other alphabets", "ŁZXW6YTB"],
  ])("refuses %s", (_why, encoded) => {
    expect(decodeBase32(encoded)).toBeUndefined();
  });

  test("decode(encode(x)) = x, and the normal form is unique", () => {
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
