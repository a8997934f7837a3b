// npm run build:standalone. build/awst: one executable for this machine, made by `bun build --compile`
// from src/awst.ts, with Bun, the keychain's binding and the kernel lock inside (docs/decisions/).
// Bytecode and splitting together: without splitting it starts three times slower.

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { findBun } from "./find-bun.mjs";

const root = resolve(import.meta.dirname, "..");
const suffix = process.platform === "win32" ? ".exe" : "";
const made = join(root, `build/.awst-${process.pid}${suffix}`);
const target = join(root, `build/awst${suffix}`);

mkdirSync(dirname(target), { recursive: true });
const args = [
  ...["build", "src/awst.ts", "--compile", "--bytecode", "--format=esm", "--splitting"],
  ...["--minify-syntax", "--minify-whitespace", "--conditions", "bun", "--outfile", made],
  // Otherwise the working folder decides what runs (bunfig.toml: preload) and which AWS is called (.env).
  ...["--no-compile-autoload-bunfig", "--no-compile-autoload-dotenv"],
  ...["--no-compile-autoload-tsconfig", "--no-compile-autoload-package-json"],
];
const bun = findBun();
if (bun === undefined) throw new Error("no bun for this platform in node_modules; run npm ci");
const { status, error } = spawnSync(bun, args, { cwd: root, stdio: "inherit" });
if (error) throw error;
if (status !== 0) process.exit(status ?? 1);
chmodSync(made, 0o755);
renameSync(made, target);
console.log(`build/awst${suffix}: ${Math.round(statSync(target).size / 1e6)} MB`);
