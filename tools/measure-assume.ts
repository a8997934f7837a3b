// npm run measure [CHECKOUT…]: what runs of awst execute and read, for this checkout and for others beside it.
// Method: src/ is bundled without minifying; the comment that the bundler writes before each file (`// src/…`)
// says which lines come from which file. V8's precise coverage (NODE_V8_COVERAGE) of a real process against
// the embedded sandbox then counts the calls of every function.
// - An executed file is one of which at least one function was called.
// - State-file reads, keychain reads and locks are calls of the function that opens the file, reads the item,
//   takes the lock. A process that awst starts apart counts too.
// - The files to the socket are those on the deepest stack, async frames included, at `net.Socket.connect`.
//   V8 leaves out callers that return a promise without `await`, so the real way can be one or two files longer.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { type Home, makeHome } from "../test/support/home.ts";
import { root } from "../test/support/processes.ts";

interface Run {
  readonly name: string;
  readonly files: number;
  readonly lines: number;
  readonly stateReads: number;
  readonly keychainReads: number;
  readonly verifications: number;
  readonly locks: number;
  readonly stack: readonly string[];
}

const assume = ["assume", "main-account", "DeveloperAccess"];
const serve = ["credential-process", "main-account", "DeveloperAccess"];

const regionsByChunk = new Map<
  string,
  readonly { readonly file: string; readonly start: number; readonly end: number }[]
>();

for (const checkout of [root, ...process.argv.slice(2).map((each) => resolve(each))]) {
  console.log(`${checkout === root ? "this checkout" : checkout}`);
  for (const run of await measure(checkout)) {
    console.log(
      `  ${run.name.padEnd(26)} ${run.files} files executed (${run.lines} lines), ${run.stateReads} state-file reads, ` +
        `${run.keychainReads} keychain reads (and ${run.verifications} to verify a write), ${run.locks} locks`,
    );
    if (run.stack.length > 0)
      console.log(`    ${run.stack.length} files to the socket: ${run.stack.join(" → ")}`);
  }
}

async function measure(checkout: string): Promise<readonly Run[]> {
  const folder = mkdtempSync(join(root, "build", "measured-"));
  try {
    await bundle(checkout, folder);
    await using home = await makeHome();
    const runs: Run[] = [];
    const add = async (name: string, args: readonly string[], code = false) => {
      runs.push(await measureRun({ name, args, checkout, folder, home, code }));
    };
    await home.run([process.execPath, join(folder, "awst.cjs"), "key", "import"]);
    await add("assume, cold", assume, true);
    await add("assume, warm", assume);
    await add("credential-process, warm", serve);
    home.moveClock(60);
    await add("key rotate", ["key", "rotate"], true);
    return runs;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bundle(checkout: string, folder: string): Promise<void> {
  const made = await rolldown({
    input: { awst: join(checkout, "src/awst.ts") },
    cwd: checkout,
    platform: "node",
    resolve: { mainFields: ["module", "main"] },
    transform: { target: "node20.19" },
    external: (name) => ["@napi-rs/keyring", "fs-native-extensions"].includes(name),
    logLevel: "silent",
  });
  await made.write({
    dir: folder,
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
  });
  await made.close();
  writeFileSync(
    join(folder, "stack.cjs"),
    `const net = require("node:net");
Error.stackTraceLimit = 200;
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...asked) {
  require("node:fs").appendFileSync(process.env.MEASURED_STACKS, JSON.stringify(new Error("socket").stack) + "\\n");
  return connect.apply(this, asked);
};
`,
  );
}

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly functionName: string;
      readonly ranges: readonly { readonly startOffset: number; readonly count: number }[];
    }[];
  }[];
}

