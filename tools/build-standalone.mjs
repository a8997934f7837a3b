// npm run build:standalone. build/awst: one executable for this machine, made by `bun build --compile`
// from src/awst.ts, with Bun, the keychain's binding and the kernel lock inside (docs/decisions/).
// Bytecode and splitting together: without splitting it starts three times slower.

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { findBun, findKeyringBinding } from "./find-bun.mjs";

const root = resolve(import.meta.dirname, "..");
const suffix = process.platform === "win32" ? ".exe" : "";
const target = join(root, `build/awst${suffix}`);
const folder = join(root, `build/.standalone-${process.pid}`);

/** With one of these variables, Bun runs other code than ours, listens to a debugger, or writes files. */
const variables = [
  "BUN_BE_BUN",
  "BUN_OPTIONS",
  "BUN_INSPECT",
  "BUN_BYTECODE_ORDER_OUT",
  "BUN_BYTECODE_ORDER_NAMES_OUT",
  "BUN_BYTECODE_DIGEST_OUT",
];

const bun = findBun();
if (bun === undefined) throw new Error("no bun for this platform in node_modules; run npm ci");
mkdirSync(folder, { recursive: true });
try {
  build(bun);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function build(bun) {
  const runtime = join(folder, `bun${suffix}`);
  const made = join(folder, `awst${suffix}`);
  writeFileSync(runtime, withoutVariables(readFileSync(bun)), { mode: 0o755 });
  const args = [
    ...["build", "src/awst.ts", "--compile", "--bytecode", "--format=esm", "--splitting"],
    ...["--minify-syntax", "--minify-whitespace", "--conditions", "bun", "--outfile", made],
    // Otherwise the working folder decides what runs (bunfig.toml: preload) and which AWS is called (.env).
    ...["--no-compile-autoload-bunfig", "--no-compile-autoload-dotenv"],
    ...["--no-compile-autoload-tsconfig", "--no-compile-autoload-package-json"],
    ...["--compile-executable-path", runtime, "--asset", findKeyringBinding()],
  ];
  const { status, error } = spawnSync(bun, args, { cwd: root, stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) throw new Error(`bun ended with status ${status}`);
  chmodSync(made, 0o755);
  renameSync(made, target);
  console.log(`build/awst${suffix}: ${Math.round(statSync(target).size / 1e6)} MB`);
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
