// What a warm credential-process and `status` load: the golden files name every built-in module and every
// source file. `npx vitest run test/startup.test.ts -u` rewrites them. Each added line costs time in every
// call of every AWS tool, or in every prompt.

import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Home, makeHome } from "./support/home.ts";
import { root } from "./support/processes.ts";

const command = ["credential-process", "main-account", "DeveloperAccess"];
const cold = /^(@aws-sdk|@smithy|smol-toml|toml-eslint-parser|@clack|open|otplib)/;

let home: Home;
beforeAll(async () => {
  home = await makeHome();
  const code = home.code();
  for (const each of [
    ["key", "import"],
    ["assume", ...command.slice(1), "--mfa-code", code],
    command,
  ]) {
    expect(await home.awst(each)).toMatchObject({ status: 0 });
  }
});
afterAll(() => home.remove());

test("a warm credential-process loads exactly the files of the golden file", async () => {
  const loaded = await trace(command);
  expect(loaded.filter((name) => cold.test(name))).toEqual([]);
  await expect(`${loaded.join("\n")}\n`).toMatchFileSnapshot("startup.golden.txt");
});

test("with a duration of its own, as in a profile of `assume --duration`, it loads no other file", async () => {
  const shaped = [...command, "--duration", "2h"];
  const [, ...names] = shaped;
  for (const each of [["assume", ...names], shaped]) {
    expect(await home.awst(each)).toMatchObject({ status: 0 });
  }
  expect(await trace(shaped)).toEqual(await trace(command));
});

test("inside Node, a warm start loads only what its built-in modules load by themselves", async () => {
  const loaded = await trace(command);
  const internal = readInternal();
  const builtins = loaded.filter((name) => isBuiltin(name));
  const bare = `for (const name of ${JSON.stringify(builtins)}) require(name); require("node:util").parseArgs();`;
  await home.run([process.execPath, "--eval", bare], { env: traceEnv() });
  const expected = new Set(readInternal());
  expect(expected.size).toBeGreaterThan(50);
  expect(internal.filter((name) => !expected.has(name))).toEqual([]);
});

test("the chunks are ASCII, which V8 reads faster", () => {
  const chunks = readdirSync(join(root, "dist")).filter((name) => name.endsWith(".cjs"));
  expect(chunks).toContain("awst.cjs");
  const isAscii = (name: string) =>
    /^[\0-\x7f]*$/.test(readFileSync(join(root, "dist", name), "utf8"));
  expect(chunks.filter((name) => !isAscii(name))).toEqual([]);
});

test("`status` for a prompt loads one file: no keychain, no parser, no AWS", async () => {
  const loaded = await trace(["status"]);
  expect(loaded).toContain("src/commands/status.ts");
  // Of `cli`, the single file contains only what prints the result or the error.
  const heavy =
    /node_modules|node:(?!util|fs|os|path)|keychain|aws|configuration-file|src\/cli\/(?!print-|version)/;
  expect(loaded.filter((name) => !name.startsWith("bin/") && heavy.test(name))).toEqual([]);
  await expect(`${loaded.join("\n")}\n`).toMatchFileSnapshot("startup-status.golden.txt");
});

test("a cold assume reads, locks and passes through few files", async () => {
  const { stdout } = await home.run([process.execPath, join(root, "build/measure-assume.mjs")]);
  const [, states, keys, locks, files] =
    /assume, cold .*, (\d+) state-file reads, (\d+) keychain reads .*, (\d+) locks\n +(\d+) files to the socket: /
      .exec(stdout)
      ?.map(Number) ?? [];
  expect(states).toBeLessThanOrEqual(5);
  expect(keys).toBeLessThanOrEqual(4);
  expect(locks).toBeLessThanOrEqual(8);
  expect(files).toBeLessThanOrEqual(8);
});

test("the trace shows modules that a warm start must not load", async () => {
  const loaded = await trace(["config", "check"]);
  expect(loaded.filter((name) => cold.test(name))).toContain("smol-toml");
});

const traceFile = () => join(home.around, "modules");

function traceEnv() {
  return {
    NODE_OPTIONS: `--require ${root}/test/support/trace-modules.cjs`,
    TRACE_MODULES_FILE: traceFile(),
  };
}

/** Node's internal modules in the last traced process. */
function readInternal(): readonly string[] {
  return readFileSync(`${traceFile()}.internal`, "utf8").trimEnd().split("\n");
}

async function trace(args: readonly string[]): Promise<readonly string[]> {
  const finished = await home.awst(args, { env: traceEnv() });
  expect(finished).toMatchObject({ status: 0 });
  const sources: Record<string, string[]> = JSON.parse(
    readFileSync(join(root, "build/chunks.json"), "utf8"),
  );
  const names = readFileSync(traceFile(), "utf8")
    .trimEnd()
    .split("\n")
    .filter((each) => !each.endsWith("/trace-modules.cjs"))
    .flatMap((each) => {
      const chunk = relative(join(root, "dist"), each) === basename(each) ? basename(each) : "";
      return sources[chunk] ?? [relative(root, each)];
    })
    // what the bundler itself puts in
    .filter((each) => !each.includes("\0"))
    .map((each) => (each.startsWith("..") ? basename(each) : each))
    .map((each) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(each)?.[1] ?? each);
  return [...new Set(names)].sort();
}
