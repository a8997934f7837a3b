// The reader and the editor of large files against the straightforward ones, on random and on hostile files.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editPlainly, parsePlainly } from "../../../test/support/plain-ini.ts";
import { type IniDocument, parseIni } from "./ini-document.ts";
import { applyEdits, type LineEdit } from "./ini-edits.ts";

const characters =
  "[]=:#; \t\"'\\a1\u0000\u000b\u001c\u001f\u0085\u00a0\uFEFF\u2028\u3000é😀".split("");
const parts = [
  ...["[a b]", "[profile x]", "[a] # b", "[a] b", "[a]]", "[]", "[a", "[a=b", " [i]", "\t[a]\t"],
  ...[
    "k = v",
    "K: v",
    "k",
    "= v",
    "  n = 1",
    "   m",
    "    x: y",
    "\u00a0k = v",
    "\uFEFFk = v",
    "\u001c[a]",
    "\u0085k = v",
    "k\u001f = \u001dv",
  ],
  ...["# c", "  ; c", "credential_process = x", "region = r", "", " ", "\t"],
];
const end = fc.constantFrom("\n", "\n", "\n", "\r\n", "\r", "");
const lines = fc
  .array(fc.tuple(fc.constantFrom(...parts), end), { maxLength: 40 })
  .map((all) => all.flat().join(""));
const soup = fc
  .array(fc.constantFrom(...characters, ...parts, "\r", "\n", "\r\n"), { maxLength: 60 })
  .map((all) => all.join(""));
const file = fc
  .tuple(fc.constantFrom("", "", "\uFEFF"), fc.oneof(lines, soup, fc.string({ unit: "binary" })))
  .map((all) => all.join(""));

function contentOf({ lines, newline, sections }: IniDocument) {
  const read = sections.map(({ header, line, entries, hasComments }) => {
    return { header, line, entries, hasComments };
  });
  return { lines, newline, sections: read };
}

function plainContentOf(text: string) {
  const { lines, newline, sections } = parsePlainly(text);
  return { lines, newline, sections: sections.map(({ commentsPending: _, ...read }) => read) };
}

describe("parseIni", () => {
  test("finds and reads the same sections as the straightforward reader", () => {
    fc.assert(
      fc.property(file, (text) => {
        expect(contentOf(parseIni(text))).toEqual(plainContentOf(text));
      }),
      { numRuns: 5000 },
    );
  });

  test("the places of lines and sections make up the whole text", () => {
    fc.assert(
      fc.property(file, (text) => {
        const document = parseIni(text);
        const { lines, lineCount, sections } = document;
        expect(lineCount).toBe(lines.length);
        for (const [index, line] of lines.entries()) {
          expect(document.lineText(index)).toBe(line.text);
          expect(document.lineEnd(index)).toBe(line.end);
          expect(text.startsWith(line.text + line.end, document.offsetOf(index))).toBe(true);
        }
        expect(document.offsetOf(lineCount)).toBe(text.length);
        const bodies = sections.map(({ line, body }) => {
          const end = document.offsetOf(line + 1) + body.length;
          expect(body).toBe(text.slice(document.offsetOf(line + 1), end));
          return end;
        });
        const starts = sections.slice(1).map(({ line }) => document.offsetOf(line));
        expect(bodies).toEqual(sections.length === 0 ? [] : [...starts, text.length]);
      }),
      { numRuns: 2000 },
    );
  });

  test("numbersWith: the sections whose body contains a text", () => {
    fc.assert(
      fc.property(
        file,
        fc.constantFrom("a", "k", "k = v", "v\n", "[a", "]", "region"),
        (text, part) => {
          const document = parseIni(text);
          const found = document.sections.flatMap(({ body }, number) => {
            return body.includes(part) ? [number] : [];
          });
          expect(document.numbersWith(part)).toEqual(found);
        },
      ),
      { numRuns: 5000 },
    );
  });

  test("hasBody: only this text, and empty lines below it", () => {
    const body = (text: string) => parseIni(`[a]\n${text}`).hasBody(0, "k = v\n");
    expect(["k = v\n", "k = v\n\n", "k = v\n\r\n[b]\nx = 1"].map(body)).toEqual([true, true, true]);
    expect(
      ["k = v", "k = v\n# a\n", "k = v\n ", "k = v\nl = w\n", "k = w\n", "\nk = v\n", ""].map(body),
    ).toEqual([false, false, false, false, false, false, false]);
  });
});

describe("applyEdits", () => {
  const added = fc.array(fc.constantFrom("x = 1", "[n]", ""), { maxLength: 3 });
  const edit = fc.record({ at: fc.nat(41), remove: fc.nat(2), insert: added });
  /** At lines of the file, and without two that remove the same line. */
  const fitting = (edits: readonly LineEdit[], lineCount: number) => {
    const removed = new Set<number>();
    return edits
      .map(({ at, remove, insert }) => {
        const line = at % (lineCount + 1);
        return { at: line, remove: Math.min(remove, lineCount - line), insert };
      })
      .filter(({ at, remove }) => {
        const lines = Array.from({ length: remove }, (_, index) => at + index);
        if (lines.some((line) => removed.has(line))) return false;
        for (const line of lines) removed.add(line);
        return true;
      });
  };

  test("gives the same text as the straightforward editor", () => {
    fc.assert(
      fc.property(file, fc.array(edit, { maxLength: 6 }), (text, edits) => {
        const document = parseIni(text);
        // An insertion inside removed lines has no line of its own.
        const all = fitting(edits, document.lineCount).filter(({ at, remove }, index, list) => {
          const isInside = (each: LineEdit) => at > each.at && at < each.at + each.remove;
          return remove > 0 || !list.some((each, other) => other !== index && isInside(each));
        });
        expect(applyEdits(document, all)).toBe(editPlainly(parsePlainly(text), all));
      }),
      { numRuns: 5000 },
    );
  });
});
