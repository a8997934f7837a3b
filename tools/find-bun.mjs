// Bun's program and the keychain's binding, as npm installed them for this machine.

import { readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** Returns the path of Bun's program; undefined: there is none for this platform. */
export function findBun() {
  const bun = dirname(require.resolve("bun/package.json"));
  const { optionalDependencies } = require("bun/package.json");
  const name = process.platform === "win32" ? "bun.exe" : "bun";
  // In the platform's package, or where its install script put it, which not every npm runs.
  const candidates = Object.keys(optionalDependencies).map((each) =>
    join(bun, "..", each, "bin", name),
  );
  // Until the install script has run, bun.exe is a text of a few lines.
  return [join(bun, "bin/bun.exe"), ...candidates].find(
    (file) => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 1e6,
  );
}

/** Returns the path of the keychain's binding. npm installs only the package of this platform. */
export function findKeyringBinding() {
  const keyring = dirname(require.resolve("@napi-rs/keyring/package.json"));
  const { optionalDependencies } = require("@napi-rs/keyring/package.json");
  for (const name of Object.keys(optionalDependencies)) {
    const folder = join(keyring, "../..", name);
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) continue;
    const file = readdirSync(folder).find((each) => each.endsWith(".node"));
    if (file !== undefined) return join(folder, file);
  }
  throw new Error("no binding of @napi-rs/keyring for this platform in node_modules; run npm ci");
}
