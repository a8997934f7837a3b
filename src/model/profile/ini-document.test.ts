import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type IniSection, parseIni, printIni, readValue } from "./ini-document.ts";

const soup = fc
  .array(
    fc.constantFrom(
      ..."[]=:#; \t\"'\\a1\u0000\uFEFF\u2028é😀".split(""),
      "\r",
      "\n",
      "\r\n",
      "[a b]",
      "[profile x]",
      "region = x",
      "  nested = y",
      "x".repeat(5000),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));

describe("parseIni", () => {
  it("prints every text as it was read", () => {
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: "binary" })), (text) => {
        expect(printIni(parseIni(text))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  const shape = (sections: readonly IniSection[]) =>
    sections.map((section) => [
      section.header,
      ...section.entries.map((entry) => [entry.key, entry.value, ...entry.nested].join("|")),
    ]);

  it.each<[string, string, unknown]>([
    ["plain", "[a b]\nregion = x\n", [["a b", "region|x"]]],
    [
      "CRLF, no final newline",
      "[a]\r\nk=v\r\n[b]\r\nk=w",
      [
        ["a", "k|v"],
        ["b", "k|w"],
      ],
    ],
    ["lone CR", "[a]\rk=v\r", [["a", "k|v"]]],
    ["a byte order mark", "\uFEFF[a]\nk=v\n", [["a", "k|v"]]],
    [
      "duplicates",
      "[a]\nk=1\nK=2\n[a]\nk=3\n",
      [
        ["a", "k|1", "k|2"],
        ["a", "k|3"],
      ],
    ],
    ["nested settings", "[a]\ns3 =\n  x = 1\n\n  y = 2\nk=v", [["a", "s3||x = 1|y = 2", "k|v"]]],
    ["keys all indented", "[a]\n  k=v\n  l=w\n", [["a", "k|v", "l|w"]]],
    ["the earlier of : and =", "[a]\nk: a=b\nl = c:d\n", [["a", "k|a=b", "l|c:d"]]],
    ["comments", "# [x]\n[a] ; c\n; k=1\n  # k=2\nk=v # stays\n", [["a", "k|v # stays"]]],
    ["brackets", "[a[1]]\nk=v\n[]\n", [["a[1]", "k|v"]]],
    ["garbage", "k=v\n????\n[a]\n= v\nwhat\nk=v\n", [["a", "k|v"]]],
    ["a nested line that looks like a header", "[a]\nk =\n  [b]\nl=w\n", [["a", "k||[b]", "l|w"]]],
  ])("reads %s", (_, text, expected) => {
    expect(shape(parseIni(text).sections)).toEqual(expected);
  });

  it.each([
    ["[a]\n# mine\nk=v\n", true],
    ["[a] # mine\nk=v\n", true],
    ["[a]\nk=v\ngarbage\n", true],
    ["[a]\nk=v\n# of the next one\n[b]\n", false],
    ["[a]\nk=v\n\n", false],
  ])("knows whose remarks they are: %j", (text, expected) => {
    expect(parseIni(text).sections[0]?.hasComments).toBe(expected);
  });

  it("returns the first value of a key, and the newline for new lines", () => {
    const { sections, newline } = parseIni("[a]\r\nk=1\r\nk=2\r\n[b]\n");
    expect(readValue(sections[0] as IniSection, "k")).toBe("1");
    expect(newline).toBe("\r\n");
    expect(parseIni("a\rb\rc").newline).toBe("\r");
    expect(parseIni("# a\rb\n").newline).toBe("\n");
    expect(parseIni("").newline).toBe("\n");
  });
});
