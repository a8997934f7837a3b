// npm run bench -- --many: measures many processes at once, each on its own home. Every row says how many were
// served, how often AWS was called, and the time as a multiple of as many bare `node -e 0` at once.

import { readFileSync } from "node:fs";
import { countCalls } from "../test/support/calls.ts";
import { type Home, makeHome, plainConfiguration } from "../test/support/home.ts";
import type { Finished, Started } from "../test/support/processes.ts";
import { blockFirstCode } from "../test/support/single-flight.ts";
import { type ManyFinished, startMany, startManyPrograms } from "../test/support/start-many.ts";

const ownClock = { NODE_OPTIONS: undefined, SHIFT_CLOCK_FILE: undefined };
const warm = ["credential-process", "main-account", "DeveloperAccess"];
const allRoles = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }],
} as const;

/** Prints the rows of many processes at once. `only`: names of rows; empty: all. */
export async function benchMany(only: readonly string[]): Promise<void> {
  console.log(`node ${process.version}, each row once, on a sandbox in the measuring process\n`);
  const rows: Readonly<Record<string, () => Promise<void>>> = {
    one: async () => {
      for (const count of [50, 300, 500]) await benchOneRole(count);
    },
    roles: () => benchRoles(200),
    warm: () => benchWarm(200),
    waiting: () => benchWaiting(300),
    stored: () => benchStored(3000),
  };
  for (const [name, row] of Object.entries(rows)) {
    if (only.length === 0 || only.includes(name)) await row();
  }
}

async function benchOneRole(count: number): Promise<void> {
  await using home = await openCold();
  const all = await startTogether(home, () => warm, count);
  await print(`${count} callers of one role, cold`, home, all, count);
}

async function benchRoles(count: number): Promise<void> {
  await using home = await openCold(count);
  const role = (at: number) => ["credential-process", "main-account", `Role${at}`];
  const all = await startTogether(home, role, count);
  await print(`${count} different roles, cold`, home, all, count);
}

async function benchWarm(count: number): Promise<void> {
  await using home = await openCold();
  await succeed(home, warm);
  const single: number[] = [];
  for (let at = 0; at < 11; at++) single.push((await succeed(home, warm)).milliseconds);
  home.sandbox.forgetCalls();
  const all = await startTogether(home, () => warm, count);
  await print(`${count} callers of one role, warm`, home, all, count);
  const each = median(all.finished.map(({ milliseconds }) => milliseconds));
  const bare = await startBare(home, count);
  const atOnce = median(bare.finished.map(({ milliseconds }) => milliseconds));
  console.log(
    `  median of each: ${(each / median(single)).toFixed(1)} × a single one; \`node -e 0\` at once: ${(atOnce / median(await singleBare(home))).toFixed(1)} ×`,
  );
}

/** Measures what processes that wait for one code cost, in percent of one core. */
async function benchWaiting(count: number): Promise<void> {
  await using home = await openCold();
  home.write("block-first", blockFirstCode, 0o755);
  configure(home, "$HOME/block-first");
  const all = Array.from({ length: count }, () => home.start(warm));
  await allWaiting(all);
  const seconds = 5;
  const ids = all.map(({ child }) => child.pid ?? 0);
  const before = cpuOf(ids);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const used = (cpuOf(ids) - before) / seconds;
  home.write("go", "");
  const finished = await Promise.all(all.map((each) => each.finished));
  const served = finished.filter(({ status }) => status === 0).length;
  console.log(
    `${`${count} waiting for one code`.padEnd(44)}${served} served, ${(used * 100).toFixed(1)} % of one core while they wait`,
  );
}

/** Resolves when all but the leader print that they wait. */
function allWaiting(all: readonly Started[]): Promise<void> {
  let left = all.length - 1;
  return new Promise((resolve) => {
    for (const { child } of all) {
      child.stderr?.once("data", () => {
        left -= 1;
        if (left === 0) resolve();
      });
    }
  });
}

/** Measures a warm start beside `count` stored sessions, and with three. */
async function benchStored(count: number): Promise<void> {
  const ratios: number[] = [];
  let logoutMs = 0;
  for (const stored of [3, count]) {
    await using home = await openCold(stored);
    const tasks = Array.from({ length: stored }, (_, at) => at);
    const workers = Array.from({ length: 8 }, async () => {
      for (let at = tasks.pop(); at !== undefined; at = tasks.pop()) {
        await succeed(home, ["credential-process", "main-account", `Role${at}`]);
      }
    });
    await Promise.all(workers);
    const one = ["credential-process", "main-account", "Role0"];
    const mine: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < 21; round++) {
      bare.push((await home.run([process.execPath, "-e", "0"])).milliseconds);
      mine.push((await succeed(home, one)).milliseconds);
    }
    ratios.push(median(mine) / median(bare));
    const begin = performance.now();
    await succeed(home, ["logout", "--all"]);
    logoutMs = performance.now() - begin;
  }
  const [few = 0, many = 0] = ratios;
  console.log(
    `${`warm, with 3 and with ${count} stored sessions`.padEnd(44)}${few.toFixed(2)} × and ${many.toFixed(2)} × a bare node; logout --all of ${count}: ${(logoutMs / 1000).toFixed(1)} s`,
  );
}

