import { expect, test } from "vitest";
import { oneLine, oneStyledLine, printableJson } from "./one-line.ts";

test.each([
  ["a title for the window", "a\u001b]0;owned\u0007b", "a ]0;owned b"],
  ["a sequence in one character", "a\u009b31mb", "a 31mb"],
  ["line breaks of every kind", "a\r\nb\u2028c\u2029d\u0085e\u000bf", "a b c d e f"],
  ["the order turned round", "a\u202egpj\u2066b", "a gpj b"],
  ["nothing to take out", "Zürich 東京 → ok", "Zürich 東京 → ok"],
])("%s", (_, text, line) => {
  expect(oneLine(text)).toBe(line);
});

test("oneStyledLine() keeps colors and nothing else that moves the cursor", () => {
  const text = "\u001b[33m! a\u001b[39m\n\u001b[2Jb\u001b[1;5Hc\r";
  expect(oneStyledLine(text)).toBe("\u001b[33m! a\u001b[39m [2Jb [1;5Hc ");
});

test.each([
  ["C0", "a\u001b]0;owned\u0007b"],
  ["C1", "a\u009b31mb\u0085c\u007fd"],
  ["line ends of every kind", "a\r\nb\u2028c\u2029d"],
  ["the order turned round", "a\u202egpj\u2066b\u061c\u200e\u200f"],
  ["several in a row", "\u009b\u009b\u202e\n\u202e"],
  ["nothing to escape", "Zürich 東京 🔑 → ok"],
])("printableJson() reads back as it was, and controls nothing: %s", (_, text) => {
  const value = { [text]: [text, { inner: text }], number: 1, nothing: null };
  const printed = printableJson(value);
  expect(JSON.parse(printed)).toEqual(value);
  expect(printed.split("\n").map(oneLine).join("\n")).toBe(printed);
  expect(printed.split("\n")).toHaveLength(JSON.stringify(value, null, 2).split("\n").length);
});
