// A process that writes the sealed store is killed by SIGKILL before each of its effects on files. Then another
// process finds every item as it was before or after the write that was killed, and does the rest.

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openKeychain } from "../../src/adapters/keychain/open.ts";
import { type Bundle, bundleForNode } from "../support/bundle.ts";
import { makeKeychainContext } from "../support/keychain-context.ts";
import { root, runProcess } from "../support/processes.ts";
import { writeSealedVersion1 } from "../support/sealed-version1.ts";

const role = "role-session/x/account/Role";
const before: Readonly<Record<string, string>> = {
  "key/x": "old key",
  "mfa-seed/x/device": "seed",
  "mfa-session/x": "old session",
  [role]: "old role session",
};
/** Each step with the items that it changes, and what they are then. */
const steps: readonly (readonly [string, string, string?])[] = [
  ["write", "key/x", "new key"],
  ["write", "mfa-session/x", "new session"],
  ["remove", role],
  ["write", "next-key/x", "next"],
  ["remove", "mfa-seed/x/device"],
];

let bundle: Bundle;
beforeAll(async () => {
  bundle = await bundleForNode("test/contract/keychain-probe.ts");
});
afterAll(() => bundle.remove());

type Answer = { readonly ok?: string | null; readonly code?: string; readonly bug?: string };

async function run(folder: string, all: readonly unknown[], env: Record<string, string> = {}) {
  const input = all.map((step) => `${JSON.stringify(step)}\n`).join("");
  const { status, stdout } = await runProcess([process.execPath, bundle.path], {
    env: { PATH: process.env.PATH ?? "", AWST_KEYCHAIN: "file", AWST_TEST_FOLDER: folder, ...env },
    input,
  });
  const lines = stdout.split("\n").slice(0, -1);
  return { status, answers: lines.map((line): Answer => JSON.parse(line)) };
}

/** Reads every item in this process, with a keychain that was opened for it. */
async function readAll(folder: string) {
  const env = { AWST_KEYCHAIN: "file" };
  const keychain = openKeychain(makeKeychainContext({ backend: "auto", env, folder }));
  const found = new Map<string, string | undefined>();
  for (const name of new Set([...Object.keys(before), ...steps.map(([, item]) => item)])) {
    found.set(name, (await keychain.read(name))?.reveal());
  }
  return found;
}

/** What is stored after the first `count` steps. */
function expected(count: number): Map<string, string | undefined> {
  const items = new Map<string, string | undefined>(Object.entries(before));
  for (const [, item] of steps) if (!items.has(item)) items.set(item, undefined);
  for (const [, item, value] of steps.slice(0, count)) items.set(item, value);
  return items;
}

test.each([
  ["a file of version 1", (folder: string) => writeSealedVersion1(folder, before)],
  [
    "a store of this version",
    async (folder: string) => {
      writeSealedVersion1(folder, before);
      await run(folder, [["remove", "key/none"]]);
    },
  ],
])("%s: a kill before any effect loses no item", async (_, prepare) => {
  const prepared = mkdtempSync(join(tmpdir(), "awst-kill-"));
  await prepare(prepared);
  for (let at = 0, isWhole = false; !isWhole; at++) {
    const folder = mkdtempSync(join(tmpdir(), "awst-kill-"));
    cpSync(prepared, folder, { recursive: true });
    const countFile = join(folder, "count");
    const killed = await run(folder, steps, {
      NODE_OPTIONS: `--require ${root}/test/support/kill-at.cjs`,
      KILL_AT: String(at),
      KILL_COUNT_FILE: countFile,
    });
    isWhole = killed.status === 0;
    expect(isWhole).toBe(existsSync(countFile));
    const done = killed.answers.length;
    const found = await readAll(folder);
    // The step that was killed has its effect or not.
    const either = [expected(done), expected(Math.min(done + 1, steps.length))];
    expect(either, `killed before effect ${at}`).toContainEqual(found);
    const rest = await run(folder, steps.slice(done));
    expect(rest.answers.filter(({ code, bug }) => code ?? bug)).toEqual([]);
    expect(await readAll(folder)).toEqual(expected(steps.length));
    if (isWhole) expect(Number(readFileSync(countFile, "utf8"))).toBeGreaterThan(15);
    rmSync(folder, { recursive: true });
  }
  rmSync(prepared, { recursive: true });
});