/** Opens a home with an unlocked keychain, an imported key and no session. `roles`: how many more, Role0 and so on. */
async function openCold(roles = 0): Promise<Home> {
  const home = await makeHome({ configuration: null, env: ownClock });
  const account = home.sandbox.cloud.accounts.get(home.sandbox.main.accountId);
  const { trust } = account?.role("DeveloperAccess") ?? {};
  if (account === undefined || trust === undefined) throw new Error("the sandbox has no role");
  const names = Array.from({ length: roles }, (_, at) => `Role${at}`);
  for (const name of names) account.addRole(name, { trust, policies: [] });
  account.attachToUser("admin", { name: "all-roles", document: allRoles });
  configure(home, "mfa-code", names);
  await succeed(home, ["key", "import"]);
  await succeed(home, ["logout", "--all"]);
  await succeed(home, ["key", "list"]);
  home.sandbox.forgetCalls();
  return home;
}

function configure(home: Home, command: string, roles: readonly string[] = []): void {
  const sections = roles.map((name) => `[roles.${name}]\nduration = "1h"\n`).join("");
  const mfa = `\n[mfa]\ncommand = "${command}"\n`;
  home.write(".config/awstools/config.toml", plainConfiguration(home.sandbox) + sections + mfa);
}

interface Together {
  readonly finished: readonly ManyFinished[];
  readonly milliseconds: number;
  /** Of all processes together, in seconds. */
  readonly cpu: number;
}

async function startTogether(
  home: Home,
  args: (at: number) => readonly string[],
  count: number,
): Promise<Together> {
  return timed(() =>
    startMany(
      home,
      Array.from({ length: count }, (_, at) => args(at)),
    ),
  );
}

async function startBare(home: Home, count: number): Promise<Together> {
  return timed(() =>
    startManyPrograms(
      home,
      Array.from({ length: count }, () => [process.execPath, "-e", "0"]),
    ),
  );
}

async function timed(work: () => Promise<readonly ManyFinished[]>): Promise<Together> {
  const begin = performance.now();
  const before = cpuOfChildren();
  const finished = await work();
  const cpu = cpuOfChildren() - before;
  return { finished, milliseconds: performance.now() - begin, cpu };
}

async function singleBare(home: Home): Promise<readonly number[]> {
  const times: number[] = [];
  for (let at = 0; at < 11; at++) {
    times.push((await home.run([process.execPath, "-e", "0"])).milliseconds);
  }
  return times;
}

async function print(name: string, home: Home, all: Together, count: number): Promise<void> {
  const served = all.finished.filter(({ status }) => status === 0).length;
  const calls = Object.entries(countCalls(home.sandbox)).map(([action, n]) => `${n} ${action}`);
  const bare = await startBare(home, count);
  const seconds = ({ milliseconds }: Together) => (milliseconds / 1000).toFixed(1);
  const cpu = `${(all.cpu / bare.cpu).toFixed(1)} × their processor time`;
  const time = `${seconds(all)} s (as many bare nodes: ${seconds(bare)} s), ${cpu}`;
  console.log(`${name.padEnd(44)}${served} served, ${time}; ${calls.join(", ") || "no calls"}`);
  const failed = all.finished.find(({ status }) => status !== 0);
  if (failed !== undefined) console.log(`  first failure: ${failed.stderr.trim()}`);
}

async function succeed(home: Home, args: readonly string[]): Promise<Finished> {
  const finished = await home.awst(args);
  if (finished.status === 0) return finished;
  throw new Error(`awst ${args.join(" ")} ended with ${finished.status}: ${finished.stderr}`);
}

/** Returns the processor time of processes, in seconds, as Linux counts it. */
function cpuOf(ids: readonly number[]): number {
  return ids.reduce((sum, id) => sum + ticksOf(`${id}`, [11, 12]), 0) / 100;
}

/** The same of all processes that this one started and that have ended, with theirs. */
function cpuOfChildren(): number {
  return ticksOf("self", [13, 14]) / 100;
}

function ticksOf(id: string, fields: readonly number[]): number {
  const text = readFileSync(`/proc/${id}/stat`, "utf8").replace(/^.*\) /, "");
  const all = text.split(" ").map(Number);
  return fields.reduce((sum, field) => sum + (all[field] ?? 0), 0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
