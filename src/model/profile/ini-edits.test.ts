import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type IniSection, parseIni, readValue } from "./ini-document.ts";
import {
  appendSection,
  applyEdits,
  type Pairs,
  removeSection,
  rewriteSection,
} from "./ini-edits.ts";

function rewrite(text: string, set: Pairs, remove: readonly string[] = []): string {
  const document = parseIni(text);
  return applyEdits(document, rewriteSection(document.sections[0] as IniSection, { set, remove }));
}

function append(text: string, header: string, pairs: Pairs): string {
  const document = parseIni(text);
  return applyEdits(document, [appendSection(document, header, pairs)]);
}

function removeLast(text: string): string {
  const document = parseIni(text);
  return applyEdits(document, removeSection(document, document.sections.at(-1) as IniSection));
}

describe("rewriteSection", () => {
  it.each<[string, string, Pairs, readonly string[], string]>([
    ["replaces in place", "[a]\nr = 1\no = 2\n", [["r", "9"]], [], "[a]\nr = 9\no = 2\n"],
    ["changes nothing that is already so", "[a]\nr=1\n\n# x", [["r", "1"]], [], "[a]\nr=1\n\n# x"],
    [
      "adds after the last key",
      "[a]\nr=1\n\n# of b\n[b]\n",
      [["p", "2"]],
      [],
      "[a]\nr=1\np = 2\n\n# of b\n[b]\n",
    ],
    ["adds after a header without keys", "[a]", [["p", "2"]], [], "[a]\np = 2\n"],
    [
      "adds after nested lines",
      "[a]\ns3 =\n  x = 1\n[b]\n",
      [["p", "2"]],
      [],
      "[a]\ns3 =\n  x = 1\np = 2\n[b]\n",
    ],
    [
      "keeps CRLF",
      "[a]\r\nr = 1\r\n[b]\r\n",
      [
        ["r", "2"],
        ["p", "3"],
      ],
      [],
      "[a]\r\nr = 2\r\np = 3\r\n[b]\r\n",
    ],
    ["keeps a missing final newline", "[a]\nr = 1", [["r", "2"]], [], "[a]\nr = 2"],
    [
      "replaces the removed key with the new key",
      "[a]\nk=1\ns=2\no=3\n",
      [["p", "4"]],
      ["k", "s"],
      "[a]\np = 4\no=3\n",
    ],
    ["merges a repeated key", "[a]\nr=1\nx=1\nR=2\n", [["r", "3"]], [], "[a]\nr = 3\nx=1\n"],
    ["writes a key so that every reader finds it", "[a]\nR: 1\n", [["r", "1"]], [], "[a]\nr = 1\n"],
    [
      "rewrites an indented key without its indent",
      "[a]\n  r = 1\n  o = 2\n",
      [["r", "3"]],
      [],
      "[a]\n  o = 2\nr = 3\n",
    ],
    ["keeps a byte order mark", "\uFEFF[a]\nr = 1\n", [["r", "2"]], [], "\uFEFF[a]\nr = 2\n"],
  ])("%s", (_, text, set, remove, expected) => {
    expect(rewrite(text, set, remove)).toBe(expected);
    expect(rewrite(expected, set, remove)).toBe(expected);
  });
});

describe("appendSection and removeSection", () => {
  const pairs: Pairs = [["r", "1"]];
  it.each([
    ["", "[n]\nr = 1\n"],
    ["[a]\nk=v\n", "[a]\nk=v\n\n[n]\nr = 1\n"],
    ["[a]\r\nk=v\r\n\r\n", "[a]\r\nk=v\r\n\r\n\r\n[n]\r\nr = 1\r\n"],
    ["# only a comment", "# only a comment\n\n[n]\nr = 1\n"],
  ])("after %j", (text, expected) => {
    expect(append(text, "n", pairs)).toBe(expected);
  });

  it.each([
    ["the first section", "\uFEFF[a]\nr = 1\n", "\uFEFF"],
    ["the first of two sections", "\uFEFF[a]\nr = 1\n\n[b]\nr = 2\n", "\uFEFF\n[b]\nr = 2\n"],
    ["a first section with Windows line ends", "\uFEFF[a]\r\nr = 1\r\n[b]\r\n", "\uFEFF[b]\r\n"],
    ["a first section without a line end", "\uFEFF[a]", "\uFEFF"],
    ["a section below a line with nothing else", "\uFEFF\n[a]\nr = 1\n", "\uFEFF\n"],
    ["a section below an empty line", "\uFEFF\n\n[a]\nr = 1\n[b]\n", "\uFEFF\n[b]\n"],
  ])("keep a byte order mark: %s", (_, text, expected) => {
    const document = parseIni(text);
    const removal = removeSection(document, document.sections[0] as IniSection);
    expect(applyEdits(document, removal)).toBe(expected);
  });

  it.each([
    ["an empty line", "[a]\n\n[b]\nr = 1\n", "[a]\n"],
    ["one of two", "[a]\n\n\n[b]\nr = 1\n", "[a]\n\n"],
    ["not a line with spaces, which the user wrote", "[a]\n  \n[b]\nr = 1\n", "[a]\n  \n"],
    ["not a line with another mark", "[a]\n\uFEFF\n[b]\nr = 1\n", "[a]\n\uFEFF\n"],
  ])("removeSection removes above the section: %s", (_, text, expected) => {
    expect(removeLast(text)).toBe(expected);
  });

  it("undo each other, except for a missing final newline", () => {
    const line = fc.constantFrom("[a]", "[b c]", "k = v", "  n = 1", "# x", "", "garbage", "s3 =");
    const file = fc
      .tuple(fc.array(line), fc.constantFrom("\n", "\r\n"), fc.boolean())
      .map(([lines, end, open]) => lines.join(end) + (open || lines.length === 0 ? "" : end));
    fc.assert(
      fc.property(file, (text) => {
        const added = append(text, "n x", pairs);
        const found = parseIni(added).sections.at(-1);
        expect(found && readValue(found, "r")).toBe("1");
        const end = /[^\r\n]$/.test(text) ? parseIni(text).newline : "";
        expect(removeLast(added)).toBe(text + end);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("applyEdits", () => {
  it("applies edits that touch each other", () => {
    const text = "[a]\nr=1\n\n[b]\nr=2\n\n[c]\nr=3\n";
    const document = parseIni(text);
    const [a, b] = document.sections as [IniSection, IniSection];
    const add = rewriteSection(a, { set: [["p", "1"]], remove: [] });
    const removal = removeSection(document, b);
    const more = appendSection(document, "d", [["r", "4"]]);
    const expected = "[a]\nr=1\np = 1\n\n[c]\nr=3\n\n[d]\nr = 4\n";
    expect(applyEdits(document, [...add, ...removal, more])).toBe(expected);
    expect(applyEdits(document, [...removal, ...add, more])).toBe(expected);
  });
});
