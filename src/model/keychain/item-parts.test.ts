import fc from "fast-check";
import { expect, test } from "vitest";
import {
  isWithinLimit,
  joinParts,
  maximumParts,
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

test("parts joined are the value, and each is within the limit", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const { head, parts } = split(text);
      expect(joinParts(head, parts)).toBe(text);
      for (const part of parts) expect(isWithinLimit(part, limit)).toBe(true);
    }),
  );
});

test("a part that is missing, of another value, changed or out of place makes it absent", () => {
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

test("a value is told from a head, and a value that looks like one is kept in parts", () => {
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
])("%s is torn", (text) => {
  expect(parsePartsHead(text)).toBe("torn");
});

test("more than the most parts is too large", () => {
  expect(splitIntoParts("x".repeat(limit * maximumParts), limit, "a")).toBeUndefined();
});

test("the limit counts bytes where they are more than characters", () => {
  expect(isWithinLimit("x".repeat(limit), limit)).toBe(true);
  expect(isWithinLimit("ü".repeat(limit - 10), limit)).toBe(false);
});
