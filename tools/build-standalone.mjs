// npm run build:standalone. build/awst: one executable for this machine, made by `bun build --compile`
// from src/awst.ts, with Bun, the keychain's binding and the kernel lock inside (docs/decisions/).
// Bytecode and splitting together: without splitting it starts three times slower.
// Where Wine is prepared for the tests, also build/awst.exe, for Windows.

import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildStandalone, hostTarget, targets } from "./release/targets.mjs";

const root = resolve(import.meta.dirname, "..");
const windows = targets.filter(({ os }) => os === "win32" && existsSync(join(root, ".wine")));

for (const target of [hostTarget(), ...windows]) {
  const name = `build/${target.file}`;
  buildStandalone(target, join(root, name));
  console.log(`${name}: ${Math.round(statSync(join(root, name)).size / 1e6)} MB`);
}