async function measureRun(asked: {
  readonly name: string;
  readonly args: readonly string[];
  readonly checkout: string;
  readonly folder: string;
  readonly home: Home;
  readonly code: boolean;
}): Promise<Run> {
  const { name, args, checkout, folder, home } = asked;
  const coverage = mkdtempSync(join(folder, "coverage-"));
  const stacks = join(coverage, "stacks.txt");
  writeFileSync(stacks, "");
  const options = home.env["NODE_OPTIONS"] ?? "";
  const finished = await home.run([process.execPath, join(folder, "awst.cjs"), ...args], {
    env: {
      NODE_V8_COVERAGE: join(coverage, "v8"),
      NODE_OPTIONS: `${options} --require ${join(folder, "stack.cjs")}`.trim(),
      MEASURED_STACKS: stacks,
      ...(asked.code && { AWST_MFA_CODE: home.code() }),
    },
  });
  if (finished.status !== 0) throw new Error(`${name}: ${finished.stderr}`);
  const calls = countCalls(join(coverage, "v8"), folder);
  const files = new Set(calls.map(({ file }) => file));
  const countOf = (file: RegExp, functions: readonly string[]) =>
    calls
      .filter((each) => file.test(each.file) && functions.includes(each.functionName))
      .reduce((sum, { count }) => sum + count, 0);
  const verifications = countOf(/keychain\/open\.ts$/, ["verifyWrite"]);
  return {
    name,
    files: files.size,
    lines: [...files].reduce((sum, file) => sum + linesOf(join(checkout, file)), 0),
    stateReads: countOf(/adapters\/file\/state\.ts$/, ["readJson"]),
    keychainReads: countOf(/keychain\/open\.ts$/, ["read"]) - verifications,
    verifications,
    locks: countOf(/adapters\/file\/locks\.ts$/, ["take", "waitForLock"]),
    stack: longestStack(stacks, folder),
  };
}

interface Calls {
  readonly file: string;
  readonly functionName: string;
  readonly count: number;
}

/** Calls of functions of src/, by the regions of the chunks. */
function countCalls(folder: string, chunks: string): readonly Calls[] {
  const [report, ...others] = readdirSync(folder);
  if (report === undefined) throw new Error("no coverage was written");
  // A process that awst starts apart writes a report as well: the first one to end is not always awst's.
  const reports = [report, ...others].map(
    (each) => JSON.parse(readFileSync(join(folder, each), "utf8")) as Coverage,
  );
  return reports
    .flatMap(({ result }) => result)
    .filter(({ url }) => url.startsWith("file:") && fileURLToPath(url).startsWith(`${chunks}/`))
    .flatMap(({ url, functions }) => {
      const regions = regionsOf(fileURLToPath(url));
      return functions.flatMap(({ functionName, ranges }) => {
        const [whole] = ranges;
        const region = regions.findLast(({ start }) => start <= (whole?.startOffset ?? 0));
        const isInside = region !== undefined && region.end >= (whole?.startOffset ?? 0);
        if (!whole || whole.count === 0 || !isInside) return [];
        return [{ file: region.file, functionName, count: whole.count }];
      });
    })
    .filter(({ file }) => file.startsWith("src/"));
}

function regionsOf(chunk: string) {
  const known = regionsByChunk.get(chunk);
  if (known !== undefined) return known;
  const text = readFileSync(chunk, "utf8");
  const marks = [...text.matchAll(/^\/\/(?:#region)? (\S+\.(?:[cm]?[jt]s|json))$/gm)];
  const regions = marks.map(({ 1: file = "", index }, at) => ({
    file,
    start: index,
    end: marks[at + 1]?.index ?? text.length,
  }));
  regionsByChunk.set(chunk, regions);
  return regions;
}

/** The files of src/ on the deepest stack, from the start to the socket. */
function longestStack(path: string, folder: string): readonly string[] {
  const stacks = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => filesOf(JSON.parse(line), folder));
  return stacks.reduce((best, each) => (each.length > best.length ? each : best), []);
}

function filesOf(stack: string, folder: string): readonly string[] {
  const files: string[] = [];
  for (const [, path = "", line = "1"] of stack.matchAll(/(\/[^\s():]+):(\d+):\d+/g)) {
    if (!path.startsWith(`${folder}/`)) continue;
    const text = readFileSync(path, "utf8");
    const offset =
      text
        .split("\n")
        .slice(0, Number(line) - 1)
        .join("\n").length + 1;
    const region = regionsOf(path).findLast(({ start, end }) => start <= offset && offset <= end);
    if (region?.file.startsWith("src/") && !files.includes(region.file)) files.push(region.file);
  }
  return files.reverse();
}

function linesOf(path: string): number {
  return readFileSync(path, "utf8").trimEnd().split("\n").length;
}
