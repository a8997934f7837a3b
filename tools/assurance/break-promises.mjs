// npm run promises [-- --only TEXT]: breaks each promise of SECURITY.md in a copy of the checkout, and expects every
// test that the row names to fail. Each edit that was noticed goes into docs/assurance.md at once: all together take about
// eight minutes on two cores, and parts add up.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readFigures, writeFigures } from "./page.mjs";
import { promises } from "./promises.mjs";

const root = resolve(import.meta.dirname, "../..");
const copy = mkdtempSync(join(tmpdir(), "awst-promises-"));
// One test runs awst as another user.
chmodSync(copy, 0o755);
const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });

const builds = {
  program: ["tools/build.mjs"],
  standalone: ["tools/build.mjs", "tools/build-standalone.mjs"],
};

const chosen = promises.filter((each) => JSON.stringify(each).includes(values.only));
const unbroken = breakAll();
console.log(`${chosen.length} promises broken, ${unbroken.length} tests did not notice`);
if (unbroken.length > 0) console.log(unbroken.join("\n"));
const recorded = Object.keys(readFigures(root).promises?.edits ?? {}).length;
console.log(`docs/assurance.md has ${recorded} of ${promises.length} edits`);
process.exitCode = unbroken.length === 0 ? 0 : 1;

/** Adds the edit to the figures. Without those of edits that have changed since or are gone. */
function record(promise) {
  const known = new Map(promises.map((each) => [each.what, hashOf(each)]));
  const before = Object.entries(readFigures(root).promises?.edits ?? {});
  const others = before.filter(([what, { edit }]) => known.get(what) === edit);
  const tests = promise.tests.map((test) => test.join(": "));
  const edits = { ...Object.fromEntries(others), [promise.what]: { edit: hashOf(promise), tests } };
  writeFigures(root, "promises", { edits });
}

function hashOf({ file, from, to, tests }) {
  const text = JSON.stringify([file, from, to, tests]);
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

function breakAll() {
  try {
    makeCopy();
    // A test that fails anyway would notice everything.
    const tests = chosen.flatMap((each) => each.tests);
    const titlesOf = (file) => tests.filter(([name]) => name === file).map(([, title]) => title);
    const files = [...new Set(tests.map(([name]) => name))];
    const red = files.filter((file) => failed(file, titlesOf(file)));
    if (red.length > 0) return red.map((file) => `${file} fails without any change`);
    return chosen.flatMap(breakOne);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Returns the tests that pass although the promise is broken. */
function breakOne(promise) {
  const { what, file, from, to, build, tests } = promise;
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  if (text.split(from).length !== 2) return [`${what}: the line to change is not once in ${file}`];
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  try {
    for (const script of build === undefined ? [] : builds[build]) run(process.execPath, [script]);
    const passed = tests.filter(([name, title]) => !failed(name, [title]));
    console.log(`${passed.length === 0 ? "noticed" : "NOT NOTICED"}: ${what}`);
    if (passed.length === 0) record(promise);
    return passed.map(([name, title]) => `${what}: ${name} "${title}" passes`);
  } finally {
    writeFileSync(path, text);
    if (build !== undefined) run(process.execPath, builds.program);
  }
}

/** Returns whether at least one test of these titles failed, and not because its file could not be loaded. */
function failed(name, titles) {
  // Named by vitest.config.ts.
  const report = join(copy, "build/test-report.json");
  rmSync(report, { force: true });
  // The pages of test/scripts are tests with the name of their file.
  const isPage = name.endsWith(".txt");
  const patterns = isPage
    ? [escaped(name.split("/").at(-1))]
    : titles.map((title) => escaped(title).replace(/%[sdij]/g, ".*"));
  const printed = run(process.execPath, [
    ...[
      "node_modules/vitest/vitest.mjs",
      "run",
      isPage ? "test/scripts" : name,
      // In one argument: some titles begin with dashes.
      `--testNamePattern=${patterns.join("|")}`,
    ],
  ]);
  if (!existsSync(report)) throw new Error(`${name} ended without a report:\n${printed}`);
  const { testResults, numFailedTests } = JSON.parse(readFileSync(report, "utf8"));
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  if (!results.some(({ status }) => status === "failed" || status === "passed")) {
    throw new Error(`${name} has no test ${patterns.join(", ")}`);
  }
  return numFailedTests > 0 && results.some(({ status }) => status === "failed");
}

/** Returns the end of what the program printed. */
function run(program, args) {
  const { error, status, stdout, stderr } = spawnSync(program, args, {
    cwd: copy,
    encoding: "utf8",
  });
  if (error) throw error;
  const isBuild = args[0]?.startsWith("tools/");
  if (isBuild && status !== 0) throw new Error(`${args[0]} ended with ${status}:\n${stderr}`);
  return `${stdout.slice(-2000)}${stderr.slice(-2000)}`;
}

function escaped(text) {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function makeCopy() {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout } = spawnSync("git", list, { cwd: root, encoding: "utf8" });
  const names = stdout.split("\0").filter((name) => name !== "" && existsSync(join(root, name)));
  for (const name of names) cpSync(join(root, name), join(copy, name));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const isStandalone = chosen.some(({ build }) => build === "standalone");
  for (const script of builds[isStandalone ? "standalone" : "program"]) {
    run(process.execPath, [script]);
  }
}
