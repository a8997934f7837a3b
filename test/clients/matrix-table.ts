// The table of docs/clients.md: read and written row by row, so that a machine changes only the rows of its own clients.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/processes.ts";

/** The columns after the client's name and version. */
export const columns = [
  "profile",
  "profile with a space",
  "plain keys",
  "`exec`",
  "`exec --server`",
  "renewal by profile",
  "renewal by `--server`",
] as const;

export type Cell = "yes" | "no" | "each start";
export type Cells = readonly Cell[];

export interface Row {
  readonly version: string;
  readonly cells: readonly string[];
}

const page = join(root, "docs/clients.md");
const start = "<!-- The suite test/clients/matrix.test.ts writes this table. -->\n";
const end = "\n<!-- End of the table. -->";

/** Returns the page's rows by the client's name. */
export function readRows(): ReadonlyMap<string, Row> {
  const lines = tableIn(readFileSync(page, "utf8")).split("\n").slice(2);
  return new Map(
    lines.map((line) => {
      const [name = "", version = "", ...cells] = line
        .replace(/^\| | \|$/g, "")
        .split(" | ")
        .map((cell) => cell.trim());
      return [name, { version, cells }];
    }),
  );
}

export function writeRows(rows: ReadonlyMap<string, Row>): void {
  const head = ["client", "version", ...columns];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const body = [...rows].map(([name, { version, cells }]) => line([name, version, ...cells]));
  const table = [line(head), line(head.map(() => "---")), ...body].join("\n");
  const text = readFileSync(page, "utf8");
  writeFileSync(
    page,
    text.replace(tableIn(text), () => table),
  );
}

function tableIn(text: string): string {
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < 0) throw new Error(`${page} has no place for the table`);
  return text.slice(from + start.length, to);
}
