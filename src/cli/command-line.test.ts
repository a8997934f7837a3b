import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flagName, globalOptions } from "../args/options.ts";
import { findCommand, parseCommand } from "../args/parse.ts";
import { AwstError } from "../model/errors.ts";
import { commandNames, loadDefinitions } from "./commands.ts";
import { run } from "./run.ts";
import { usageError } from "./usage.ts";

const definitions = await loadDefinitions();

/** What is parsed, without what is undefined; or the error. */
function read(argv: readonly string[]): unknown {
  const found = findCommand(argv, commandNames);
  const definition = definitions.find(({ name }) => name === found.name);
  if (found.name === undefined || definition === undefined) return found;
  try {
    const parsed = parseCommand(definition, found.argv);
    if (parsed.kind === "parsed") return shown({ ...parsed.args, ...parsed.globals });
    if (parsed.kind === "help" || parsed.kind === "version") return parsed.kind;
    throw usageError(definition, parsed, { argv: found.argv });
  } catch (error) {
    if (!(error instanceof AwstError)) throw error;
    return { code: error.code, message: error.message, hint: error.hint };
  }
}

function shown(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** What the whole program prints for a line that runs no command. */
async function print(argv: readonly string[]): Promise<unknown> {
  const printed: string[] = [];
  const errorOutput: string[] = [];
  const status = await run(argv, {
    env: {},
    openContext: () => {
      throw new Error(`${argv.join(" ")} runs a command`);
    },
    crashed: new Promise(() => {}),
    print: async (text) => void printed.push(text),
    printError: async (text) => void errorOutput.push(text),
  });
  const lines = (texts: readonly string[]) => texts.join("").split("\n");
  return { status, printed: lines(printed)[0], errorOutput: lines(errorOutput).slice(0, 2) };
}

const none = { program: [], json: false, quiet: false, debug: false, color: true };

describe("the parser understands", () => {
  test.each([
    ["assume", { command: "assume", ...none, single: false, policyArn: [] }],
    ["assume a r", { command: "assume", ...none, account: "a", role: "r" }],
    ["--quiet assume a --debug r", { account: "a", role: "r", quiet: true, debug: true }],
    ["--config c --identity=i assume", { configuration: "c", identity: "i" }],
    ["assume --config one --config two", { configuration: "two" }],
    ["--config one assume --config two", { configuration: "two" }],
    ["--config assume assume", { configuration: "assume" }],
    ["assume --no-color", { color: false }],
    ["--no-color assume --json", { color: false, json: true }],
    ["whoami --profile -lead/Dev", { profile: "-lead/Dev" }],
    ["assume --identity --nix a r", { identity: "--nix", account: "a", role: "r" }],
    ["assume --identity=--json a r", { identity: "--json", account: "a", json: false }],
    ["assume --config=", { configuration: "" }],
    ["assume --tag a=b --tag=c=d", { tag: { a: "b", c: "d" } }],
    ["assume --policy-arn x --policy-arn=y", { policyArn: ["x", "y"] }],
    ["assume --tag one=", { tag: { one: "" } }],
    ["assume --duration 1h --duration 2h", { duration: 7200 }],
    ["assume --single --single", { single: true }],
    ["assume --format fish --region=eu-west-1", { format: "fish", region: "eu-west-1" }],
    ["assume -pe file", { exportProfile: true, export: "file" }],
    ["assume -- --json", { account: "--json", json: false }],
    ["assume a -- r", { account: "a", role: "r", program: [] }],
    ["assume - r", { account: "-", role: "r" }],
    ["env help r", { account: "help", role: "r" }],
    ["exec a r -- aws s3 ls --debug", { program: ["aws", "s3", "ls", "--debug"], debug: false }],
    ["exec a r -- a -- b", { program: ["a", "--", "b"] }],
    ["exec --tag k=v a r --refresh -- x", { tag: { k: "v" }, refresh: true, program: ["x"] }],
    ["exec a r -- --help", { program: ["--help"] }],
    ["profile remove one two three", { profiles: ["one", "two", "three"] }],
    ["--json profile list", { command: "profile list", json: true }],
    ["profile --json list", { command: "profile list", json: true }],
    ["credential-process --identity other", { identity: "other" }],
    [
      "init --account main=111111111111 --role Dev=90m --region eu-west-1",
      {
        account: [{ name: "main", id: "111111111111" }],
        role: [{ name: "Dev", duration: "1h30m" }],
        region: "eu-west-1",
      },
    ],
    ["key delete AKIA -y", { id: "AKIA", yes: true }],
    [
      "key delete AKIA --identity other -y",
      { fullLine: ["awst", "key", "delete", "AKIA", "--identity", "other", "--yes"] },
    ],
    [
      "assume a r --tag a=1 --tag b=2 --refresh --mfa-code 123456 --region eu-west-1",
      {
        fullLine: [
          ...["awst", "assume", "a", "r", "--tag", "a=1", "--tag", "b=2"],
          ...["--refresh", "--region", "eu-west-1"],
        ],
      },
    ],
  ])("%s", (line, expected) => {
    expect(read(line.split(" "))).toMatchObject(expected);
  });

  // Every flag and command, and arguments that mean nothing.
  const options = definitions.map((each) => each.options ?? {});
  const flags = [globalOptions, ...options].flatMap((each) =>
    Object.entries(each).flatMap(([name, { placeholder }]) => [
      flagName(name),
      ...(placeholder === undefined ? [] : [`${flagName(name)}=v`]),
    ]),
  );
  const others = ["a", "r", "k=v", "env", "", "-", "--", "-h", "-x", "--nix", "help", "--json=1"];
  const nameParts = commandNames.flatMap((name) => name.split(" "));
  const argument = fc.oneof(
    fc.constantFrom(...flags),
    fc.constantFrom(...others),
    fc.constantFrom(...others),
    fc.constantFrom(...nameParts),
  );
  const line = fc
    .tuple(
      fc.array(argument, { maxLength: 2 }),
      fc.constantFrom(...commandNames),
      fc.array(argument, { maxLength: 6 }),
    )
    .map(([before, name, after]) => [...before, ...name.split(" "), ...after]);

  test("any line, or returns USAGE with a hint", () => {
    let parsed = 0;
    fc.assert(
      fc.property(line, (argv) => {
        const answer = read(argv);
        if (typeof answer === "object" && answer !== null && "fullLine" in answer) parsed += 1;
        else if (typeof answer === "object" && answer !== null && "code" in answer) {
          expect(answer).toMatchObject({ code: "USAGE" });
        }
      }),
      { numRuns: 5000 },
    );
    expect(parsed).toBeGreaterThan(100);
  });
});

describe("what is printed without a command", () => {
  test.each([
    ["", "awst: AWS role sessions"],
    ["--help", "awst: AWS role sessions"],
    ["help", "awst: AWS role sessions"],
    ["assume --help", "Usage: awst assume [options] [ACCOUNT [ROLE]]"],
    ["assume -h", "Usage: awst assume [options] [ACCOUNT [ROLE]]"],
    ["assume --nix --help", "Usage: awst assume [options] [ACCOUNT [ROLE]]"],
    ["help exec", "Usage: awst exec [options] [ACCOUNT [ROLE]] [-- CMD…]"],
    ["key import -h", "Usage: awst key import [options] [PROFILE]"],
    ["key --help", "Usage: awst key COMMAND"],
    ["help key", "Usage: awst key COMMAND"],
    ["--version", "0.1.0"],
    ["exec --version", "0.1.0"],
    ["help --json", "awst: AWS role sessions"],
    ["help --quiet", "awst: AWS role sessions"],
    ["help -h", "awst: AWS role sessions"],
    ["help --config x", "awst: AWS role sessions"],
    ["--json help", "awst: AWS role sessions"],
    ["help --config x exec", "Usage: awst exec [options]"],
    ["help exec --no-color", "Usage: awst exec [options]"],
    ["help key --identity=i rotate", "Usage: awst key rotate [options]"],
    ["key help", "Usage: awst key COMMAND"],
    ["key help rotate --debug", "Usage: awst key rotate [options]"],
    ["help exec --version", "0.1.0"],
  ])("awst %s: on stdout, status 0", async (line, first) => {
    expect(await print(line.split(" ").filter(Boolean))).toEqual({
      status: 0,
      printed: expect.stringContaining(first),
      errorOutput: [""],
    });
  });

  test("half a command: its group on stderr, status 2", async () => {
    expect(await print(["key"])).toEqual({
      status: 2,
      printed: "",
      errorOutput: ["Usage: awst key COMMAND", ""],
    });
  });
});

describe("usage errors", () => {
  test.each([
    ["assume --formt x", "unknown option --formt", "did you mean --format?"],
    ["assume --jsn", "unknown option --jsn", "did you mean --json?"],
    ["assume --nix", "unknown option --nix", "awst assume --help"],
    ["assume a r --duration", "--duration needs a value: LENGTH", "awst assume --help"],
    [
      "assume --duration --single",
      "--duration needs a value: LENGTH",
      "for a value with the name of an option: --duration=--single",
    ],
    ["assume --single=yes", "--single takes no value", "awst assume --help"],
    [
      "assume --format yaml",
      '--format must be one of env, fish, powershell, cmd, dotenv, json, not "yaml"',
      "awst assume --help",
    ],
    [
      "shell-init tcsh",
      'SHELL must be one of bash, zsh, fish, powershell, not "tcsh"',
      "awst shell-init --help",
    ],
    ["key delete", "missing argument ID", "awst key delete --help"],
    ["env a r x", 'env takes no argument "x"', "awst env --help"],
    ["env a r --json", "env has no --json", "awst env --help"],
    ["exec a r ls", "type -- before the program to run", "awst exec a r -- ls"],
    [
      "exec a r ls -- x",
      'exec takes no argument "ls"',
      "awst exec [options] [ACCOUNT [ROLE]] [-- CMD…]",
    ],
    ["exec a r --", "no program after --", "awst exec [options] [ACCOUNT [ROLE]] [-- CMD…]"],
    ["exec a r ls -l", "type -- before the program to run", "awst exec a r -- ls -l"],
    ["assume --duration soon", '--duration "soon" is not a duration', /^examples/],
    ["assume --tag one", '--tag "one" is not KEY=VALUE', "--tag team=platform"],
    ["assume --tag a=1 --tag A=2", '--tag "A" is given twice', undefined],
    ["assume --region mars", '--region "mars" is not the name of a region', "--region eu-west-1"],
    ["assume --mfa-code 12", "--mfa-code is not six digits", /six digits/],
    ["key list --mfa-code 12", "--mfa-code is not six digits", /six digits/],
    [
      "init --account main=12",
      '--account "main=12" is not an account: write NAME=12 digits',
      /^main/,
    ],
    [
      "init --role Dev=soon",
      '--role "Dev=soon" is not a role: write NAME=4h',
      "DeveloperAccess=4h",
    ],
    ["init --region mars", '--region "mars" is not the name of a region', "--region eu-west-1"],
    ["key rotate --grace 366d", '--grace "366d" is not at most 365d', /^examples/],
    ["key rotate --grace 5x", '--grace "5x" is not a duration', /^examples/],
    ["key schedule --every 5x", '--every "5x" is not a duration', /^examples/],
    ["key schedule --every 1h", '--every "1h" is not between 1d and 365d', /^examples/],
    [
      "credential-process --identity i --single",
      "--single needs ACCOUNT and ROLE",
      "awst credential-process [options] [ACCOUNT [ROLE]]",
    ],
  ])("awst %s: %s", (line, message, hint) => {
    expect(read(line.split(" "))).toEqual({
      code: "USAGE",
      message,
      hint: hint instanceof RegExp ? expect.stringMatching(hint) : hint,
    });
  });

  test("every example in the hint of a duration is one that the option accepts", () => {
    const durations = definitions.flatMap((definition) =>
      Object.entries(definition.options ?? {}).map(([name, option]) => {
        const argv = [...definition.name.split(" "), `${flagName(name)}=soon`];
        const { hint = "" } = { hint: "", ...(read(argv) as { hint?: string }) };
        return { name, option, hint };
      }),
    );
    const tried = durations.filter(({ hint }) => hint.startsWith("examples: "));
    expect(tried.length).toBeGreaterThanOrEqual(5);
    for (const { name, option, hint } of tried) {
      const examples = /^examples: ([^;]*)/.exec(hint)?.[1]?.split(", ") ?? [];
      for (const each of examples) expect(option.read([each], flagName(name))).toBeGreaterThan(0);
    }
  });

  test.each([
    ["assume --json --format env", "--json", "--format"],
    ["assume --format env --profile-only", "--format", "--profile-only"],
    ["status --json --format x", "--json", "--format"],
    ["logout a --all", "--all", "ACCOUNT"],
    ["key rotate --undo --resume", "--undo", "--resume"],
    ["key schedule --every 7d --show", "--every", "--show"],
    ["key schedule --every 7d --remove", "--every", "--remove"],
    ["key schedule --show --remove", "--show", "--remove"],
    ["assume --unset a", "--unset", "ACCOUNT"],
    ["assume --unset --json", "--unset", "--json"],
    ["assume --unset --identity i", "--unset", "--identity"],
    ["assume --unset --refresh", "--unset", "--refresh"],
    ["assume --unset --region eu-west-1", "--unset", "--region"],
    ["assume --unset --duration 1h", "--unset", "--duration"],
    ["assume a r --profile-only --refresh", "--profile-only", "--refresh"],
    ["assume a r --profile-only --mfa-code 123456", "--profile-only", "--mfa-code"],
    ["console a r --print --browser x", "--print", "--browser"],
    ["whoami --profile p --identity i", "--profile", "--identity"],
    ["console a r --switch-role --device d", "--switch-role", "--device"],
    ["key rotate --undo --grace 1h", "--undo", "--grace"],
    ["key rotate --resume --dry-run", "--resume", "--dry-run"],
    ["key rotate --undo --if-older-than 7d", "--undo", "--if-older-than"],
    ["console a r --switch-role --browser x", "--switch-role", "--browser"],
    ["console a r --switch-role --mfa-code 123456", "--switch-role", "--mfa-code"],
    ["console a r --switch-role --refresh", "--switch-role", "--refresh"],
    ["console a r --switch-role --duration 1h", "--switch-role", "--duration"],
    ["console a r --switch-role --tag a=b", "--switch-role", "--tag"],
  ])("awst %s: a forbidden pair", (line, one, other) => {
    expect(read(line.split(" "))).toMatchObject({
      code: "USAGE",
      message: `${one} and ${other} can't be used together`,
    });
  });

  test.each([
    [
      "key rotate --if-older-than 7",
      "--if-older-than 7 has no unit",
      "for days: --if-older-than 7d",
    ],
    ["key rotate --if-older-than=007", "--if-older-than 007 has no unit", "--if-older-than 7d"],
  ])("awst %s: a time that means days has a unit", (line, message, hint) => {
    const expected = { code: "USAGE", message, hint: expect.stringContaining(hint) };
    expect(read(line.split(" "))).toMatchObject(expected);
  });

  test.each([
    ["key rotate --if-older-than 0", { ifOlderThan: 0 }],
    ["key rotate --if-older-than 1d12h", { ifOlderThan: 129_600 }],
    ["key rotate --grace 90", { grace: 90 }],
  ])("awst %s is a time", (line, expected) => {
    expect(read(line.split(" "))).toMatchObject(expected);
  });

  test.each([
    ["asume", 'unknown command "asume"', "did you mean awst assume?"],
    ["key ad", 'unknown command "key ad"', "did you mean awst key add?"],
    ["ky", 'unknown command "ky"', "did you mean awst key?"],
    ["xyzzy", 'unknown command "xyzzy"', "awst --help"],
    ["help xyzzy", 'unknown command "xyzzy"', "awst --help"],
    ["key xyzzy", 'unknown command "key xyzzy"', "awst key --help"],
    ["login", 'unknown command "login"', "did you mean awst assume?"],
    ["sso", 'unknown command "sso"', "did you mean awst assume?"],
    ["switch main", 'unknown command "switch"', "did you mean awst assume?"],
    ["use", 'unknown command "use"', "did you mean awst assume?"],
    ["ls", 'unknown command "ls"', "did you mean awst list?"],
    ["signout", 'unknown command "signout"', "did you mean awst logout?"],
    ["rotate", 'unknown command "rotate"', "did you mean awst key rotate?"],
    ["configure", 'unknown command "configure"', "did you mean awst init?"],
    ["--quit assume", "unknown option --quit", "did you mean --quiet?"],
    ["--nix assume", "unknown option --nix", "awst --help"],
    ["help --nix", "unknown option --nix", "awst --help"],
    ["--config", "--config needs a value: PATH", "awst --help"],
    ["--identity", "--identity needs a value: NAME", "awst --help"],
    ["help --config", "--config needs a value: PATH", "awst --help"],
    ["key --identity", "--identity needs a value: NAME", "awst key --help"],
    [
      "--config --json",
      "--config needs a value: PATH",
      "for a value with the name of an option: --config=--json",
    ],
    ["--quiet=yes", "--quiet takes no value", "awst --help"],
    ["-v", "unknown option -v", "did you mean --version?"],
    ["-V", "unknown option -V", "did you mean --version?"],
    ["-q", "unknown option -q", "did you mean --quiet?"],
    ["-x", "unknown option -x", "awst --help"],
    ["version", 'unknown command "version"', "did you mean awst --version?"],
    ["unset", 'unknown command "unset"', "did you mean awst assume --unset?"],
    ["key ls", 'unknown command "key ls"', "did you mean awst key list?"],
    ["mfa ls", 'unknown command "mfa ls"', "did you mean awst mfa list?"],
    ["profile ls", 'unknown command "profile ls"', "did you mean awst profile list?"],
    ["config ls", 'unknown command "config ls"', "did you mean awst config show?"],
    ["key rm", 'unknown command "key rm"', "did you mean awst key delete?"],
    ["mfa rm", 'unknown command "mfa rm"', "did you mean awst mfa remove?"],
    ["mfa delete", 'unknown command "mfa delete"', "did you mean awst mfa remove?"],
    ["mfa create", 'unknown command "mfa create"', "did you mean awst mfa add?"],
    ["key enable", 'unknown command "key enable"', "did you mean awst key activate?"],
  ])("awst %s: %s", async (line, message, hint) => {
    expect(await print(line.split(" "))).toEqual({
      status: 2,
      printed: "",
      errorOutput: [`awst: error: ${message}`, `awst: hint: ${hint}`],
    });
  });
});
