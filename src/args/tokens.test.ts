import { parseArgs } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type OptionShape, splitArguments } from "./tokens.ts";

const shapes: ReadonlyMap<string, OptionShape> = new Map([
  ["quiet", { takesValue: false, short: "q" }],
  ["debug", { takesValue: false, short: undefined }],
  ["config", { takesValue: true, short: "c" }],
  ["env", { takesValue: true, short: undefined }],
]);

function byNode(argv: readonly string[]) {
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      [...shapes].map(([name, { takesValue, short }]) => [
        name,
        {
          type: takesValue ? ("string" as const) : ("boolean" as const),
          ...(short !== undefined && { short }),
        },
      ]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  return tokens.map((token) => {
    if (token.kind === "option-terminator") return { kind: "terminator" };
    if (token.kind === "positional") {
      return { kind: "positional", value: token.value, index: token.index };
    }
    const { kind, name, rawName, value, inlineValue, index } = token;
    return { kind, name, rawName, value, isInline: inlineValue === true, index };
  });
}

const lines: readonly (readonly string[])[] = [
  [],
  ["main-account", "DeveloperAccess"],
  ["--config", "file", "name"],
  ["--config=file", "name"],
  ["--config="],
  ["--config"],
  ["--config", "--quiet"],
  ["--config", "--", "name"],
  ["--env=A=B=C"],
  ["--quiet=yes"],
  ["--unknown", "value"],
  ["--unknown=value"],
  ["--=value"],
  ["--=a=b"],
  ["-", "--", "-", "--", "-q"],
  ["-q", "-c", "file"],
  ["-cfile"],
  ["-c=file"],
  ["-qcfile"],
  ["-qc", "file"],
  ["-qxq"],
  ["-cmy-file", "-qcmy-file", "-c-"],
  ["-cq", "name"],
  ["---", "---quiet", "---a=b"],
  ["-é", "--é=ü"],
  ["", "--", ""],
  ["--__proto__", "--constructor=x", "-p"],
  ["-=x", "-q=x"],
];

test.each(lines.map((line) => [line]))("%j is split as by node:util", (line) => {
  expect(splitArguments(line, shapes)).toEqual(byNode(line));
});

const part = fc.constantFrom(
  ...["-", "--", "=", "q", "c", "quiet", "config", "env", "x", "é", " ", "__proto__", "\0"],
);
const argument = fc
  .oneof(fc.array(part, { maxLength: 6 }), fc.constantFrom(["--"], ["--config"], ["-c"]))
  .map((parts) => parts.join(""))
  // node:util takes a dash among letters for the end of all options.
  .filter((text) => !/^-[^-].*-/.test(text));

test("any arguments are split as by node:util", () => {
  const property = fc.property(fc.array(argument, { maxLength: 6 }), (argv) => {
    expect(splitArguments(argv, shapes)).toEqual(byNode(argv));
  });
  fc.assert(property, { numRuns: 3000 });
});

test("a dash among letters is an unknown option, and ends nothing", () => {
  expect(splitArguments(["-q-", "-q"], shapes)).toEqual([
    { kind: "option", name: "quiet", rawName: "-q", value: undefined, isInline: false, index: 0 },
    { kind: "option", name: "-", rawName: "-q-", value: undefined, isInline: false, index: 0 },
    { kind: "option", name: "quiet", rawName: "-q", value: undefined, isInline: false, index: 1 },
  ]);
});
