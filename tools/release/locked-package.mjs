// Fetches packages for other systems than this one, in the version and with the integrity of npm-shrinkwrap.json.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Unpacks the package into `folder`. Throws when its bytes are not those of the lock file. */
export function fetchLockedPackage(name, folder, root) {
  const { packages } = JSON.parse(readFileSync(join(root, "npm-shrinkwrap.json"), "utf8"));
  const locked = packages[`node_modules/${name}`];
  if (locked?.integrity === undefined) throw new Error(`npm-shrinkwrap.json does not lock ${name}`);
  const work = mkdtempSync(join(tmpdir(), "awst-package-"));
  try {
    const file = pack(`${name}@${locked.version}`, work);
    const integrity = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
    if (integrity !== locked.integrity) {
      throw new Error(
        `${name}@${locked.version} is not the package that npm-shrinkwrap.json locks`,
      );
    }
    mkdirSync(folder, { recursive: true });
    run("tar", ["-xzf", file, "--strip-components=1", "-C", folder]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Packs a published package or a folder, and returns the file. */
export function pack(what, destination) {
  const args = ["pack", what, "--ignore-scripts", "--json", "--pack-destination", destination];
  const result = JSON.parse(run("npm", args));
  // A list, or since npm 11 for some versions an object by package.
  const [{ filename }] = Object.values(result);
  return join(destination, filename.replace(/^@/, "").replace("/", "-"));
}

/** Runs a program and returns its output. Throws with what it wrote. */
export function run(program, args, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    ...options,
  });
  if (error) throw error;
  if (status !== 0)
    throw new Error(`${program} ${args.join(" ")}: status ${status}\n${stdout}${stderr}`);
  return stdout;
}
