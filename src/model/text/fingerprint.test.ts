import fc from "fast-check";
import { expect, test } from "vitest";
import { fingerprint } from "./fingerprint.ts";

const objects = fc.dictionary(fc.string(), fc.jsonValue());

test("the order of keys does not matter", () => {
  fc.assert(
    fc.property(objects, (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(fingerprint({ a: reversed })).toBe(fingerprint({ a: value }));
    }),
  );
});

test("different values have different hashes, and so have lists in another order", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const isSame = JSON.stringify(a) === JSON.stringify(b);
      fc.pre(!isSame && !JSON.stringify([a, b]).includes("{"));
      expect(fingerprint(a)).not.toBe(fingerprint(b));
    }),
  );
});

test.each([
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { b: 1 }],
  [{ a: { b: 1 } }, { a: 1, b: 1 }],
  [{ a: ["x", "y"] }, { a: ["y", "x"] }],
  [{ a: "1" }, { a: 1 }],
  [{ a: [] }, { a: {} }],
  [{ "": ["a", 1] }, { a: 1 }],
])("%j and %j differ", (a, b) => {
  expect(fingerprint(a)).not.toBe(fingerprint(b));
});

test("an undefined value counts as absent, and the hash is the same on every machine", () => {
  expect(fingerprint({ a: 1, b: undefined })).toBe(fingerprint({ a: 1 }));
  expect(fingerprint({ b: 2, a: [1, { d: "x", c: null }] })).toBe(
    "c85baf019a466181f4705780b992a4c909108c52f9f14baa9b764f904c52f28a",
  );
});
