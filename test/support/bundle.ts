// A TypeScript file of this checkout as one JavaScript file, since Node 20 runs no TypeScript. It lies
// where packages are found from, and is gone with `await using`.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { root } from "./processes.ts";

export interface Bundle extends AsyncDisposable {
  readonly path: string;
  remove(): void;
}

export async function bundleForNode(entry: string): Promise<Bundle> {
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "awst-test-"));
  const path = join(folder, "bundle.mjs");
  const bundle = await rolldown({
    input: join(root, entry),
    cwd: root,
    platform: "node",
    external: (name) => /^(?![./#]|[A-Za-z]:)/.test(name),
  });
  await bundle.write({ file: path, format: "esm", codeSplitting: false });
  await bundle.close();
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { path, remove, [Symbol.asyncDispose]: async () => remove() };
}
