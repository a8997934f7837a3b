// A process that uses the keychain as awst does. It reads steps from stdin, one JSON line each, and prints one
// answer for each.

import { createInterface } from "node:readline";
import { openLocks } from "../../src/adapters/file/locks.ts";
import { openState } from "../../src/adapters/file/state.ts";
import { openKeychain } from "../../src/adapters/keychain/open.ts";
import { isAwstError } from "../../src/model/errors.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Terminal } from "../../src/ports/prompts.ts";

type Step = ["read" | "remove" | "peek", string] | ["write", string, string] | ["kind"];

const { env } = process;
const folder = env["AWST_TEST_FOLDER"] ?? "";
const locks = async () => openLocks(`${folder}/locks`);
const noTerminal = { isHere: () => false } as Terminal;
const messages: string[] = [];
const keychain = openKeychain({
  backend: "auto",
  env,
  paths: { sharedState: folder, runtime: undefined, home: "/nowhere", itemPrefix: "" },
  state: openState({ folder, command: "assume", now: () => new Date(), locks, debug: () => {} }),
  locks,
  terminal: async () => noTerminal,
  say: (line) => messages.push(line),
});

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}

async function answer(step: Step): Promise<unknown> {
  try {
    if (step[0] === "kind") return { ok: keychain.kind ?? null, messages };
    if (step[0] === "read") return { ok: (await keychain.read(step[1]))?.reveal() ?? null };
    if (step[0] === "write") return { ok: await keychain.write(step[1], new Secret(step[2])) };
    return { ok: await keychain.remove(step[1]) };
  } catch (error) {
    if (isAwstError(error)) return { code: error.code, message: error.message, hint: error.hint };
    return { bug: String(error) };
  }
}
