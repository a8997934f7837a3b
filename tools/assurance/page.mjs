// Makes docs/assurance.md from docs/assurance.json. Each of the commands below writes its own figures there, and the
// page anew; test/docs.test.ts compares the two files.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kinds } from "./survivors.mjs";

const dataFile = "docs/assurance.json";
const pageFile = "docs/assurance.md";

/** Stores the figures of one command with the version of awst, and writes the page. */
export function writeFigures(root, name, figures) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const all = { ...readFigures(root), [name]: { version, ...figures } };
  writeFileSync(join(root, dataFile), `${JSON.stringify(all, undefined, 2)}\n`);
  writeFileSync(join(root, pageFile), renderPage(all));
}

/** Returns {} before the first command has written its figures. */
export function readFigures(root) {
  const path = join(root, dataFile);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
}

/** Returns the text of docs/assurance.md. */
export function renderPage({ fuzz, promises, mutation }) {
  return `${[
    "# Assurance",
    "How far the tests of awst can be trusted. The figures are written by the commands that make them, with the version\nthat they were made with; `test/docs.test.ts` checks that nothing else was changed.",
    ...(fuzz === undefined ? [] : fuzzSection(fuzz)),
    ...(promises === undefined ? [] : promisesSection(promises)),
    ...(mutation === undefined ? [] : mutationSection(mutation)),
  ].join("\n\n")}\n`;
}

function fuzzSection({ version, seed, inputs, crashes, hangs, targets }) {
  return [
    "## Random inputs",
    "`npm run fuzz` changes inputs at random, guided by coverage, for everything that awst reads from outside. A crash is\nan error that awst does not explain, or a broken rule of the function; a hang takes two seconds of processor time.",
    `Version ${version}, seed ${seed}: **${group(inputs)} inputs, ${crashes} crashes, ${hangs} hangs.**`,
    table(
      ["what is read", "inputs", "new code", "faults"],
      targets.map(({ name, inputs, grown, faults }) => [name, group(inputs), grown, faults]),
    ),
    "`new code`: inputs that reached code which no earlier input had reached. `npm test` runs the stored inputs of\n`test/fuzz/corpus` again.",
  ];
}

function promisesSection({ version, edits }) {
  const named = Object.values(edits).flatMap(({ tests }) => tests);
  return [
    "## Promises, broken on purpose",
    "`npm run promises` breaks each promise of the threat model in [SECURITY.md](../SECURITY.md) in a copy of the checkout,\nand runs the tests that its row names. Every one of them has to fail. Edits of `tools/assurance/promises.mjs` that are\nnot counted here were not made since they changed.",
    `Version ${version}: **${Object.keys(edits).length} edits, and all ${new Set(named).size} tests that are named failed.**`,
  ];
}

function mutationSection({ version, stryker, files }) {
  const rows = Object.keys(files)
    .sort()
    .map((file) => ({ file, ...files[file] }));
  const total = rows.reduce((sum, { changes }) => sum + changes, 0);
  const unnoticed = rows.reduce((sum, row) => sum + countOf(row), 0);
  const byKind = Object.keys(kinds).map((kind) => [
    kinds[kind],
    rows.reduce((sum, row) => sum + (row.unnoticed[kind] ?? 0), 0),
  ]);
  return [
    "## Decisions, changed one place at a time",
    `\`npm run mutation\` changes pure functions with Stryker ${stryker}, and runs the unit tests that cover the change. A change\nthat no test notices is a hole in the tests, or is explained in \`tools/assurance/survivors.mjs\`; otherwise the command\nfails. Files of the list in \`tools/assurance/mutation.mjs\` that are not here were not measured yet.`,
    `Version ${version}: **${group(total)} changes, ${group(total - unnoticed)} noticed, ${unnoticed} explained.**`,
    table(
      ["file", "changes", "noticed", "explained"],
      rows.map((row) => [`\`${row.file}\``, row.changes, row.changes - countOf(row), countOf(row)]),
    ),
    "Why no test has to notice those that are explained:",
    table(["kind", "changes"], byKind),
  ];
}

function countOf({ unnoticed }) {
  return Object.values(unnoticed).reduce((sum, count) => sum + count, 0);
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** 100000 becomes 100,000. */
function group(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}
