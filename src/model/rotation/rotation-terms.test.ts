import { expect, test } from "vitest";
import { rotationTerms } from "./rotation-terms.ts";

test.each([
  [10_080, /replaced every 7 days, .*other machines.*; keyRotationIntervalMinutes = 0 /],
  [1440, /replaced every day, /],
  [90, /replaced every 1h30m, /],
])("of %d minutes", (minutes, line) => {
  expect(rotationTerms(minutes)).toMatch(line);
});

test("switched off, there is nothing to say", () => {
  expect(rotationTerms(0)).toBeUndefined();
});
