// What Tab gives in real shells on a terminal: commands, options, accounts, roles; names that need quotes; and
// that no key press starts a program.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { type Pty, spawnPty } from "../support/pty.ts";
import { closeTerminal } from "./close-terminal.ts";
import { type Dialect, dialects } from "./dialects.ts";

const nasty = "it's my $prod `x`";

let home: Home;
beforeAll(async () => {
  home = await makeHome({ configuration: null });
  home.write(
    ".config/awstools/config.toml",
    `[profiles]
mainAccount = "main-account"
[accounts]
main-account = "111111111111"
"${nasty}" = "222222222222"
"a:b@c" = "333333333333"
[accounts.production]
id = "444444444444"
roles = ["audit/ReadOnly"]
[roles.DeveloperAccess]
[roles."audit/ReadOnly"]
`,
  );
});
afterAll(() => home.remove());

/** The keys before Tab, and the words that stand on the line then. */
const lines: readonly (readonly [string, readonly string[]])[] = [
  ["assu", ["assume"]],
  ["key rot", ["key", "rotate"]],
  ["assume main", ["assume", "main-account"]],
  ["assume main-account Dev", ["assume", "main-account", "DeveloperAccess"]],
  // its own roles, and by a part of its name
  ["assume production ", ["assume", "production", "audit/ReadOnly"]],
  ["assume ductio ", ["assume", "ductio", "audit/ReadOnly"]],
  [
    "--quiet exec --region us-east-1 main",
    [..."--quiet exec --region us-east-1".split(" "), "main-account"],
  ],
  ["assume it", ["assume", nasty]],
  ["assume 'it", ["assume", nasty]],
  ['assume "it', ["assume", nasty]],
  ["assume it\\'s\\ my", ["assume", nasty]],
  ["assume a:b", ["assume", "a:b@c"]],
  ["assume --prof", ["assume", "--profile-only"]],
  ["assume --format dot", ["assume", "--format", "dotenv"]],
  ["assume --format=dot", ["assume", "--format=dotenv"]],
  ["list --identity mai", ["list", "--identity", "main-account"]],
  ["shell-init pow", ["shell-init", "powershell"]],
];

describe.each(dialects)("$name", (shell) => {
  let pty: Pty;
  beforeAll(async () => {
    pty = await openShell(shell, home);
    // What stands on the line, word by word, and no program.
    const print =
      shell.name === "fish"
        ? "function awst; printf '<%s>' $argv; echo; end"
        : "awst() { printf '<%s>' \"$@\"; echo; }";
    pty.type(
      `${shell.take(`completion ${shell.name}`)}; ${print}; ${shell.set("PATH", "/nowhere")}; echo rea''dy2\r`,
    );
    await pty.expect("ready2");
    await pty.expect("ready> ");
  });
  afterAll(() => closeTerminal(pty));

  test.each(lines)("%s", async (typed, command) => {
    pty.type(`awst ${typed}`);
    pty.press("tab");
    pty.press("enter");
    const line = command.map((arg) => `<${arg}>`).join("");
    const seen = await pty.expect(/<.*>\n|command not found|\nbash: |> $/);
    expect(seen.trim()).toBe(line);
    await pty.expect("ready> ");
  });
});

async function openShell(shell: Dialect, { path, env }: Home): Promise<Pty> {
  const [program = "", ...args] = shell.interactive;
  const pty = spawnPty(program, args, { env, cwd: path, cols: 200 });
  const compinit = shell.name === "zsh" ? "autoload -U compinit; compinit -u -D; " : "";
  pty.type(`${compinit}${shell.prompt}; echo sta''rted\r`);
  await pty.expect("started");
  await pty.expect("ready> ");
  return pty;
}
