// Text tables. Columns are padded by the width that a terminal gives each character: two columns for East Asian
// characters and emoji, none for combining characters.

import stringWidth from "fast-string-width";
import { oneLine } from "../model/text/one-line.ts";
import type { Paint } from "./style.ts";

/** Text, or text with the style it is printed in. */
export type Cell = string | { readonly text: string; readonly paint: Paint };

/**
 * Returns the rows with their columns aligned: two spaces between columns, no space at the end of a line, a
 * line break after each line. Control characters in a cell become spaces.
 */
export function textTable(rows: readonly (readonly Cell[])[]): string {
  const printed = rows.map((row) => row.map(printCell));
  const widths: number[] = [];
  for (const row of printed) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
    }
  }
  return printed
    .map((row) => row.map((cell, column) => padEnd(cell, widths[column] ?? 0)).join("  "))
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

/** Returns how many columns of a terminal the text takes; color codes take none. */
export function displayWidth(text: string): number {
  // Most cells of tables with thousands of rows.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  // Composed: Hangul that is written in single letters has the width of its syllables.
  return stringWidth(text.normalize("NFC"));
}

/** Returns a prefix for the lines of each label, all of the same width: `production | `. */
export function linePrefixes(labels: readonly string[]): readonly string[] {
  const names = labels.map(oneLine);
  const width = Math.max(0, ...names.map(displayWidth));
  return names.map((name) => `${padEnd(name, width)} | `);
}

function printCell(cell: Cell): string {
  if (typeof cell === "string") return oneLine(cell);
  const text = oneLine(cell.text);
  return text === "" ? "" : cell.paint(text);
}

function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}
