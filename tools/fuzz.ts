// npm run fuzz [-- --seconds N | --inputs N] [--seed N] [--target NAME] [--keep]: random inputs for everything that awst
// reads from outside (fuzz-targets.ts). Guided by coverage: an input that reaches new code is changed further. Each
// fault is printed with the input and added to test/fuzz/corpus, which `npm test` runs again.
// --keep also adds inputs that reached new code to the corpus. A whole run (--inputs, all targets) writes its figures
// into docs/assurance.md.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../test/support/processes.ts";
import { writeFigures } from "./assurance/page.mjs";
import { type FuzzTarget, maxLength, openTargets, withServer } from "./fuzz-targets.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string" },
    inputs: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Date.now() % 2 ** 32) },
    target: { type: "string", multiple: true },
    keep: { type: "boolean", default: false },
  },
});

const slowMs = 2000;
const random = randomFrom(Number(values.seed));

const oddNames = ["__proto__", "constructor", "toString", "", "version", "\u0000"];
const oddValues = [
  ...[null, true, false, 0, -1, 1.5, 1e308, -1e308, 2 ** 53, 8.64e15, "", " ", "x", "1", "null"],
  ...[
    "2026-01-01T00:00:00Z",
    "+275760-09-13T00:00:00Z",
    "AKIAEXAMPLE",
    "__proto__",
    "\u202e\u0000",
  ],
  ...[[], {}, [[]], [null], { a: null }, ["a".repeat(2000)]],
];

interface Fault {
  readonly kind: "crash" | "hang";
  readonly target: string;
  readonly input: string;
  readonly what: string;
}

interface TargetResult {
  readonly name: string;
  readonly inputs: number;
  readonly grown: number;
  readonly faults: number;
}

process.exitCode = await withServer(async (server) => {
  const all = await openTargets(server);
  const targets = all.filter(({ name }) => values.target?.includes(name) ?? true);
  const shares = targets.reduce((sum, { share }) => sum + share, 0);
  const coverage = startCoverage();
  const faults: Fault[] = [];
  const results: TargetResult[] = [];
  console.log(`seed ${values.seed}`);
  for (const target of targets) {
    const part = target.share / shares;
    const end = values.seconds && Date.now() + Number(values.seconds) * 1000 * part;
    const count = values.seconds ? Number.POSITIVE_INFINITY : Number(values.inputs) * part;
    const mayRun = (done: number) => done < count && (!end || Date.now() < end);
    const result = await fuzz(target, coverage, mayRun);
    const { inputs, grown } = result;
    results.push({ name: target.name, inputs, grown, faults: result.faults.length });
    faults.push(...result.faults);
    console.log(
      `${target.name}: ${inputs} inputs, ${grown} of them reached new code, ${result.faults.length} faults`,
    );
  }
  for (const { kind, target, input, what } of faults) {
    console.log(`${kind} in ${target}: ${JSON.stringify(input).slice(0, 2000)}\n${what}\n`);
  }
  const count = (kind: Fault["kind"]) => faults.filter((fault) => fault.kind === kind).length;
  const inputs = results.reduce((sum, result) => sum + result.inputs, 0);
  const [crashes, hangs] = [count("crash"), count("hang")];
  console.log(`${inputs} inputs: ${crashes} crashes, ${hangs} hangs`);
  if (values.seconds === undefined && targets.length === all.length) {
    const figures = { seed: Number(values.seed), inputs, crashes, hangs, targets: results };
    writeFigures(root, "fuzz", figures);
  }
  return faults.length === 0 ? 0 : 1;
});

async function fuzz(
  target: FuzzTarget,
  coverage: Coverage,
  mayRun: (done: number) => boolean,
): Promise<{ readonly inputs: number; readonly faults: readonly Fault[]; readonly grown: number }> {
  const first = readCorpus(target.name);
  const pool = [...first];
  const faults: Fault[] = [];
  let inputs = 0;
  const seen = new Set<string>();
  const tryNext = async (input: string) => {
    inputs += 1;
    const fault = await tryInput(target, input);
    if (fault === undefined || seen.has(fault.what.slice(0, 200))) return;
    seen.add(fault.what.slice(0, 200));
    faults.push(fault);
  };
  const mayContinue = () => mayRun(inputs) && faults.length < 20;
  for (const input of first) if (mayContinue()) await tryNext(input);
  coverage.takeNew();
  while (mayContinue()) {
    // Asking for the coverage takes longer than most inputs, so many inputs share one question.
    const tried: string[] = [];
    while (mayContinue() && tried.length < 50) {
      const input = change(target, pool);
      tried.push(input);
      await tryNext(input);
    }
    const reached = coverage.takeNew();
    for (const input of tried) {
      if (reached.size === 0) break;
      const own = await coverage.takeOf(() => tryInput(target, input));
      if (![...own].some((block) => reached.has(block))) continue;
      pool.push(input);
      for (const block of own) reached.delete(block);
    }
  }
  const added = [
    ...faults.map(({ input }) => input),
    ...(values.keep ? pool.slice(first.length, first.length + 40) : []),
  ];
  if (added.length > 0) writeCorpus(target.name, [...first, ...added]);
  return { inputs, faults, grown: pool.length - first.length };
}

