// A release can be built again by everyone: the lock file decides every byte of the packages, and two clean builds in
// different folders give the same files.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sbomText } from "../tools/release/sbom.mjs";
import { root } from "./support/processes.ts";

interface Locked {
  readonly integrity?: string;
  readonly resolved?: string;
}

function readLock(name: string): Readonly<Record<string, Locked>> {
  return JSON.parse(readFileSync(join(root, name), "utf8")).packages;
}

describe("the lock file", () => {
  const own = readLock("npm-shrinkwrap.json")[""];

  test.each(["npm-shrinkwrap.json", "tools/assurance/stryker/package-lock.json"])(
    "%s has the integrity of every package, and names no registry",
    (name) => {
      const { "": _own, ...others } = readLock(name);
      const entries = Object.entries(others);
      expect(entries.length).toBeGreaterThan(100);
      expect(entries.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? ""))).toEqual([]);
      expect(entries.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    },
  );

  test("has the dependencies of package.json", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const { dependencies, devDependencies, version } = manifest;
    expect(own).toMatchObject({ version, dependencies, devDependencies });
  });
});

describe("two clean builds in different folders", () => {
  const work = join(root, "build/same-bytes");
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  test("give the same program, package and stand-alone program", () => {
    const [one, other] = ["a", "another folder with a longer name"].map((name) =>
      build(join(work, name)),
    );
    expect(Object.keys(one ?? {})).toContain("dist/awst.cjs");
    expect(Object.keys(one ?? {})).toContain("dist/lambda/awst-admin.zip");
    expect(Object.keys(one ?? {})).toContain("build/awst");
    expect(one).toEqual(other);
  });

  function build(folder: string): Record<string, string> {
    // Without node_modules: the packages are found in the checkout above.
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(root)) {
      if (/^(\.git|\.venv|\.mutation|\.wine.*|\.clients|node_modules|build|dist)$/.test(name))
        continue;
      cpSync(join(root, name), join(folder, name), { recursive: true });
    }
    for (const tool of ["tools/build.mjs", "tools/build-standalone.mjs"]) {
      execFileSync(process.execPath, [tool], { cwd: folder, stdio: "pipe" });
    }
    execFileSync("npm", ["pack", "--ignore-scripts"], { cwd: folder, stdio: "pipe" });
    const files = [
      ...readdirSync(join(folder, "dist"), { recursive: true, encoding: "utf8" })
        .map((name) => `dist/${name}`)
        .filter((name) => statSync(join(folder, name)).isFile()),
      ...readdirSync(folder).filter((name) => name.endsWith(".tgz")),
      `build/${process.platform === "win32" ? "awst.exe" : "awst"}`,
    ];
    return Object.fromEntries(files.map((name) => [name, hashOf(join(folder, name))]));
  }
});

describe("the bill of materials", () => {
  const bundled = JSON.parse(readFileSync(join(root, "build/packages.json"), "utf8"));
  const text = sbomText(root, bundled, 1_790_000_000);

  test("is the same each time", () => {
    expect(sbomText(root, bundled, 1_790_000_000)).toBe(text);
  });

  test("names what is bundled, what is installed beside it, and Bun, each with a hash", () => {
    const { components, bomFormat } = JSON.parse(text);
    expect(bomFormat).toBe("CycloneDX");
    const names = components.map(({ name }: { readonly name: string }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["@aws-sdk/client-sts", "@napi-rs/keyring", "bun", "smol-toml"]),
    );
    expect(names).not.toContain("vitest");
    expect(
      components.filter(({ hashes = [] }: { readonly hashes?: readonly object[] }) => !hashes[0]),
    ).toEqual([]);
  });

  test("refuses a package that the lock file does not have", () => {
    expect(() => sbomText(root, [...bundled, "left-pad"], 0)).toThrow(/left-pad/);
  });
});

function hashOf(file: string): string {
  return `${statSync(file).size} ${createHash("sha256").update(readFileSync(file)).digest("hex")}`;
}
