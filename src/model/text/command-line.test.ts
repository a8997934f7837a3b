import fc from "fast-check";
import { expect, test } from "vitest";
import { batchCommandLine } from "./command-line.ts";

test.each([
  ["C:/tools/cdk.cmd", ["deploy"], '"C:\\tools\\cdk.cmd ^"deploy^""'],
  ["C:\\Program Files\\a.cmd", ["a b"], '"C:\\Program^ Files\\a.cmd ^"a^ b^""'],
  ["a.cmd", ["100%&x"], '"a.cmd ^"100^%^&x^""'],
  ["a.cmd", ['say "hi"\\'], '"a.cmd ^"say^ \\^"hi\\^"\\\\^""'],
  ["p\\node_modules\\.bin\\a.cmd", ["x y"], '"p\\node_modules\\.bin\\a.cmd ^^^"x^^^ y^^^""'],
])("%s %j", (file, args, line) => {
  expect(batchCommandLine(file, args)).toEqual(["/d", "/s", "/c", line]);
});

/** Splits a line as the C runtime does, as documented by Microsoft. */
function splitLine(line: string): string[] {
  const args: string[] = [];
  for (const [, quoted = ""] of line.matchAll(/"((?:\\+"|[^"])*?(?:\\\\)*)"(?= |$)/g)) {
    args.push(
      quoted.replaceAll(/(\\+)("|$)/g, (_, slashes: string, end: string) => {
        const half = "\\".repeat(slashes.length >> 1);
        return end === '"' ? `${half}"` : half;
      }),
    );
  }
  return args;
}

test("after cmd has removed its carets, the program reads the original argument", () => {
  const arg = fc.string({
    unit: fc.constantFrom("a", " ", '"', "%", "^", "&", "|", "<", ")", "!", "\\"),
    maxLength: 8,
  });
  fc.assert(
    fc.property(arg, (given) => {
      const line =
        batchCommandLine("a.cmd", [given]).at(-1)?.slice(1, -1).replaceAll(/\^(.)/g, "$1") ?? "";
      expect(splitLine(line.slice("a.cmd ".length))).toEqual([given]);
    }),
  );
});
