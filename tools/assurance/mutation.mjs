// npm run mutation [-- FILE …]: changes decisions of awst one place at a time with Stryker, and lists the changes that
// no unit test notices. Each file is a run of its own, and its figures go into docs/assurance.md at once: all files
// together take an hour.

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readFigures, writeFigures } from "./page.mjs";
import { explain, kinds } from "./survivors.mjs";

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, ".mutation");
const report = join(folder, "report.json");

/** Pure functions that decide what is done to keys, devices, users and files. */
const decisions = [
  "src/admin/model/dormant-deletion.ts",
  "src/admin/model/dormant-verdict.ts",
  "src/admin/model/offboarding.ts",
  "src/model/aws/response-checks.ts",
  "src/model/aws/believed-time.ts",
  "src/model/clock.ts",
  "src/model/configuration/trust.ts",
  "src/model/console/sign-in-endpoint.ts",
  "src/model/keychain/sealed-seen.ts",
  "src/model/mfa/mfa-enrolment.ts",
  "src/model/mfa/mfa-replacement.ts",
  "src/model/profile/blocked-edits.ts",
  "src/model/profile/key-profiles.ts",
  "src/model/profile/owned-profiles.ts",
  "src/model/profile/plan-rules.ts",
  "src/model/profile/profile-owner.ts",
  "src/model/profile/profile-plan.ts",
  "src/model/rotation/rotation.ts",
  "src/model/session/session-plan.ts",
  "src/model/state-seal.ts",
  "src/model/text/program-paths.ts",
];

const chosen = process.argv.slice(2);
install();
const counts = (chosen.length > 0 ? chosen : decisions).map(mutate);
const sum = counts.reduce((total, count) => total + count, 0);
console.log(`${sum} changes that no test notices are not explained`);
process.exitCode = sum === 0 ? 0 : 1;

/** Returns how many changes of this file no test notices and `survivors.mjs` does not explain. */
function mutate(file) {
  if (!decisions.includes(file)) throw new Error(`${file} is not in the list of decisions`);
  runStryker(file);
  return reportSurvivors(file);
}

/** Stryker is no dependency of the project: a build never needs its 167 packages. */
function install() {
  mkdirSync(folder, { recursive: true });
  const source = join(import.meta.dirname, "stryker");
  const lock = readFileSync(join(source, "package-lock.json"), "utf8");
  const installed = join(folder, "package-lock.json");
  const isThere = existsSync(join(folder, "node_modules/@stryker-mutator/core"));
  if (isThere && existsSync(installed) && readFileSync(installed, "utf8") === lock) return;
  for (const name of ["package.json", "package-lock.json"]) {
    copyFileSync(join(source, name), join(folder, name));
  }
  // vitest itself is found in the checkout above.
  run("npm", ["ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund"], folder);
}

function runStryker(file) {
  const packages = join(folder, "node_modules/@stryker-mutator");
  const config = {
    testRunner: "vitest",
    plugins: [join(packages, "vitest-runner/dist/src/index.js")],
    vitest: { configFile: "tools/assurance/vitest.config.ts" },
    mutate: [file],
    // TypeScript 7 has no API that Stryker could rewrite this file with, and no path in it needs that.
    tsconfigFile: "none",
    ignorePatterns: [
      "*",
      ".*",
      // It says which files the names in `#…` are.
      "!package.json",
      ...["src", "test", "tools"].flatMap((each) => [`!${each}`, `!${each}/**`]),
    ],
    concurrency: 2,
    coverageAnalysis: "perTest",
    // A busy machine must not look like a change that never ends.
    timeoutMS: 20_000,
    tempDirName: ".mutation/tmp",
    reporters: ["json"],
    jsonReporter: { fileName: report },
  };
  const configFile = join(folder, "config.json");
  writeFileSync(configFile, JSON.stringify(config));
  run(process.execPath, [join(packages, "core/bin/stryker.js"), "run", configFile], root);
}

function reportSurvivors(file) {
  const { files, framework } = JSON.parse(readFileSync(report, "utf8"));
  const { source, mutants } = files[file];
  const tried = mutants.filter(({ status }) => status !== "Ignored");
  const survivors = tried
    // Whatever else happened, for instance a runner that failed, shows no test that notices.
    .filter(({ status }) => status !== "Killed" && status !== "Timeout")
    .map((mutant) => describe(file, source, mutant))
    .map((survivor) => ({ ...survivor, kind: explain(survivor) }));
  const open = survivors.filter(({ kind }) => kind === undefined);
  for (const { line, code, replacement } of open) {
    console.log(`${file}:${line}: ${code}\n  changed to ${replacement}: no test notices\n`);
  }
  console.log(
    `${file}: ${tried.length} changes, ${survivors.length} not noticed, ${open.length} not explained`,
  );
  if (open.length > 0) return open.length;
  const byKind = Object.keys(kinds).map((kind) => [
    kind,
    survivors.filter((each) => each.kind === kind).length,
  ]);
  const { mutation } = readFigures(root);
  const figures = { changes: tried.length, unnoticed: Object.fromEntries(byKind) };
  writeFigures(root, "mutation", {
    stryker: framework.version,
    files: { ...mutation?.files, [file]: figures },
  });
  return 0;
}

/** `code`: what is replaced, on one line. `text`: its whole line. */
function describe(file, source, { location: { start, end }, mutatorName, replacement }) {
  const lines = source.split("\n");
  const part = lines.slice(start.line - 1, end.line);
  part[part.length - 1] = part.at(-1).slice(0, end.column - 1);
  part[0] = part[0].slice(start.column - 1);
  const oneLine = (text) => text.replace(/\s+/g, " ").trim();
  return {
    file,
    line: start.line,
    mutator: mutatorName,
    code: oneLine(part.join(" ")),
    text: oneLine(lines[start.line - 1]),
    replacement: oneLine(replacement ?? ""),
  };
}

function run(program, args, cwd) {
  const { status, error } = spawnSync(program, args, { cwd, stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args[0]} ended with status ${status}`);
}
