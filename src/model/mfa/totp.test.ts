import fc from "fast-check";
import { generateSync } from "otplib";
import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { decodeBase32 } from "./base32.ts";
import { codeAt, endOfStep, readSeed, stepsAround } from "./totp.ts";

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
  ])("at %d s it is %s", (seconds, code) => {
    expect(codeAt(seed, at(seconds)).reveal()).toBe(code);
  });

  test("is what another library makes of the same seed", () => {
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
    ["the present code", 0, 0],
    ["the code before", -30, -1],
    ["the code before last", -60, -2],
    ["the next one", 30, 1],
    ["the last of the range", 90, 3],
    ["one out of it", 120, undefined],
  ])("%s", (_what, seconds, expected) => {
    expect(stepsAround(seed, later(seconds), now, 3)).toBe(expected);
  });

  test("digits of nowhere near, and a clock at the beginning of time", () => {
    const near = new Set([-3, -2, -1, 0, 1, 2, 3].map((step) => later(step * 30).reveal()));
    const foreign = ["000000", "111111"].filter((digits) => !near.has(digits));
    expect(foreign.map((digits) => stepsAround(seed, new Secret(digits), now, 3))).toEqual(
      foreign.map(() => undefined),
    );
    expect(stepsAround(seed, codeAt(seed, at(30)), at(0), 5)).toBe(1);
  });
});

test("a step ends on the half minute", () => {
  expect(endOfStep(at(59.999))).toEqual(at(60));
  expect(endOfStep(at(60))).toEqual(at(90));
});

describe("readSeed()", () => {
  test("takes AWS's 64 letters however they were typed", () => {
    const letters = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    const typed = `${letters.toLowerCase().replace(/(.{4})/g, "$1 ")}\n`;
    expect(readSeed(typed)?.reveal()).toBe(letters);
    expect(decodeBase32(letters)).toHaveLength(40);
  });

  test.each([
    ["an empty line", ""],
    ["a code", "123456"],
    ["too short for a seed", "JBSWY3DPEHPK3PX"],
    ["a letter is missing", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PX"],
    ["far too long", "JBSWY3DP".repeat(30)],
  ])("refuses %s", (_why, text) => {
    expect(readSeed(text)).toBeUndefined();
  });
});
