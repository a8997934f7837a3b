import { parse, TomlError } from "smol-toml";
import { describe, expect, test } from "vitest";
import { explainSyntax } from "./explain-syntax.ts";

function explain(text: string) {
  try {
    parse(text, { integersAsBigInt: true });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = ""] = error.message.split("\n");
    const { line, column } = error;
    const reason = first.replace(/^Invalid TOML document:\s*/, "");
    return { line, ...explainSyntax(text, { line, column, reason }) };
  }
  throw new Error("the parser accepts this");
}

describe("what is wrong in the line, and what to write", () => {
  test.each<[string, string, string]>([
    // Strings.
    ['a = "x\nb = 1', "not closed", 'close it with " on the same line'],
    ['a = "x', "not closed", 'close it with " on the same line'],
    ["a = 'x\nb = 1", "not closed", "close it with ' on the same line"],
    ['a = ["x", "y]\n', "not closed", 'close it with " on the same line'],
    ['a = """x\nb = 1', "not closed", 'close it with """'],
    ["a = '''x\nb = 1", "not closed", "close it with '''"],
    ['a = "x\u0001y"', "invisible character (U+0001)", "delete it"],
    ['a = "C:\\Users\\me"', "backslash", "a = 'C:\\Users\\me'"],
    ['a = "\\qx"', "backslash", "a = '\\qx'"],
    ["a = “x”", "“ is not a quotation mark", 'straight quotes: a = "x"'],
    ["a = ‘x’", "‘ is not a quotation mark", 'straight quotes: a = "x"'],
    ["a = „x“", "„ is not a quotation mark", 'straight quotes: a = "x"'],
    ["“my team” = 1", "“ is not a quotation mark", 'straight quotes: "my team" = 1'],
    ["a = `x`", "` is not a quotation mark", 'straight quotes: a = "x"'],
    ['a = “x"', "“ is not a quotation mark", 'straight quotes: a = "x"'],
    ["a = “Ada’s”", "“ is not a quotation mark", 'straight quotes: a = "Ada’s"'],
    ["a = “x” # it’s", "“ is not a quotation mark", 'straight quotes: a = "x" # it’s'],
    ["a = [“x”, “y”]", "“ is not a quotation mark", 'straight quotes: a = ["x", "y"]'],
    ["a = “x", "“ is not a quotation mark", 'straight quotes: name = "value"'],
    // Values.
    ["a = DeveloperAccess", "a must be a string", 'in quotes: a = "DeveloperAccess"'],
    ["a = 4h", "a must be a string", 'in quotes: a = "4h"'],
    ["a = 50%", "a must be a string", 'in quotes: a = "50%"'],
    ["a = $HOME", "a must be a string", 'in quotes: a = "$HOME"'],
    ["a = /bin/x --y", "a must be a string", 'in quotes: a = "/bin/x --y"'],
    [
      "a = arn:aws:iam::1:mfa/x # mine",
      "a must be a string",
      'in quotes: a = "arn:aws:iam::1:mfa/x"',
    ],
    ["a = 2024-13-01", "a must be a string", 'in quotes: a = "2024-13-01"'],
    ["a = 012345678901", "a must be a string, not a number", 'in quotes: a = "012345678901"'],
    ["a = C:\\new\\x.exe", "a must be a string", "in quotes: a = 'C:\\new\\x.exe'"],
    ["a = <your-account-id>", "a must be a string", 'in quotes: a = "<your-account-id>"'],
    ["a = True", "true or false", "write it so: a = true"],
    ["a = off", "true or false", "write it so: a = false"],
    ["a = None", "TOML has no None", "delete the line"],
    ["a =\nb = 1", "a has no value", 'a = "value"'],
    ["a = # later", "a has no value", 'a = "value"'],
    ["a == 1", "one = is between", "write it so: a = 1"],
    ["a := 1", "one = is between", "write it so: a = 1"],
    ['a = ["x" "y"]', "not complete", "a comma after each value"],
    ['a = ["x", "y"', "not complete", "at the end ] for a list"],
    ['a = ["x"\nb = 1', "not complete", "a comma after each value"],
    ["a = { b = 1", "not complete", "} for a table"],
    ["a = { b = 1 c = 2 }", "not complete", "a comma after each value"],
    // Names.
    ["[a]\nx = 1\n[a]\ny = 1", "redefine", "line 1 has [a] already: put its settings there"],
    ["[a]\nx = 1\n[b]\nx = 1\nx = 2", "redefine", "line 4 has x already: remove one of them"],
    ['[a]\nm = "1"\n[a.m]\nid = "2"', "redefine", "remove it here, or above"],
    ["a = {b=1, b=2}", "redefine", "remove it here, or above"],
    ['my team = "1"', "has to be in quotes", '"my team" = "1"'],
    ['größe = "1"', "has to be in quotes", '"größe" = "1"'],
    ["a@b = 1", "has to be in quotes", '"a@b" = 1'],
    ["[accounts.my team]", "has to be in quotes", '[accounts."my team"]'],
    ["[roles.audit/ReadOnly]", "has to be in quotes", '[roles."audit/ReadOnly"]'],
    ["[my team]", "has to be in quotes", '["my team"]'],
    ["[accounts", "not closed", "write it so: [accounts]"],
    ["accounts]", "has no [", "write it so: [accounts]"],
    ["[]", "the header has no name", "[accounts]"],
    ['a: "x"', "needs a =", 'write it so: a = "x"'],
    ['a = { b: "x" }', "needs a =", 'write it so: a = { b = "x" }'],
    ['a = { "b": "x", c: 1 }', "needs a =", 'write it so: a = { "b" = "x", c = 1 }'],
    ['a "x"', "needs a =", 'write it so: a = "x"'],
    ["main", "main has no value", 'main = "value"'],
    // Lines.
    ['[profiles] mainAccount = "m"', "on the line of the header [profiles]", 'mainAccount = "m"'],
    ['a = "x";', "the line ends with ;", "delete the ;"],
    ['a = "x",', "the line ends with ,", "delete the ,"],
    ["[a]]", "the line ends with ]", "delete the ]"],
    ['a = "x" and more', "more than one", "on its own line; a comment starts with #"],
    ["[a] text", "more than one", "a comment starts with #"],
    ["a = 1\rb = 2", "CR alone", "LF or CRLF"],
    ["a = 1\n<<<<<<< HEAD\nb = 2\n=======\nb = 3\n>>>>>>> x", "merge conflict", "<<<<<<<, ======="],
    ["=======\nb = 3\n>>>>>>> x", "merge conflict", "keep one of the two versions"],
    [">>>>>>> x", "merge conflict", "keep one of the two versions"],
    ['a\u00a0= "x"', "invisible character (U+00A0)", "delete it"],
    ['a = \u00a0"x"', "invisible character (U+00A0)", "delete it"],
    ['b = 1\n\ufeffa = "x"', "invisible character (U+FEFF)", "delete it"],
    ['a\u200b = "x"', "invisible character (U+200B)", "delete it"],
    // Other formats.
    ["// x", "// starts no comment", "a comment starts with #"],
    ["; x", "; starts no comment", "a comment starts with #"],
    ['{"a": 1}', "no braces", 'name = "value"'],
    ["- a", "no lists with dashes", 'name = ["one", "two"]'],
  ])("%j: %s", (text, message, hint) => {
    const found = explain(text);
    expect(found.message).toContain(message);
    expect(found.hint).toContain(hint);
    expect(`${found.message}${found.hint}`).not.toContain("\n");
  });
});

