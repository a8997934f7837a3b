import { expect, test } from "vitest";
import { countText } from "./count-text.ts";

test.each([
  [0, "0 users"],
  [1, "1 user"],
  [2, "2 users"],
  [21, "21 users"],
])("%i has its noun in the right number", (count, text) => {
  expect(countText(count, "user")).toBe(text);
});
