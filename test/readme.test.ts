// The console blocks of README.md are what awst prints on a terminal: their commands run in their order, in one home.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Home, makeHome } from "./support/home.ts";
import { root } from "./support/processes.ts";
import { spawnPty } from "./support/pty.ts";

const page = readFileSync(`${root}/README.md`, "utf8");

interface Shown {
  readonly command: string;
  readonly lines: readonly string[];
}

/** What stands behind each `$ ` of the blocks. A program that is not ours is left out. */
function shownIn(text: string): readonly Shown[] {
  const blocks = [...text.matchAll(/^ *```console\n(.*?)^ *```$/gms)].map(
    ([, block = ""]) => block,
  );
  return blocks
    .flatMap((block) => block.split(/^ *\$ /m).slice(1))
    .map((part) => {
      const [command = "", ...lines] = part.split("\n").map((line) => line.trim());
      return { command, lines: lines.filter((line) => line !== "") };
    })
    .filter(({ command }) => command.startsWith("awst "));
}

/** A shell on a terminal, in which lines are typed one after the other. */
async function openShell(home: Home, function_: "with function" | "without function") {
  const env = { ...home.env, PS1: "[ready]", BASH_SILENCE_DEPRECATION_WARNING: "1" };
  const pty = spawnPty("bash", ["--norc", "--noprofile", "-i"], { env, cols: 200 });
  await pty.expect("[ready]");
  /** Types a code where one is asked for, and returns what the terminal showed. */
  const run = async (command: string) => {
    const before = pty.transcript().length;
    pty.type(`${command}\r`);
    const first = await pty.expect(/\[ready\]|MFA code of /);
    if (first !== "[ready]") {
      pty.type(`${home.code()}\r`);
      await pty.expect("[ready]");
    }
    return pty.transcript().slice(before);
  };
  if (function_ === "with function") await run('eval "$(awst shell-init bash)"');
  const close = async () => {
    pty.type("exit\r");
    await pty.exit;
  };
  return { run, close };
}

/** Without what differs between two runs: codes, times, key ids, the kind of keychain, and how wide a column is because of them. */
function withoutChance(text: string): string {
  return text
    .replaceAll(/\b\d{4}-\d\d-\d\d \d\d:\d\d\b|\b\d\d:\d\d\b/g, "TIME")
    .replaceAll(/\b(\d+ (d|h|min|s) ?)+(?=\)| |$)|\b\d+h\d+m\b/gm, "WHILE ")
    .replaceAll(/\bA[KS]IA[A-Z0-9]{16}\b/g, "KEY")
    .replaceAll(/^\d{6}$/gm, "CODE")
    .replaceAll(/\bsealed file\b/g, "keychain")
    .replaceAll(/ +/g, " ");
}

test("README.md shows what awst prints on a terminal", async () => {
  const shown = shownIn(page);
  expect(shown.length).toBeGreaterThan(6);
  await using home = await makeHome();
  const { cloud, main } = home.sandbox;
  const Statement = { Effect: "Allow" as const, Action: "iam:*", Resource: "*" };
  cloud.account(main.accountId).attachToUser("admin", {
    name: "keys",
    document: { Version: "2012-10-17", Statement },
  });
  for (const args of [
    ["key", "import"],
    ["key", "describe", main.accessKeyId, "laptop", "--mfa-code", home.code()],
    ["logout", "--all"],
  ]) {
    expect(await home.awst(args)).toMatchObject({ status: 0 });
  }
  home.moveClock(8 * 24 * 60 * 60);
  const usual = await openShell(home, "with function");
  const plain = await openShell(home, "without function");
  for (const { command, lines } of shown) {
    const isPlain = lines.some((line) => line.startsWith("export "));
    const printed = withoutChance(await (isPlain ? plain : usual).run(command));
    const missing = lines.filter((line) => !printed.includes(withoutChance(line)));
    expect({ command, missing, printed }).toEqual({ command, missing: [], printed });
  }
  await usual.close();
  await plain.close();
});
