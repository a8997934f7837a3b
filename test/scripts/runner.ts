// Runs a page of the manual: comments (`# …`), one command a line, and files behind `-- name --` lines,
// which are written under $HOME first (`config.toml`: the path that awst reads). Arguments are split as a
// shell does; $CODE, $SEED, $ACCOUNT, $ACCESS_KEY_ID, $SECRET_ACCESS_KEY come from the sandbox, others from the
// environment. A page's part `-- sandbox --` names another fixture; $FRESH_… is its user without a device.
// `runner-commands.ts` describes the commands. The first line whose claim is wrong fails the page.

import { readFileSync } from "node:fs";
import { isFixtureName } from "../../sandbox/sandbox.ts";
import { makeHome } from "../support/home.ts";
import { commands } from "./runner-commands.ts";
import { parsePage, type Scene } from "./runner-page.ts";
import { splitArgs } from "./split-args.ts";

/** Runs the page; an Error names the file, the line and the actual output. */
export async function runPage(file: string): Promise<void> {
  const page = parsePage(readFileSync(file, "utf8"));
  const fixture = page.files.get("sandbox")?.trim();
  if (fixture !== undefined && !isFixtureName(fixture)) throw new Error(`no fixture ${fixture}`);
  await using home = await makeHome({
    ...(fixture && { sandbox: { fixture } }),
    ...(page.files.has("config.toml") && { configuration: null }),
    keyInProfile: !page.files.has(".aws/credentials"),
  });
  const { accountId, accessKeyId, secretAccessKey, seed } = home.sandbox.main;
  const known = new Map([
    ["$FRESH_ACCESS_KEY_ID", home.sandbox.fresh.accessKeyId],
    ["$FRESH_SECRET_ACCESS_KEY", home.sandbox.fresh.secretAccessKey],
    ["$ACCOUNT", accountId],
    ["$ACCESS_KEY_ID", accessKeyId],
    ["$SECRET_ACCESS_KEY", secretAccessKey],
    ["$SEED", seed],
  ]);
  const fill = ([name, text]: readonly [string, string]): [string, string] => [
    name,
    text.replace(/\$[A-Z_]+/g, (name) => known.get(name) ?? name),
  ];
  const scene: Scene = {
    home,
    page: { ...page, files: new Map([...page.files].map(fill)) },
    env: {},
    machine: undefined,
    answered: undefined,
    input: undefined,
    pty: undefined,
    skipped: undefined,
  };
  for (const [name, text] of scene.page.files) {
    if (name === "sandbox") continue;
    home.write(name === "config.toml" ? ".config/awstools/config.toml" : name, text);
  }
  for (const [at, line] of page.lines.entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    try {
      await runLine(scene, line);
    } catch (cause) {
      scene.pty?.hangUp();
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${file}:${at + 1}: ${line}\n${why}${describe(scene)}`, { cause });
    }
    if (scene.skipped !== undefined) {
      console.log(`${file}: skipped: ${scene.skipped}`);
      return;
    }
  }
  if (scene.pty !== undefined)
    throw new Error(`${file}: the last program on the terminal never ended`);
}

async function runLine(scene: Scene, line: string): Promise<void> {
  const { accountId, accessKeyId, secretAccessKey, seed } = scene.home.sandbox.main;
  const parts = splitArgs(line, {
    ...scene.home.envWith(scene.env),
    CODE: codeOf(scene),
    ACCOUNT: accountId,
    ACCESS_KEY_ID: accessKeyId,
    SECRET_ACCESS_KEY: literally(secretAccessKey),
    SEED: seed,
  });
  const negated = parts[0] === "!";
  const [name = "", ...args] = negated ? parts.slice(1) : parts;
  const command = commands[name];
  if (command === undefined) throw new Error(`no command of this name: ${name}`);
  await command(scene, args, negated);
}

/** Of the phone of the machine whose machine it is. */
function codeOf({ home, machine }: Scene): string {
  return home.sandbox.code(machine === undefined ? undefined : home.sandbox.users[machine]?.serial);
}

function describe(scene: Scene): string {
  if (scene.answered === undefined) return "";
  const { status, stdout, stderr } = scene.answered;
  return `\n--- status ${status}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`;
}

/** Escapes the characters that are special in a pattern. */
function literally(text: string): string {
  return text.replace(/[+/]/g, "\\$&");
}
