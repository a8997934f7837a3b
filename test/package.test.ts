// The package as npm packs it, installed globally into an empty prefix, does its job from there.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeHome } from "./support/home.ts";
import { root, runProcess } from "./support/processes.ts";

const version: string = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
let folder: string;
let files: readonly string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "awst-package-"));
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const printed = JSON.parse(execFileSync("npm", args, { cwd: root, encoding: "utf8" }));
  const packed = Array.isArray(printed) ? printed[0] : Object.values(printed)[0];
  files = packed.files.map(({ path }: { readonly path: string }) => path);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("npm pack", () => {
  test("contains the program and its documentation, and no sources", () => {
    expect(files).toContain("bin/awst.js");
    expect(files).toContain("dist/awst.cjs");
    expect(files).toContain("dist/THIRD-PARTY-LICENSES.txt");
    expect(files).toContain("README.md");
    expect(files).toContain("LICENSE");
    expect(files.filter((file) => /^(src|sandbox|test|tools|build)\/|\.ts$/.test(file))).toEqual(
      [],
    );
  });

  test("names the licence of every package it carries", () => {
    const text = readFileSync(join(root, "dist/THIRD-PARTY-LICENSES.txt"), "utf8");
    for (const name of ["@aws-sdk/client-sts", "smol-toml", "@clack/prompts"]) {
      expect(text).toMatch(new RegExp(`^${name} [0-9.]+ \\(`, "m"));
    }
  });

  test("npm install --global of it gives a working awst", async (context) => {
    const prefix = join(folder, "prefix");
    const file = join(folder, `awst-${version}.tgz`);
    const env: Record<string, string> = {};
    for (const [name, value] of Object.entries(process.env)) {
      if (value !== undefined && !/^npm_(?!config_(cache|registry|cafile))/.test(name))
        env[name] = value;
    }
    Object.assign(env, { npm_config_userconfig: join(homedir(), ".npmrc"), HOME: folder });
    env.npm_config_cache ??= join(homedir(), ".npm");
    const install = ["npm", "install", "--global", "--prefer-offline", "--prefix", prefix, file];
    const { status, stderr } = await runProcess(install, { env, cwd: folder });
    if (status !== 0 && /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED/.test(stderr)) {
      console.log("npm install --global: skipped: the registry is out of reach");
      return context.skip("the registry is out of reach");
    }
    expect([status, stderr]).toEqual([0, stderr]);

    await using home = await makeHome();
    const awst = join(prefix, "bin/awst");
    const printed = await home.run([awst, "--version"]);
    expect(printed).toMatchObject({ status: 0, stdout: expect.stringContaining(version) });
    const args = [awst, "assume", "main-account", "DeveloperAccess", "--mfa-code", home.code()];
    expect(await home.run(args)).toMatchObject({ status: 0 });
    expect(home.read(".aws/config")).toContain(prefix);
  });
});
