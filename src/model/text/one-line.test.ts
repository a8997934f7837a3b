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
  ["one color", "\u001b[33mA\u001b[0m", "\u001b[33mA\u001b[0m"],
  ["the two colors of a QR code", "\u001b[38;5;231;48;5;16m█", "\u001b[38;5;231;48;5;16m█"],
  ["colors of 24 bits", "\u001b[38;2;255;0;10;48;2;0;0;0m█", "\u001b[38;2;255;0;10;48;2;0;0;0m█"],
  ["a number without an end", "\u001b[38;5;231", " [38;5;231"],
  ["another end", "\u001b[38;5;231H", " [38;5;231H"],
  ["an empty number", "\u001b[;5m", " [;5m"],
  ["a private code", "\u001b[?25m", " [?25m"],
  ["a number of four digits", "\u001b[1000m", " [1000m"],
  ["more numbers than any color has", `\u001b[1${";1".repeat(10)}m`, ` [1${";1".repeat(10)}m`],
  ["the code of one character", "\u009b31m", " 31m"],
])("oneStyledLine() and %s", (_, text, line) => {
  expect(oneStyledLine(text)).toBe(line);
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
