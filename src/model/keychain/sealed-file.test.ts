import fc from "fast-check";
import { expect, test } from "vitest";
import {
  maxSealedBytes,
  newScryptCost,
  parseSealedText,
  type SealedHeader,
  writeHeaderLine,
  writeSealedText,
} from "./sealed-file.ts";

const header: SealedHeader = {
  version: 2,
  writes: 3,
  keyFrom: "passphrase",
  scrypt: { N: 2 ** 15, r: 8, p: 1 },
  salt: Buffer.alloc(16, 1),
  verifier: Buffer.alloc(16, 2),
  nonce: Buffer.alloc(12, 3),
};
const content = Buffer.from("sixteen bytes and some more");
const sealed = writeSealedText(writeHeaderLine(header), content);

function withHeader(change: Record<string, unknown>): string {
  return writeSealedText(
    JSON.stringify({ ...JSON.parse(writeHeaderLine(header)), ...change }),
    content,
  );
}

test("a written file is read back", () => {
  expect(parseSealedText(sealed)).toEqual({
    header,
    headerLine: writeHeaderLine(header),
    content,
    size: sealed.length,
  });
});

test("a file cut at any place is never valid", () => {
  for (let length = 0; length < sealed.length; length++) {
    expect(typeof parseSealedText(sealed.slice(0, length))).toBe("string");
  }
});

test("a change of any character is detected", () => {
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), fc.constantFrom("A", "0", "\n", "}"), (at, char) => {
      fc.pre(sealed[at] !== char);
      const changed = sealed.slice(0, at) + char + sealed.slice(at + 1);
      expect(typeof parseSealedText(changed)).toBe("string");
    }),
  );
});

test("a new store uses OWASP's recommended cost of scrypt, which is within the allowed range", () => {
  const { N, r, p } = newScryptCost;
  expect(r).toBe(8);
  expect(N * p).toBeGreaterThanOrEqual(2 ** 15 * 3);
  const text = writeSealedText(writeHeaderLine({ ...header, scrypt: newScryptCost }), content);
  expect(parseSealedText(text)).toMatchObject({ header: { scrypt: newScryptCost } });
});

const outOfRange = "has parameters outside the allowed range";
test.each<[string, Record<string, unknown>, string]>([
  ["N too small", { N: 2 }, outOfRange],
  ["N too large", { N: 2 ** 30 }, outOfRange],
  ["N no power of two", { N: 40000 }, outOfRange],
  ["N a text", { N: "32768" }, outOfRange],
  ["r too large", { r: 2 ** 20 }, outOfRange],
  ["p too large", { p: 10000 }, outOfRange],
  ["p negative", { p: -1 }, outOfRange],
  ["salt too short", { salt: "AAAA" }, outOfRange],
  ["salt too long", { salt: Buffer.alloc(65).toString("base64") }, outOfRange],
  ["nonce of another length", { nonce: Buffer.alloc(8).toString("base64") }, outOfRange],
  ["verifier missing", { verifier: undefined }, outOfRange],
  ["key from elsewhere", { keyFrom: "network" }, outOfRange],
  ["another version", { version: 3 }, "was written by a newer awst"],
  ["another format", { format: "zip" }, "is not a sealed keychain"],
  ["a huge header", { salt: "A".repeat(3000) }, "is not a sealed keychain"],
])("%s", (_, change, wrong) => {
  expect(parseSealedText(withHeader(change))).toBe(wrong);
});

test("a file above the limit is not parsed", () => {
  const text = "x".repeat(maxSealedBytes + 1);
  expect(parseSealedText(text)).toBe("is too large to be a sealed keychain");
});
