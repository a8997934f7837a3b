// npm run release:dry [-- --target NAME] [--base-url URL]. build/release/: everything that a release consists of.
// Publishes nothing and signs nothing. `tools/release/try-release.mjs` installs and runs what was built.

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { run } from "./locked-package.mjs";
import { packMain, packPlatform } from "./npm-packages.mjs";
import { sbomText } from "./sbom.mjs";
import { archive, linuxPackages, manifests, nodeArchive } from "./system-packages.mjs";
import { buildStandalone, targets } from "./targets.mjs";

const root = resolve(import.meta.dirname, "../..");
const { values } = parseArgs({
  options: {
    // By default all. Without some of them the manifests are not complete.
    target: { type: "string", multiple: true },
    "base-url": { type: "string", default: "https://releases.example/awst" },
  },
});

const chosen = targets.filter(({ name }) => values.target?.includes(name) ?? true);
const work = mkdtempSync(join(tmpdir(), "awst-release-"));
try {
  buildRelease();
} finally {
  rmSync(work, { recursive: true, force: true });
}

function buildRelease() {
  run("npm", ["run", "build"], { cwd: root });
  const release = join(root, "build/release");
  rmSync(release, { recursive: true, force: true });
  mkdirSync(release, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const epochSeconds = Number(run("git", ["log", "-1", "--format=%ct"], { cwd: root }).trim());
  const bundled = JSON.parse(readFileSync(join(root, "build/packages.json"), "utf8"));
  const sbom = sbomText(root, bundled, epochSeconds);
  const baseUrl = values["base-url"];
  const context = { root, work, release, manifest, epochSeconds, sbom, baseUrl };
  writeFileSync(join(release, `awst-${manifest.version}.cdx.json`), sbom);

  const platforms = [];
  const archives = new Map();
  for (const target of chosen) {
    const program = join(work, "programs", target.name, target.file);
    buildStandalone(target, program);
    platforms.push([target, packPlatform(target, program, context)]);
    archives.set(target.name, archive(target, program, context));
    const packages = linuxPackages(target, program, context);
    if (target.os === "linux" && packages === undefined) {
      console.log(`${target.name}: no .deb and .rpm, because nfpm is not installed`);
    }
  }
  archives.set("node", nodeArchive(context, packMain(platforms, context), chosen));
  manifests(archives, context);
  writeChecksums(release);
}

/** SHA256SUMS in the form of sha256sum(1). */
function writeChecksums(release) {
  const lines = readdirSync(release)
    .sort()
    .map((name) => {
      const sum = createHash("sha256")
        .update(readFileSync(join(release, name)))
        .digest("hex");
      return `${sum}  ${name}\n`;
    });
  writeFileSync(join(release, "SHA256SUMS"), lines.join(""));
  console.log(`build/release: ${lines.length} files\n${lines.join("")}`);
}