test.each([
  "<a>",
  "a. = 1",
  "= 1",
  "[[a]",
  "a = [[",
  "a = 1_",
  "a = {b}",
  '"a',
  "a = @",
  "a = -",
  "a = +",
  "[a.]",
  '"""a""" = 1',
])("%j, whatever the cause: a next step", (text) => {
  expect(explain(text).hint).not.toBe("");
});

test("a long line is not repeated", () => {
  const { message, hint } = explain(`a = ${"x".repeat(5000)}`);
  expect(message).toBe("not valid TOML: invalid value");
  expect(hint).toContain('name = "value"');
});

test("the hint that repeats a line is valid TOML", () => {
  const lines = [
    "a = “x”",
    "my team = 1",
    "a = 4h",
    "a = True",
    "[accounts.my team]",
    "a == 1",
    'a: "x"',
    "a = “Ada’s”",
    'a = “x"',
    "a = ‘x’",
    "a = C:\\new\\x.exe",
    "a = \\\\server\\share",
    'a = { b: "x", "c": 2 }',
  ];
  for (const line of [...lines, 'a = "C:\\Users"', "[roles.audit/ReadOnly]", "größe = 1"]) {
    const { hint } = explain(line);
    const written = hint.slice(hint.indexOf(": ") + 2);
    expect(() => parse(written), written).not.toThrow();
  }
});
