// The shared code cache: a program behaves as without it, an entry is used again, and a changed file gets another.

import { cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { root, runProcess } from "./processes.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

let checkout: string;
beforeEach(() => {
  checkout = makeTemporaryFolder("cache");
  for (const name of ["test/support", "dist"]) mkdirSync(join(checkout, name), { recursive: true });
  cpSync(join(root, "test/support/code-cache.cjs"), join(checkout, "test/support/code-cache.cjs"));
  write("part.cjs", "exports.add = (a, b) => a + b;");
});

const write = (name: string, text: string) => writeFileSync(join(checkout, "dist", name), text);
const entries = () =>
  readdirSync(join(checkout, "build/code-cache")).map((name) => [
    name.split("_")[0],
    statSync(join(checkout, "build/code-cache", name)).ino,
  ]);

async function run(isShared: boolean): Promise<string> {
  const options = isShared ? ["--require", join(checkout, "test/support/code-cache.cjs")] : [];
  const command = [process.execPath, ...options, join(checkout, "dist/main.cjs")];
  const { status, stdout, stderr } = await runProcess(command, { env: {} });
  return `${status}\n${stdout}${stderr}`;
}

test("a program behaves as without the cache, at its first and at its second run", async () => {
  write(
    "main.cjs",
    [
      'const { add } = require("./part.cjs"); exports.own = 1; console.log(add(1, 2), frame());',
      "console.log(module.exports.own, __filename, __dirname, require.main === module, this === exports);",
      'console.log(require.resolve("./part.cjs"), require.cache[__filename] === module);',
      'function frame() { return new Error("at").stack.split("\\n").slice(1, 3); }',
      'require("./importer.cjs").then((name) => console.log(name, frame()));',
    ].join("\n"),
  );
  write("importer.cjs", 'module.exports = import("node:os").then(({ EOL }) => EOL.length);');
  const plain = await run(false);
  expect(plain).toMatch(/^0\n3 [\s\S]*main\.cjs:1:\d+[\s\S]*true true\n[\s\S]*\n1 /);
  expect(await run(true)).toBe(plain);
  const made = entries();
  expect(made.map(([name]) => name)).toEqual(["main.cjs", "part.cjs"]);
  expect(await run(true)).toBe(plain);
  expect(entries()).toEqual(made);
});

test("a changed file of the same size is compiled again", async () => {
  write("main.cjs", `console.log(require("./part.cjs").add(5, 2));`);
  expect([await run(true), await run(true)]).toEqual(["0\n7\n", "0\n7\n"]);
  write("part.cjs", "exports.add = (a, b) => a - b;");
  expect([await run(true), await run(true)]).toEqual(["0\n3\n", "0\n3\n"]);
});
