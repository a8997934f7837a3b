// Replaced words do not come back: tools/check-language.mjs has the rules and the allowed exceptions.

import { expect, test } from "vitest";
import { findWords, listFiles } from "../tools/check-language.mjs";

/** Folders and files without any replaced word. */
const clean = [
CLEAN];

/** Occurrences that are left elsewhere. Lower it with every file that is rewritten, down to 0. */
const maximum = MAX;

const show = (words: ReturnType<typeof findWords>) =>
  words.map(({ path, line, words: found, instead }) => `${path}:${line}: "${found}" (${instead})`);

test.each(clean)("%s has no replaced word", (folder) => {
  const files = listFiles(folder);
  expect(files).not.toEqual([]);
  expect(show(findWords(files))).toEqual([]);
});

test("no other file gets a new replaced word", () => {
  expect(show(findWords()).slice(maximum)).toEqual([]);
});
