import { expect, test } from "vitest";
import { invisibleCharacters, nameCharacter, withoutInvisible } from "./odd-characters.ts";

test.each([
  ["AKIA EXAMPLE", []],
  ["café", []],
  ["\u200bAKIA", ["\u200b"]],
  ["a\u00a0b\u2060", ["\u00a0", "\u2060"]],
  ["\u0000", ["\u0000"]],
  ["\u202eabc", ["\u202e"]],
])("invisible in %j: %j", (text, found) => {
  expect(invisibleCharacters(text)).toEqual(found);
  expect(withoutInvisible(text)).toHaveLength(text.length - found.length);
});

test.each([
  ["\u200b", "the character U+200B (zero width space)"],
  ["\u202e", "the character U+202E"],
  ["А", 'the character U+0410 ("А")'],
  ["#", 'the character U+0023 ("#")'],
])("%j is named", (character, name) => {
  expect(nameCharacter(character)).toBe(name);
});
