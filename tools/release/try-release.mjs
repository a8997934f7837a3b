// Installs each artefact of build/release that this machine can run, and plays the demo with it:
//   node tools/release/try-release.mjs
// Everything is installed into temporary folders; only a .deb is installed into the system, by root and where no awst
// is, and removed afterwards. Prints `N passed, N failed, N skipped`.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { run } from "./locked-package.mjs";
import { servePackages } from "./package-server.mjs";
import { hostTarget } from "./targets.mjs";

const root = resolve(import.meta.dirname, "../..");
const release = join(root, "build/release");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const host = hostTarget().name;
const work = mkdtempSync(join(tmpdir(), "awst-try-"));
const counts = { passed: 0, failed: 0, skipped: 0 };

try {
  await tryAll();
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;

async function tryAll() {
  await attempt("SHA256SUMS names every file with its hash", checkSums);
  await attempt("SHA256SUMS can be signed and verified", checkSignature);
  await attempt("the bill of materials names each bundled package", checkBill);
  await attempt(`awst-${version}-${host}.tar.gz plays the demo`, tryArchive);
  await attempt(`awst-${version}-node.tar.gz plays the demo`, tryNodeArchive);
  await attempt("the .deb is installed, plays the demo, and is removed", tryDeb);
  await attempt("the .rpm plays the demo", tryRpm);
  await tryNpm();
  for (const [file, parse] of [
    ["awst.json", "JSON"],
    ["awst.rb", "ruby"],
    ["flake.nix", "nix"],
  ]) {
    await attempt(`${file} is valid ${parse}`, () => checkManifest(file));
  }
}

/** `check` returns why it was skipped, or nothing. */
async function attempt(name, check) {
  try {
    const skipped = await check();
    counts[skipped === undefined ? "passed" : "skipped"] += 1;
    console.log(skipped === undefined ? `ok       ${name}` : `skipped  ${name}: ${skipped}`);
  } catch (error) {
    counts.failed += 1;
    console.log(`failed   ${name}\n${error.stack ?? error}`);
  }
}

function checkSums() {
  const lines = readFileSync(join(release, "SHA256SUMS"), "utf8").trimEnd().split("\n");
  const named = lines.map((line) => line.slice(66));
  const files = readdirSync(release)
    .filter((name) => !name.startsWith("SHA256SUMS"))
    .sort();
  if (named.join() !== files.join()) throw new Error(`${named.join()}\n${files.join()}`);
  for (const line of lines) {
    const sum = createHash("sha256")
      .update(readFileSync(join(release, line.slice(66))))
      .digest("hex");
    if (sum !== line.slice(0, 64)) throw new Error(`wrong hash: ${line}`);
  }
}

/** With a key that exists only here; the release workflow has the real one. */
function checkSignature() {
  if (!isInstalled("minisign", "-v")) return "minisign is not installed";
  const [secret, key] = [join(work, "key"), join(work, "key.pub")];
  const sums = join(release, "SHA256SUMS");
  const signature = join(work, "SHA256SUMS.minisig");
  run("minisign", ["-G", "-W", "-s", secret, "-p", key]);
  run("minisign", ["-S", "-s", secret, "-m", sums, "-x", signature]);
  run("minisign", ["-V", "-p", key, "-m", sums, "-x", signature]);
  const changed = join(work, "changed");
  writeFileSync(changed, `${readFileSync(sums, "utf8")} `);
  const { status } = spawnSync("minisign", ["-V", "-p", key, "-m", changed, "-x", signature]);
  if (status === 0) throw new Error("a changed file was verified");
  return undefined;
}

function checkBill() {
  const { components } = JSON.parse(
    readFileSync(join(release, `awst-${version}.cdx.json`), "utf8"),
  );
  const names = components.map(({ name }) => name);
  const licences = readFileSync(join(root, "dist/THIRD-PARTY-LICENSES.txt"), "utf8");
  const bundled = [...licences.matchAll(/^(\S+) \d\S* \(.*\)$/gm)].map(([, name]) => name);
  const missing = [...bundled, "@napi-rs/keyring", "fs-native-extensions", "bun"].filter(
    (name) => !names.includes(name),
  );
  if (bundled.length < 20 || missing.length > 0) throw new Error(`missing: ${missing.join()}`);
}

function tryArchive() {
  const folder = unpack(`awst-${version}-${host}.tar.gz`);
  playDemo(join(folder, hostTarget().file));
}

function tryNodeArchive() {
  const folder = unpack(`awst-${version}-node.tar.gz`);
  playDemo(join(folder, "bin/awst.js"));
}

function unpack(name) {
  run("tar", ["-xzf", join(release, name), "-C", work]);
  return join(work, name.replace(/\.tar\.gz$/, ""));
}

function tryDeb() {
  const file = packageFile("deb");
  if (file === undefined) return "nfpm was not installed";
  if (!isInstalled("dpkg", "--version")) return "dpkg is not installed";
  if (process.getuid?.() !== 0 || existsSync("/usr/bin/awst")) {
    const folder = join(work, "deb");
    run("dpkg-deb", ["-x", file, folder]);
    playDemo(join(folder, "usr/bin/awst"));
    return undefined;
  }
  run("dpkg", ["-i", file]);
  try {
    playDemo("/usr/bin/awst");
  } finally {
    run("dpkg", ["-r", "awst"]);
  }
  if (existsSync("/usr/bin/awst")) throw new Error("/usr/bin/awst remains");
  return undefined;
}

function tryRpm() {
  const file = packageFile("rpm");
  if (file === undefined) return "nfpm was not installed";
  if (!isInstalled("cpio", "--version") || spawnSync("rpm2cpio", []).error !== undefined) {
    return "rpm2cpio and cpio are not installed";
  }
  const folder = join(work, "rpm");
  mkdirSync(folder);
  run("sh", ["-c", 'rpm2cpio "$0" | cpio -idm --quiet --no-absolute-filenames', file], {
    cwd: folder,
  });
  playDemo(join(folder, "usr/bin/awst"));
  return undefined;
}

function packageFile(extension) {
  const cpu = process.arch === "x64" ? "amd64" : process.arch;
  const file = join(release, `awst_${version}_${cpu}.${extension}`);
  return existsSync(file) ? file : undefined;
}

/** `npm install --global awst` as users type it, with the platform's package from a registry on loopback. */
async function tryNpm() {
  const registry = await servePackages(release);
  try {
    await tryEachNode(registry);
  } finally {
    await registry.close();
  }
}

async function tryEachNode(registry) {
  for (const line of ["here", 20, 22, 24, 26]) {
    await attempt(`npm install --global, Node ${line}`, async () => {
      const path = await nodePath(line);
      if (path === undefined) return `Node ${line} is not to be had`;
      const prefix = join(work, `npm-${line}`);
      const env = { ...process.env, PATH: path, "npm_config_@awst:registry": registry.url };
      const main = join(release, `awst-${version}.tgz`);
      // Not by spawnSync: this process is the registry.
      await registry.run("npm", ["install", "--global", "--prefix", prefix, main], { env });
      const modules = join(prefix, "lib/node_modules/awst/node_modules");
      const { os, cpu, file } = hostTarget();
      const standalone = join(modules, `@awst/${os}-${cpu}/bin/${file}`);
      if (!existsSync(standalone)) throw new Error(`npm did not install ${standalone}`);
      playDemo(join(prefix, "bin/awst"), { PATH: path }, standalone);
      return undefined;
    });
  }
}

async function nodePath(line) {
  const path = process.env["PATH"] ?? "";
  if (line === "here") return path;
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = join(work, `node-${line}`);
  const args = ["install", "--prefix", prefix, "--no-save", "--ignore-scripts", `${name}@${line}`];
  if (spawnSync("npm", args).status !== 0) return undefined;
  return [join(prefix, "node_modules", name, "bin"), path].join(delimiter);
}

/** `written`: the program that the lines in AWS's files must call. */
function playDemo(program, env = {}, written = undefined) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["build/demo.mjs", program], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${stdout}\n${stderr}`);
  if (written !== undefined && !stdout.includes(`credential_process = ${written} `)) {
    throw new Error(`the profiles don't call ${written}\n${stdout}`);
  }
}

function checkManifest(name) {
  const text = readFileSync(join(release, name), "utf8");
  if (text.includes("undefined")) throw new Error(text);
  if (name === "awst.json") {
    JSON.parse(text);
    return undefined;
  }
  const [program, ...args] = name === "awst.rb" ? ["ruby", "-c"] : ["nix-instantiate", "--parse"];
  if (!isInstalled(program, "--version")) return `${program} is not installed`;
  run(program, [...args, join(release, name)]);
  return undefined;
}

function isInstalled(program, flag) {
  return spawnSync(program, [flag]).status === 0;
}
