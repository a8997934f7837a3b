// npm run build. dist/: the program, in CommonJS chunks with everything in them but the two native
// packages (docs/decisions/), the licences of what they carry, and the function for Lambda. build/: what only this checkout
// needs (demo, sandbox, bench, docs), without packages, since Node 20 runs no TypeScript.
// Each folder is written under a temporary name and then renamed.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { rolldown } from "rolldown";
import { zipOf } from "./write-zip.mjs";

const root = resolve(import.meta.dirname, "..");
// Licences with which a package may be shipped inside the program.
const permissive = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD"];
const native = ["@napi-rs/keyring", "fs-native-extensions"];

try {
  await buildTools(await buildProgram());
} finally {
  for (const name of ["dist", "build"]) rmSync(beside(name), { recursive: true, force: true });
}

async function buildProgram() {
  const bundle = await rolldown({
    input: { awst: join(root, "src/awst.ts") },
    cwd: root,
    platform: "node",
    // The SDK's ES modules are shaken, its CommonJS ones come whole: half the time of a cold start.
    resolve: { mainFields: ["module", "main"] },
    transform: { target: "node20.19" },
    external: (name) => native.includes(name),
    onLog: failOnWarnings,
  });
  const firstSplit = await bundle.generate({ format: "cjs" });
  const warm = findModules(
    firstSplit,
    /src\/(awst|commands\/credential-process|adapters\/keychain\/open)\.ts$/,
  );
  const assume = findModules(firstSplit, /src\/commands\/assume\.ts$/);
  const folder = beside("dist");
  const { output } = await bundle.write({
    dir: folder,
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
    codeSplitting: {
      groups: [
        { name: "warm", test: (module) => warm.has(module), priority: 2 },
        { name: "assume", test: (module) => assume.has(module), priority: 1 },
      ],
    },
    // Functions keep their names, for the stacks of --debug. Other names become short: Node compiles the files at
    // each start.
    minify: { compress: true, mangle: { keepNames: true }, codegen: { removeWhitespace: true } },
    comments: false,
  });
  await bundle.close();
  output.push(...(await buildPrompt(folder)));
  for (const { fileName } of output) writeInAscii(join(folder, fileName));
  const ofFunction = await buildFunction(join(folder, "lambda"));
  const modules = output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : []));
  const packages = bundledPackages([...modules, ...ofFunction]);
  writeFileSync(join(folder, "THIRD-PARTY-LICENSES.txt"), licences(packages));
  put(folder, "dist");
  const chunks = Object.fromEntries(
    output.flatMap((chunk) =>
      chunk.type === "chunk"
        ? [[chunk.fileName, chunk.moduleIds.map((module) => relative(root, module))]]
        : [],
    ),
  );
  return { chunks, packages: packages.map(({ name }) => name) };
}

/**
 * Escapes what is not ASCII: V8 keeps the text of such a file in two bytes a character, and a warm start takes 0.5 ms
 * longer. Comments are gone by then, so such characters are in literals only.
 */
function writeInAscii(path) {
  const code = readFileSync(path, "utf8");
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  writeFileSync(path, code.replace(/[^\0-\x7f]/g, escaped));
}

/** Builds `status` a second time, in one small file for shell prompts. */
async function buildPrompt(folder) {
  const bundle = await rolldown({
    input: { prompt: join(root, "src/prompt.ts") },
    cwd: root,
    platform: "node",
    transform: { target: "node20.19" },
    onLog: failOnWarnings,
  });
  const { output } = await bundle.write({
    dir: folder,
    format: "cjs",
    entryFileNames: "[name].cjs",
    minify: { compress: true, mangle: { keepNames: true }, codegen: { removeWhitespace: true } },
    comments: false,
  });
  await bundle.close();
  return output;
}

/**
 * Builds the function for Lambda: a ZIP of one file, with the SDK client that awst is tested with, and the template
 * beside it. Returns its modules.
 */
async function buildFunction(folder) {
  const bundle = await rolldown({
    input: { index: join(root, "src/admin/lambda-handler.ts") },
    cwd: root,
    platform: "node",
    resolve: { mainFields: ["module", "main"] },
    transform: { target: "node24" },
    onLog: failOnWarnings,
  });
  const { output } = await bundle.generate({
    format: "cjs",
    entryFileNames: "[name].js",
    codeSplitting: false,
    minify: { compress: true, mangle: { keepNames: true }, codegen: { removeWhitespace: true } },
    comments: false,
  });
  await bundle.close();
  const [chunk] = output;
  mkdirSync(folder);
  writeFileSync(join(folder, "awst-admin.zip"), zipOf([[chunk.fileName, chunk.code]]));
  const template = "dormant-users.yaml";
  copyFileSync(join(root, "deploy/cloudformation", template), join(folder, template));
  return chunk.moduleIds;
}

