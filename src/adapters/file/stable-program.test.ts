import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findStableProgram } from "./stable-program.ts";

const { platform, arch } = process;
const name = platform === "win32" ? "awst.exe" : "awst";
let folder: string;
let script: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "awst-stable-")));
  script = join(folder, "lib/node_modules/awst/bin/awst.js");
  write(join(folder, "lib/node_modules/awst/package.json"), '{ "version": "1.2.3" }');
  write(script, "");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the stand-alone program that npm installed with awst", () => {
  test.each([
    ["below awst", "lib/node_modules/awst/node_modules"],
    ["beside awst", "lib/node_modules"],
  ])("%s is what profiles call", (_where, modules) => {
    const program = installStandalone(modules, "1.2.3");
    expect(find()).toEqual([program]);
  });

  test("of another version is not called", () => {
    installStandalone("lib/node_modules/awst/node_modules", "1.2.2");
    expect(find()).toEqual([process.execPath, script]);
  });

  test("is not called where only its folder exists", () => {
    write(join(folder, `lib/node_modules/@awst/${platform}-${arch}/package.json`), "{}");
    expect(find()).toEqual([process.execPath, script]);
  });

  test("is not called where its manifest is damaged", () => {
    installStandalone("lib/node_modules", "1.2.3");
    write(join(folder, `lib/node_modules/@awst/${platform}-${arch}/package.json`), "{");
    expect(find()).toEqual([process.execPath, script]);
  });

  test("a stand-alone program that was started itself looks for no other", () => {
    const program = installStandalone("lib/node_modules", "1.2.3");
    const own = join(folder, "own", name);
    write(own, "");
    expect(findWith([own])).toEqual([own]);
    expect(own).not.toBe(program);
  });
});

function find(): readonly string[] {
  return findWith([process.execPath, script]);
}

function findWith(program: readonly string[]): readonly string[] {
  const options = { program, called: program, env: { PATH: "" }, home: folder };
  return findStableProgram(options, "read").program;
}

function installStandalone(modules: string, version: string): string {
  const installed = join(folder, modules, `@awst/${platform}-${arch}`);
  write(join(installed, "package.json"), JSON.stringify({ version }));
  const program = join(installed, "bin", name);
  write(program, "");
  return program;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}
