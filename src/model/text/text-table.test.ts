import { expect, test } from "vitest";
import { textTable } from "./text-table.ts";

test("textTable() lines columns up and leaves nothing at a line's end", () => {
  const rows = [["NAME", "ID", ""], ["a", "111", "x"], ["longer", "2", ""], ["short"]];
  expect(textTable(rows)).toBe("NAME    ID\na       111  x\nlonger  2\nshort\n");
});

test("textTable() of nothing is nothing", () => {
  expect(textTable([])).toBe("");
});