/**
 * Returns the modules that an answer to an SDK needs, or a warm `assume`, by the first split. Each set becomes
 * one file, which Node reads and compiles faster than thirty small ones.
 */
function findModules({ output }, first) {
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]));
  const found = new Set();
  const visit = (chunk) => {
    if (chunk === undefined || found.has(chunk)) return;
    found.add(chunk);
    for (const name of chunk.imports) visit(chunks.get(name));
  };
  for (const chunk of chunks.values()) if (first.test(chunk.facadeModuleId ?? "")) visit(chunk);
  return new Set([...found].flatMap((chunk) => chunk.moduleIds));
}

/**
 * `chunks`: which sources are in which file of dist/, for test/startup.test.ts. `packages`: what is bundled, for
 * the bill of materials of a release.
 */
async function buildTools({ chunks, packages }) {
  const sources = {
    sandbox: "sandbox/main.ts",
    demo: "tools/demo.ts",
    "demo-admin": "tools/demo-admin.ts",
    bench: "tools/bench.ts",
    fuzz: "tools/fuzz.ts",
    "measure-assume": "tools/measure-assume.ts",
    "sandbox-shell": "tools/sandbox-shell.ts",
    "write-docs": "tools/write-docs.ts",
  };
  const bundle = await rolldown({
    input: Object.fromEntries(
      Object.entries(sources).map(([name, source]) => [name, join(root, source)]),
    ),
    cwd: root,
    platform: "node",
    transform: { target: "node20.19" },
    // Includes the helpers that the compiler adds for newer syntax.
    external: (name) => /^(?!@oxc-project\/|[./#\0]|[A-Za-z]:)/.test(name),
    onLog: failOnWarnings,
  });
  const folder = beside("build");
  await bundle.write({
    dir: folder,
    format: "esm",
    entryFileNames: "[name].mjs",
    chunkFileNames: "[name].mjs",
  });
  await bundle.close();
  writeFileSync(join(folder, "chunks.json"), JSON.stringify(chunks, undefined, 1));
  writeFileSync(join(folder, "packages.json"), JSON.stringify([...new Set(packages)].sort()));
  put(folder, "build");
}

function failOnWarnings(level, log, handle) {
  // Warnings of packages are not errors; warnings of our own files are.
  const ours = !(log.id ?? log.ids?.join() ?? log.message).includes("node_modules");
  handle(level === "warn" && ours ? "error" : level, log);
}

function beside(name) {
  return join(root, `.${name}-${process.pid}`);
}

/** Replaces the folder; keeps the stand-alone program, which another script builds. */
function put(folder, name) {
  const target = join(root, name);
  const old = `${folder}-old`;
  if (existsSync(target)) {
    for (const program of readdirSync(target).filter((file) => /^awst(\.exe)?$/.test(file))) {
      renameSync(join(target, program), join(folder, program));
    }
    renameSync(target, old);
  }
  renameSync(folder, target);
  rmSync(old, { recursive: true, force: true });
}

function bundledPackages(modules) {
  const folders = new Set(modules.map(packageFolder).filter((folder) => folder !== undefined));
  return [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(folder, "package.json"), "utf8"),
    );
    const file = readdirSync(folder).find((each) => /^licen[cs]e(\.|$)/i.test(each));
    if (!permissive.includes(license)) {
      throw new Error(`${name} ${version}: awst can't be shipped with the licence ${license}`);
    }
    const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
    return { name, version, license, text };
  });
}

/** Lists the packages in the chunks, by licence text: name, version, licence. */
function licences(packages) {
  const byText = new Map();
  for (const { name, version, license, text } of packages) {
    const same = byText.get(text) ?? [];
    byText.set(text, [...same, `${name} ${version} (${license})`]);
  }
  const blocks = [...byText].map(([text, names]) => `${names.sort().join("\n")}\n\n${text}`);
  const rule = `\n\n${"-".repeat(80)}\n\n`;
  return `awst includes these packages:\n\n${blocks.sort().join(rule).trimEnd()}\n`;
}

function packageFolder(module) {
  if (!module.startsWith("/") && !/^[A-Za-z]:/.test(module)) return undefined;
  if (!relative(root, module).includes("node_modules")) return undefined;
  let folder = dirname(module);
  const isPackage = () => {
    const file = join(folder, "package.json");
    return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).version !== undefined;
  };
  while (!isPackage()) folder = dirname(folder);
  return folder;
}
