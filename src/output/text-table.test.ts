import { expect, test } from "vitest";
import { textTable } from "./text-table.ts";

test("textTable() lines columns up and leaves nothing at a line's end", () => {
  const rows = [["NAME", "ID", ""], ["a", "111", "x"], ["longer", "2", ""], ["short"]];
  expect(textTable(rows)).toBe("NAME    ID\na       111  x\nlonger  2\nshort\n");
});

test("textTable() of nothing is nothing", () => {
  expect(textTable([])).toBe("");
});

test("textTable() lets no name speak to the terminal", () => {
  expect(textTable([["ev\u001b]0;owned\u0007il", "own"]])).toBe("ev ]0;owned il  own\n");
});
