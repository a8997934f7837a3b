import fc from "fast-check";
import { expect, test } from "vitest";
import { fileNameFor } from "./file-name.ts";

test.each(["sessions", "state-learned", "a", "0-9"])("%s is used as it is", (name) => {
  expect(fileNameFor(name)).toBe(name);
});

test.each(["", "..", "../x", "a/b", "A", "a b", "-rf", "ü", "a\0b", "x".repeat(300)])(
  "%j becomes a plain name",
  (name) => {
    expect(fileNameFor(name)).toMatch(/^[a-z0-9-]{1,80}$/);
  },
);

test("names that differ only in case have different files", () => {
  expect(fileNameFor("A").toLowerCase()).not.toBe(fileNameFor("a").toLowerCase());
});

test("different names have different files", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      fc.pre(one !== other);
      expect(fileNameFor(one)).not.toBe(fileNameFor(other));
    }),
  );
});
