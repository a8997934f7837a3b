import fc from "fast-check";
import stringWidth from "fast-string-width";
import { expect, test } from "vitest";
import { colorStyle } from "./style.ts";
import { displayWidth, textTable } from "./text-table.ts";

test("textTable() aligns columns and ends no line with a space", () => {
  const rows = [["NAME", "ID", ""], ["a", "111", "x"], ["longer", "2", ""], ["short"]];
  expect(textTable(rows)).toBe("NAME    ID\na       111  x\nlonger  2\nshort\n");
});

test("textTable() of no rows is empty", () => {
  expect(textTable([])).toBe("");
});

test("textTable() passes no control character of a name to the terminal", () => {
  expect(textTable([["ev\u001b]0;owned\u0007il", "own"]])).toBe("ev ]0;owned il  own\n");
  const painted = { text: "a\u001b[2Jb", paint: (text: string) => `<${text}>` };
  expect(textTable([[painted]])).toBe("<a [2Jb>\n");
});

test.each([
  ["Latin", "main", 4],
  ["East Asian", "本番環境", 8],
  ["half-width Katakana", "ｱｶ", 2],
  ["Hangul, composed", "한국", 4],
  ["Hangul, in single letters", "한국".normalize("NFD"), 4],
  ["a combining character", "Zu\u0308rich", 6],
  ["combining marks of Thai", "ที่", 1],
  ["emoji", "🚀", 2],
  ["emoji with a skin tone", "👍🏽", 2],
  ["a family of emoji, joined", "👨‍👩‍👧", 2],
  ["a flag", "🇩🇪", 2],
  ["a character with emoji presentation", "❤️", 2],
  ["colored text", colorStyle.ok("fine"), 6],
])("displayWidth(): %s", (_kind, text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test("account names of every width leave the columns aligned", () => {
  const names = ["prod", "本番", "Zu\u0308rich", "🚀 launch", "👨‍👩‍👧"];
  const lines = textTable(names.map((name) => [name, "|"])).split("\n");
  const columns = lines.filter((line) => line !== "").map((line) => displayWidth(line));
  expect(columns).toEqual(names.map(() => "🚀 launch".length + 3));
});

test("colors change no column", () => {
  const rows = [
    ["AKIA1", "active"],
    ["AKIA22", "inactive"],
  ] as const;
  const painted = rows.map(([key, state]) => [{ text: key, paint: colorStyle.dim }, state]);
  const plain = textTable(rows);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colors are removed
  expect(textTable(painted).replace(/\x1b\[\d+m/g, "")).toBe(plain);
  expect(textTable(painted)).not.toBe(plain);
});

test("displayWidth(): a text of ASCII characters has the width that the library gives it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
      expect(displayWidth(text)).toBe(stringWidth(text));
    }),
  );
});
