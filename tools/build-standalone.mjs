// npm run build:standalone. build/awst: one executable for this machine, made by `bun build --compile`
// from src/awst.ts, with Bun, the keychain's binding and the kernel lock inside (docs/decisions/).
// Bytecode and splitting together: without splitting it starts three times slower.

import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildStandalone, hostTarget } from "./release/targets.mjs";

const name = `build/${hostTarget().file}`;
const outfile = join(resolve(import.meta.dirname, ".."), name);
buildStandalone(hostTarget(), outfile);
console.log(`${name}: ${Math.round(statSync(outfile).size / 1e6)} MB`);