async function tryInput(target: FuzzTarget, input: string): Promise<Fault | undefined> {
  const fault = (kind: Fault["kind"], what: string) => ({ kind, target: target.name, input, what });
  const start = performance.now();
  const what = await errorOf(target, input);
  if (what !== undefined) return fault("crash", what);
  if (performance.now() - start < slowMs) return undefined;
  // Processor time: another program that keeps the machine busy makes nothing slow.
  const before = process.cpuUsage();
  await errorOf(target, input);
  const { user } = process.cpuUsage(before);
  if (user < slowMs * 1000) return undefined;
  const took = `${Math.round(user / 1000)} ms of processor time for ${input.length} characters`;
  return fault("hang", took);
}

async function errorOf(target: FuzzTarget, input: string): Promise<string | undefined> {
  try {
    await target.run(input);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** Changes an input from the pool: as JSON, where it is JSON, or its text at one to four places. */
function change({ tokens }: FuzzTarget, pool: readonly string[]): string {
  let text = pick(pool) ?? "";
  if (/^[[{]/.test(text) && random(4) > 0) return changeJson(text);
  for (let times = 1 + random(4); times > 0; times -= 1) {
    const at = random(text.length + 1);
    const end = Math.min(text.length, at + random(1 + random(40)));
    const insert = [
      () => pick(tokens) ?? "",
      () => String.fromCodePoint(random(0x80)),
      () =>
        String.fromCodePoint(pick([0, 0x85, 0xa0, 0x202e, 0x2028, 0xfeff, 0xd800, 0x1f511]) ?? 0),
      () => "",
      () => text.slice(at, end).repeat(1 + random(3)),
      () => pick(pool)?.slice(random(20), 20 + random(200)) ?? "",
      // What takes quadratic time shows with many repetitions only.
      () =>
        random(40) === 0 ? (pick([" ", "[", "\\", '"', "a=", "\n", "&"]) ?? "").repeat(5000) : "0",
    ][random(7)]?.();
    text = text.slice(0, at) + insert + text.slice(random(2) === 0 ? at : end);
  }
  return text.slice(0, maxLength);
}

/** Replaces, removes or moves values of the text's JSON. */
function changeJson(text: string): string {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return text.slice(random(text.length));
  }
  const change = (value: unknown): unknown => {
    const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
    const chosen = pick(entries);
    if (chosen === undefined || random(5) === 0) return pick(oddValues);
    const [name, old] = chosen;
    const changed = [
      () => [name, change(old)],
      () => [name, change(old)],
      () => [pick(entries)?.[0] ?? name, old],
      () => [pick(oddNames) ?? name, old],
      () => [name, pick(entries)?.[1]],
      () => [name, undefined],
    ][random(6)]?.() as [string, unknown];
    if (Array.isArray(value)) return value.with(Number(name), changed[1]);
    const others = entries.filter(([each]) => each !== name);
    return Object.fromEntries([...others, changed]);
  };
  for (let times = 1 + random(3); times > 0; times -= 1) root = change(root);
  return JSON.stringify(root) ?? "null";
}

/** Blocks of this program's code, by their place. */
interface Coverage {
  /** Returns those that ran for the first time since the last call. */
  takeNew(): Set<string>;
  /** Returns all that run in `work`. */
  takeOf(work: () => Promise<unknown>): Promise<Set<string>>;
}

function startCoverage(): Coverage {
  const session = new Session();
  session.connect();
  const post = (method: string, options: object = {}) => {
    let answer: unknown;
    // The inspector of the own thread answers before `post` returns.
    session.post(method, options, (_error, result) => {
      answer = result;
    });
    return answer;
  };
  post("Profiler.enable");
  const start = () => post("Profiler.startPreciseCoverage", { callCount: false, detailed: true });
  start();
  interface Range {
    readonly startOffset: number;
    readonly endOffset: number;
    readonly count: number;
  }
  interface Taken {
    readonly result: readonly {
      readonly url: string;
      readonly functions: readonly { readonly ranges: readonly Range[] }[];
    }[];
  }
  const take = () => {
    const found = new Set<string>();
    for (const { url, functions } of (post("Profiler.takePreciseCoverage") as Taken).result) {
      if (!url.startsWith("file:")) continue;
      for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges)) {
        if (count > 0) found.add(`${url} ${startOffset} ${endOffset}`);
      }
    }
    return found;
  };
  const known = new Set<string>();
  return {
    takeNew: () => {
      const found = new Set([...take()].filter((block) => !known.has(block)));
      for (const block of found) known.add(block);
      return found;
    },
    takeOf: async (work) => {
      post("Profiler.stopPreciseCoverage");
      start();
      await work();
      return take();
    },
  };
}

function corpusFile(name: string): string {
  return join(root, "test/fuzz/corpus", `${name}.json`);
}

function readCorpus(name: string): readonly string[] {
  const file = corpusFile(name);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [""];
}

function writeCorpus(name: string, inputs: readonly string[]): void {
  mkdirSync(join(root, "test/fuzz/corpus"), { recursive: true });
  writeFileSync(corpusFile(name), `${JSON.stringify([...new Set(inputs)], undefined, 1)}\n`);
}

function pick<T>(from: readonly T[]): T | undefined {
  return from[random(from.length)];
}

/** Mulberry32. The result is a whole number below `below`, the same for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return below <= 0 ? 0 : ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
