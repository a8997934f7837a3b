import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Secret } from "../secret.ts";
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

/** The definition, as the first version had it. Seals and files of earlier versions have these hashes. */
function definition(value: unknown): string {
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1));
    return { "": entries.flatMap(([key, each]) => (each === undefined ? [] : [key, each])) };
  });
  return createHash("sha256").update(text).digest("hex");
}

test("every value has the hash of the definition", () => {
  fc.assert(
    fc.property(fc.anything({ withDate: true, withSparseArray: false }), (value) => {
      fc.pre(value !== undefined && typeof value !== "function");
      expect(fingerprint(value)).toBe(definition(value));
    }),
  );
});

test.each<[string, unknown]>([
  ["keys like numbers", { 10: "a", 9: "b", "": { 1: 2 } }],
  ["undefined in a list", [undefined, { a: [undefined] }]],
  ["a number that is none", { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: -0 }],
  ["a date", { since: new Date("2026-03-01T12:00:00Z") }],
  ["a secret", { key: new Secret("s3cret") }],
  ["a function", { a: () => 1, b: [() => 1] }],
  ["a key toJSON that is no function", { toJSON: "x", a: { toJSON: 1 } }],
  ["half of a pair of code units", { "\ud800": "\udfff" }],
  ["a map and a set", { a: new Map([[1, 2]]), b: new Set([1]) }],
  ["null and nothing", { a: null, b: {}, c: [] }],
])("%s: the hash of the definition", (_what, value) => {
  expect(fingerprint(value)).toBe(definition(value));
});
