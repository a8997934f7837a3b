// The npm packages of a release: `awst`, and one for each system with the stand-alone program of that system.
// `awst` names them as optional dependencies, so npm installs the one that fits.

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pack } from "./locked-package.mjs";

export function platformPackage({ os, cpu }) {
  return `@awst/${os}-${cpu}`;
}

/** Returns the packed file. `program`: the stand-alone program for the target. */
export function packPlatform(target, program, { root, work, release, manifest }) {
  const folder = join(work, "npm", target.name);
  mkdirSync(join(folder, "bin"), { recursive: true });
  cpSync(program, join(folder, "bin", target.file));
  copyNotices(root, folder);
  const readme = `# ${platformPackage(target)}\n\nThe stand-alone program of awst for ${target.os} on ${target.cpu}. Install the package \`awst\`.\n`;
  writeFileSync(join(folder, "README.md"), readme);
  writeJson(join(folder, "package.json"), {
    name: platformPackage(target),
    version: manifest.version,
    description: `The stand-alone program of awst for ${target.os} on ${target.cpu}`,
    license: manifest.license,
    ...repositoryOf(manifest),
    os: [target.os],
    cpu: [target.cpu],
    ...(target.os === "linux" ? { libc: ["glibc"] } : {}),
    preferUnplugged: true,
  });
  return pack(folder, release);
}

/** `platforms`: the packed platform packages, by target. Their integrity goes into the shrinkwrap. */
export function packMain(platforms, { root, work, release, manifest, sbom }) {
  const folder = join(work, "npm", "awst");
  mkdirSync(folder, { recursive: true });
  for (const name of [...manifest.files, "README.md"]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  copyNotices(root, folder);
  writeFileSync(join(folder, "dist/sbom.cdx.json"), sbom);
  const optional = Object.fromEntries(
    platforms.map(([target]) => [platformPackage(target), manifest.version]),
  );
  const { scripts: _scripts, devDependencies: _development, ...published } = manifest;
  writeJson(join(folder, "package.json"), { ...published, optionalDependencies: optional });
  writeJson(join(folder, "npm-shrinkwrap.json"), shrinkwrap(root, platforms, optional, manifest));
  return pack(folder, release);
}

function shrinkwrap(root, platforms, optionalDependencies, { version }) {
  const lock = JSON.parse(readFileSync(join(root, "npm-shrinkwrap.json"), "utf8"));
  const { "": own, ...others } = lock.packages;
  const { devDependencies: _development, ...ownEntry } = own;
  const production = Object.entries(others).filter(([, { dev }]) => dev !== true);
  const added = platforms.map(([target, file]) => [
    `node_modules/${platformPackage(target)}`,
    {
      version,
      integrity: `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`,
      cpu: [target.cpu],
      license: "MIT",
      optional: true,
      os: [target.os],
    },
  ]);
  const packages = {
    "": { ...ownEntry, optionalDependencies },
    ...Object.fromEntries(production.concat(added)),
  };
  return { ...lock, packages };
}

function copyNotices(root, folder) {
  cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  const licences = "THIRD-PARTY-LICENSES.txt";
  cpSync(join(root, "dist", licences), join(folder, licences));
}

// npm's provenance needs the repository.
function repositoryOf({ repository }) {
  return repository === undefined ? {} : { repository };
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
