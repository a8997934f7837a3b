import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AwstError } from "../model/errors.ts";
import { readWithCommander } from "./commander-program.ts";
import { type ParsedWords, parseWords } from "./parse-words.ts";
import { globalOptions, nameOf } from "./verb.ts";
import { verbs } from "./verbs.ts";

/** What was understood, without what was left out. */
function tell(parsed: ParsedWords | undefined): unknown {
  if (parsed === undefined) return undefined;
  const { verb, words, globals } = parsed;
  return JSON.parse(JSON.stringify({ verb: nameOf(verb), ...words, ...globals }));
}

function readSlowly(argv: readonly string[]): unknown {
  try {
    const answer = readWithCommander(argv, verbs);
    return "text" in answer
      ? { text: answer.text.split("\n")[0], asked: answer.asked }
      : tell(answer);
  } catch (error) {
    if (!(error instanceof AwstError)) throw error;
    return { code: error.code, message: error.message, hint: error.hint };
  }
}

const nothing = { arguments: [], options: {}, rest: [], json: false };
const plain = { quiet: false, debug: false, color: true };

describe("both parsers", () => {
  test.each([
    ["assume", { verb: "assume", ...nothing, ...plain }],
    ["assume a r", { verb: "assume", ...nothing, arguments: ["a", "r"], ...plain }],
    ["--quiet assume a --debug r", { arguments: ["a", "r"], quiet: true, debug: true }],
    ["--config c --identity=i assume", { configuration: "c", identity: "i" }],
    ["assume --config one --config two", { configuration: "two" }],
    ["--config one assume --config two", { configuration: "two" }],
    ["--config assume assume", { configuration: "assume", arguments: [] }],
    ["assume --no-color", { color: false }],
    ["--no-color assume --json", { color: false, json: true }],
    ["assume --config=", { configuration: "" }],
    ["assume --tag a=b --tag=c=d", { options: { tag: ["a=b", "c=d"] } }],
    ["assume --tag one", { options: { tag: ["one"] } }],
    ["assume --duration 1h --duration 2h", { options: { duration: "2h" } }],
    ["assume --single --single", { options: { single: true } }],
    ["assume --format fish --region=x", { options: { format: "fish", region: "x" } }],
    ["assume -- --json", { arguments: ["--json"], json: false }],
    ["assume a -- r", { arguments: ["a", "r"], rest: [] }],
    ["assume - r", { arguments: ["-", "r"] }],
    ["env help r", { arguments: ["help", "r"] }],
    ["exec a r -- aws s3 ls --debug", { rest: ["aws", "s3", "ls", "--debug"], debug: false }],
    ["exec a r -- a -- b", { rest: ["a", "--", "b"] }],
    [
      "exec --tag k=v a r --refresh -- x",
      { options: { tag: ["k=v"], refresh: true }, rest: ["x"] },
    ],
    ["exec a r -- --help", { rest: ["--help"] }],
    ["profile remove one two three", { arguments: ["one", "two", "three"] }],
    ["--json profile list", { verb: "profile list", json: true }],
    ["credential-process --identity other", { identity: "other", arguments: [] }],
  ])("understand alike: %s", (line, expected) => {
    const argv = line.split(" ");
    expect(tell(parseWords(argv, verbs))).toMatchObject(expected);
    expect(readSlowly(argv)).toEqual(tell(parseWords(argv, verbs)));
  });

  // Every word that means something somewhere, and some that mean nothing.
  const flags = [...globalOptions, ...verbs.flatMap(({ options }) => options)].flatMap(
    ({ name, placeholder }) => [`--${name}`, ...(placeholder ? [`--${name}=v`] : [])],
  );
  const others = ["a", "r", "k=v", "env", "", "-", "--", "-h", "-x", "--nix", "help", "--json=1"];
  const word = fc.oneof(
    fc.constantFrom(...flags),
    fc.constantFrom(...others),
    fc.constantFrom(...others),
    fc.constantFrom(...verbs.flatMap(({ path }) => path)),
  );
  const line = fc
    .tuple(
      fc.array(word, { maxLength: 2 }),
      fc.constantFrom(...verbs),
      fc.array(word, { maxLength: 6 }),
    )
    .map(([before, { path }, after]) => [...before, ...path, ...after]);

  test("whatever the quick one understands, commander understands alike", () => {
    let understood = 0;
    fc.assert(
      fc.property(line, (argv) => {
        const quick = tell(parseWords(argv, verbs));
        if (quick === undefined) return;
        understood += 1;
        expect(readSlowly(argv)).toEqual(quick);
      }),
      { numRuns: 5000 },
    );
    expect(understood).toBeGreaterThan(100);
  });
});

