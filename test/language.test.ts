// Replaced words do not come back: tools/check-language.mjs has the rules and the allowed exceptions.

import { expect, test } from "vitest";
import { findWords, listFiles } from "../tools/check-language.mjs";

const show = (words: ReturnType<typeof findWords>) =>
  words.map(({ path, line, words: found, instead }) => `${path}:${line}: "${found}" (${instead})`);

test("no file has a replaced word", () => {
  const files = listFiles();
  expect(files.length).toBeGreaterThan(500);
  expect(show(findWords(files))).toEqual([]);
});
