// Bun's program as npm installed it: in the platform's package, or where its install script put it, which
// not every npm runs.

import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** undefined: there is none for this platform. */
export function findBun() {
  const require = createRequire(import.meta.url);
  const bun = dirname(require.resolve("bun/package.json"));
  const { optionalDependencies } = require("bun/package.json");
  const name = process.platform === "win32" ? "bun.exe" : "bun";
  const candidates = Object.keys(optionalDependencies).map((each) =>
    join(bun, "..", each, "bin", name),
  );
  // Until the install script has run, bun.exe is a text of a few lines.
  return [join(bun, "bin/bun.exe"), ...candidates].find(
    (file) => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 1e6,
  );
}
