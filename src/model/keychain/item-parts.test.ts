import fc from "fast-check";
import { expect, test } from "vitest";
import {
  isWithinLimit,
  joinParts,
  maxParts,
  parsePartsHead,
  splitIntoParts,
} from "./item-parts.ts";

const limit = 200;
const texts = fc.string({ unit: "grapheme", maxLength: 2000 }).filter((text) => text !== "");

function split(text: string, generation: "a" | "b" = "a") {
  const made = splitIntoParts(text, limit, generation);
  if (made === undefined) throw new Error("too large");
  const head = parsePartsHead(made.head);
  if (typeof head !== "object") throw new Error("no head");
  return { ...made, head };
}

test("joined parts are the value, and each part is within the limit", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const { head, parts } = split(text);
      expect(joinParts(head, parts)).toBe(text);
      for (const part of parts) expect(isWithinLimit(part, limit)).toBe(true);
    }),
  );
});

test("a value with a missing, changed, misplaced or foreign part is absent", () => {
  const text = "x".repeat(500);
  const { head, parts } = split(text);
  const other = split(`${"x".repeat(499)}y`).parts;
  expect(joinParts(head, parts)).toBe(text);
  expect(joinParts(head, parts.slice(0, -1))).toBeUndefined();
  expect(joinParts(head, [undefined, ...parts.slice(1)])).toBeUndefined();
  expect(joinParts(head, [parts[0], other[1], ...parts.slice(2)])).toBeUndefined();
  expect(joinParts(head, [parts[1], parts[0], ...parts.slice(2)])).toBeUndefined();
  expect(joinParts(head, [parts[0]?.replace(/.$/, "A"), ...parts.slice(1)])).toBeUndefined();
});

test("a value is no head, and a value that looks like a head is stored in parts", () => {
  expect(parsePartsHead('{"version":1}')).toBeUndefined();
  expect(isWithinLimit("awst-parts/1 a 1 0123456789abcdef", limit)).toBe(false);
});

test.each([
  "awst-parts/1",
  "awst-parts/1 c 1 0123456789abcdef",
  "awst-parts/1 a 0 0123456789abcdef",
  "awst-parts/1 a 65 0123456789abcdef",
  "awst-parts/1 a 999999999 0123456789abcdef",
  "awst-parts/1 a 1 0123",
])("%s is damaged", (text) => {
  expect(parsePartsHead(text)).toBe("damaged");
});

test("a text that needs too many parts is too large", () => {
  expect(splitIntoParts("x".repeat(limit * maxParts), limit, "a")).toBeUndefined();
});

test("the limit counts bytes where there are more bytes than characters", () => {
  expect(isWithinLimit("x".repeat(limit), limit)).toBe(true);
  expect(isWithinLimit("ü".repeat(limit - 10), limit)).toBe(false);
});
