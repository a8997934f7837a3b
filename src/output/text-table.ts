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
export function textTable(rows: Iterable<readonly Cell[]>): string {
  // The cells of all rows in two lists, which take less memory than lists for each of thousands of rows.
  const texts: string[] = [];
  const widths: number[] = [];
  const rowEnds: number[] = [];
  const columns: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      const text = printCell(cell);
      const width = displayWidth(text);
      texts.push(text);
      widths.push(width);
      columns[column] = Math.max(columns[column] ?? 0, width);
    }
    rowEnds.push(texts.length);
  }
  let at = 0;
  const lines = rowEnds.map((end) => {
    let line = "";
    for (let column = 0; at < end; at += 1, column += 1) {
      const missing = (columns[column] ?? 0) - (widths[at] ?? 0);
      line += `${texts[at]}${" ".repeat(missing)}  `;
    }
    return `${line.trimEnd()}\n`;
  });
  return lines.join("");
}

/** Returns how many columns of a terminal the text takes; color codes take none. */
export function displayWidth(text: string): number {
  if (printableAscii.test(text)) return text.length;
  // Composed: Hangul that is written in single letters has the width of its syllables.
  return stringWidth(text.normalize("NFC"));
}

/** Returns a prefix for the lines of each label, all of the same width: `production | `. */
export function linePrefixes(labels: readonly string[]): readonly string[] {
  const names = labels.map(oneLine);
  const width = Math.max(0, ...names.map(displayWidth));
  return names.map((name) => `${padEnd(name, width)} | `);
}

/** Most cells of tables with thousands of rows. */
const printableAscii = /^[\x20-\x7e]*$/;

function printCell(cell: Cell): string {
  const given = typeof cell === "string" ? cell : cell.text;
  const text = printableAscii.test(given) ? given : oneLine(given);
  return typeof cell === "string" || text === "" ? text : cell.paint(text);
}

function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}