describe("parseWords() leaves to commander", () => {
  test.each([
    ["nothing at all", ""],
    ["help", "assume --help"],
    ["short help", "assume -h"],
    ["the version", "--version"],
    ["an unknown verb", "asume a r"],
    ["an unknown option", "assume --formt env"],
    ["an unknown global option", "--nix assume"],
    ["a missing value", "assume a r --duration"],
    ["a value that looks like an option", "assume --duration --single"],
    ["a value for a flag", "assume --single=yes"],
    ["a wrong choice", "assume a r --format yaml"],
    ["too few words", "env a"],
    ["too many words", "assume a r x"],
    ["a program without its --", "exec a r ls"],
    ["no program", "exec a r --"],
    ["--json where there is none", "env a r --json"],
    ["half a verb", "key"],
  ])("%s", (_name, line) => {
    expect(parseWords(line.split(" ").filter(Boolean), verbs)).toBeUndefined();
  });
});

describe("readWithCommander()", () => {
  test.each([
    ["", { text: "Usage: awst [options] COMMAND", asked: false }],
    ["--help", { text: "Usage: awst [options] COMMAND", asked: true }],
    ["help", { text: "Usage: awst [options] COMMAND", asked: true }],
    ["key", { text: "Usage: awst key COMMAND", asked: false }],
    ["assume --help", { text: "Usage: awst assume [options] [ACCOUNT [ROLE]]", asked: true }],
    ["help exec", { text: "Usage: awst exec [options] ACCOUNT ROLE -- CMD…", asked: true }],
    ["key import -h", { text: "Usage: awst key import [options] [PROFILE]", asked: true }],
    ["--version", { text: "0.1.0", asked: true }],
    ["exec --version", { text: "0.1.0", asked: true }],
  ])("awst %s: text", (line, expected) => {
    expect(readSlowly(line.split(" ").filter(Boolean))).toEqual(expected);
  });

  test.each([
    ["asume", "COMMAND_UNKNOWN", "unknown command 'asume'", "did you mean assume?"],
    ["key ad", "COMMAND_UNKNOWN", "unknown command 'ad'", "did you mean add?"],
    ["xyzzy", "COMMAND_UNKNOWN", "unknown command 'xyzzy'", "awst --help"],
    ["assume --formt x", "USAGE", "unknown option '--formt'", "did you mean --format?"],
    ["assume --jsn", "USAGE", "unknown option '--jsn'", "did you mean --json?"],
    ["--quit assume", "USAGE", "unknown option '--quit'", "did you mean --quiet?"],
    [
      "assume --format yaml",
      "USAGE",
      "option '--format <FORMAT>' argument 'yaml' is invalid. Allowed choices are env, fish, powershell, cmd, dotenv, json",
      "awst assume --help",
    ],
    ["env a", "USAGE", "missing required argument 'ROLE'", "awst env --help"],
    [
      "env a r x",
      "USAGE",
      "too many arguments for 'env'. Expected 2 arguments but got 3",
      "awst env --help",
    ],
    ["env a r --json", "USAGE", '"env" has no --json', "awst env --help"],
    [
      "exec a -- ls",
      "USAGE",
      "missing required argument 'ROLE'",
      "awst exec [options] ACCOUNT ROLE -- CMD…",
    ],
    [
      "exec a r ls",
      "USAGE",
      "the program to run stands behind --",
      "awst exec [options] ACCOUNT ROLE -- CMD…",
    ],
    ["exec a r ls -l", "USAGE", "unknown option '-l'", "awst exec [options] ACCOUNT ROLE -- CMD…"],
  ])("awst %s: %s", (line, code, message, hint) => {
    expect(readSlowly(line.split(" "))).toEqual({ code, message, hint });
  });
});
