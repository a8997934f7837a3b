// npm run build. dist/: the program, in CommonJS chunks with everything in them but the two native
// packages (docs/decisions/), and the licences of what they carry. build/: what only this checkout
// needs (demo, sandbox, bench, docs), packages left outside, since Node 20 runs no TypeScript.
// Each folder is written beside its place and moved there whole.

import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { rolldown } from "rolldown";

const root = resolve(import.meta.dirname, "..");
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
    // Names stay: they are what a stack of --debug is good for.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    comments: false,
  });
  await bundle.close();
  output.push(...(await buildPrompt(folder)));
  const modules = output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : []));
  writeFileSync(join(folder, "THIRD-PARTY-LICENSES.txt"), licences(modules));
  put(folder, "dist");
  return Object.fromEntries(
    output.flatMap((chunk) =>
      chunk.type === "chunk"
        ? [[chunk.fileName, chunk.moduleIds.map((module) => relative(root, module))]]
        : [],
    ),
  );
}

/** `status` once more, with what it needs and nothing else. */
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
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    comments: false,
  });
  await bundle.close();
  return output;
}

/**
 * What an answer to an SDK needs, and what a warm `assume` needs besides, by the first split: each then
 * lies in one file, which Node reads and compiles faster than thirty small ones.
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

/** `chunks`: which sources stand in which file of dist/, for test/startup.test.ts. */
async function buildTools(chunks) {
  const sources = {
    sandbox: "sandbox/main.ts",
    demo: "tools/demo.ts",
    bench: "tools/bench.ts",
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
    // What the compiler adds for newer syntax comes with it.
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
  put(folder, "build");
}

function failOnWarnings(level, log, handle) {
  // Packages are not ours to mend; our own files are.
  const ours = !(log.id ?? log.ids?.join() ?? log.message).includes("node_modules");
  handle(level === "warn" && ours ? "error" : level, log);
}

function beside(name) {
  return join(root, `.${name}-${process.pid}`);
}

/** Moves the folder into place; what only others put there (the stand-alone program) stays. */
function put(folder, name) {
  const place = join(root, name);
  const old = `${folder}-old`;
  if (existsSync(place)) {
    for (const kept of readdirSync(place).filter((file) => /^awst(\.exe)?$/.test(file))) {
      renameSync(join(place, kept), join(folder, kept));
    }
    renameSync(place, old);
  }
  renameSync(folder, place);
  rmSync(old, { recursive: true, force: true });
}

/** The packages that stand in the chunks, by licence text: name, version, licence. */
function licences(modules) {
  const folders = new Set(modules.map(packageFolder).filter((folder) => folder !== undefined));
  const byText = new Map();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(
      readFileSync(join(folder, "package.json"), "utf8"),
    );
    const file = readdirSync(folder).find((each) => /^licen[cs]e(\.|$)/i.test(each));
    if (license === undefined && file === undefined) throw new Error(`${name} names no licence`);
    const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
    const packages = byText.get(text) ?? [];
    byText.set(text, [...packages, `${name} ${version} (${license ?? "see below"})`]);
  }
  const blocks = [...byText].map(([text, packages]) => `${packages.sort().join("\n")}\n\n${text}`);
  const rule = `\n\n${"-".repeat(80)}\n\n`;
  return `awst carries these packages in its files:\n\n${blocks.sort().join(rule).trimEnd()}\n`;
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
