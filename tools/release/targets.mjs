// The five systems that a release has a stand-alone program for, and how it is built for each. Bun's runtime and
// the keychain's binding of the target come from npm, checked against the integrity in npm-shrinkwrap.json.

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { findBun, findKeyringBinding } from "../find-bun.mjs";
import { fetchLockedPackage } from "./locked-package.mjs";

const root = resolve(import.meta.dirname, "../..");

/** `os` and `cpu` as in process.platform and process.arch. */
export const targets = [
  target("linux", "x64", "linux-x64", "linux-x64-gnu"),
  target("linux", "arm64", "linux-aarch64", "linux-arm64-gnu"),
  target("darwin", "x64", "darwin-x64", "darwin-x64"),
  target("darwin", "arm64", "darwin-aarch64", "darwin-arm64"),
  target("win32", "x64", "windows-x64", "win32-x64-msvc"),
];

const host = targets.find(({ os, cpu }) => os === process.platform && cpu === process.arch) ?? {
  name: "host",
  file: process.platform === "win32" ? "awst.exe" : "awst",
};

function target(os, cpu, bun, keyring) {
  return {
    os,
    cpu,
    name: `${os === "win32" ? "windows" : os}-${cpu}`,
    file: os === "win32" ? "awst.exe" : "awst",
    bun,
    keyring: `@napi-rs/keyring-${keyring}`,
  };
}

/** Returns the target of this machine; another system gets only a program of its own. */
export function hostTarget() {
  return host;
}

/** With one of these variables, Bun runs other code than ours, listens to a debugger, or writes files. */
const variables = [
  "BUN_BE_BUN",
  "BUN_OPTIONS",
  "BUN_INSPECT",
  "BUN_BYTECODE_ORDER_OUT",
  "BUN_BYTECODE_ORDER_NAMES_OUT",
  "BUN_BYTECODE_DIGEST_OUT",
];

/** Writes the program for the target to `outfile`. Two builds of the same commit give the same bytes. */
export function buildStandalone(target, outfile) {
  const bun = findBun();
  if (bun === undefined) throw new Error("no bun for this platform in node_modules; run npm ci");
  const work = mkdtempSync(join(tmpdir(), "awst-standalone-"));
  try {
    const isHost = target === hostTarget();
    const [runtime, binding] = isHost ? [bun, findKeyringBinding()] : fetchFor(target, work);
    const changed = join(work, "runtime");
    writeFileSync(changed, withoutVariables(readFileSync(runtime)), { mode: 0o755 });
    // The name of this file becomes part of the program, so it is the same in every build.
    const made = join(work, target.file);
    compile(bun, made, [
      ...(isHost ? [] : [`--target=bun-${target.bun}`]),
      ...["--compile-executable-path", changed, "--asset", binding],
    ]);
    mkdirSync(dirname(outfile), { recursive: true });
    // A program that runs can't be overwritten, but its name can be given to another file.
    copyFileSync(made, `${outfile}.new`);
    chmodSync(`${outfile}.new`, 0o755);
    renameSync(`${outfile}.new`, outfile);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function compile(bun, made, more) {
  const args = [
    ...["build", "src/awst.ts", "--compile", "--bytecode", "--format=esm", "--splitting"],
    ...["--minify-syntax", "--minify-whitespace", "--conditions", "bun", "--outfile", made],
    // Otherwise the working folder decides what runs (bunfig.toml: preload) and which AWS is called (.env).
    ...["--no-compile-autoload-bunfig", "--no-compile-autoload-dotenv"],
    ...["--no-compile-autoload-tsconfig", "--no-compile-autoload-package-json"],
    ...more,
  ];
  const { status, error } = spawnSync(bun, args, { cwd: root, stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) throw new Error(`bun build ended with status ${status}`);
}

/** Returns the target's Bun and its keychain binding. */
function fetchFor(target, work) {
  const bun = join(work, "bun");
  fetchLockedPackage(`@oven/bun-${target.bun}`, bun, root);
  const runtime = ["bin/bun", "bin/bun.exe"].map((each) => join(bun, each)).find(existsSync);
  const keyring = join(work, "keyring");
  fetchLockedPackage(target.keyring, keyring, root);
  const binding = readdirSync(keyring).find((each) => each.endsWith(".node"));
  if (runtime === undefined || binding === undefined) {
    throw new Error(`the packages of ${target.name} have no program or no binding`);
  }
  return [runtime, join(keyring, binding)];
}

/**
 * Returns Bun's program with the names of `variables` changed. Bun has no option that turns them off. The new
 * names start with a zero byte, which no name in an environment can have.
 */
function withoutVariables(program) {
  for (const name of variables) {
    let at = program.indexOf(name);
    if (at < 0) throw new Error(`${name} is not in this version of Bun: check how it reads it now`);
    for (; at >= 0; at = program.indexOf(name, at)) program[at] = 0;
  }
  return program;
}
