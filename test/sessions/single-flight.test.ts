// Fifty processes that want the same session at the same moment, and what becomes of them when the one
// that is about to get it is killed. Codes come from the phone, which counts them.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { countCalls } from "../support/calls.ts";
import { type Home, makeHome, plainConfiguration } from "../support/home.ts";
import { awstWords, findProgram, type Started } from "../support/processes.ts";
import { spawnPty } from "../support/pty.ts";

const many = 50;
const words = ["credential-process", "main-account", "DeveloperAccess"];

let home: Home;
beforeEach(async () => {
  home = await makeHome({ configuration: null });
});
afterEach(() => home.remove());

function configure(command?: string): void {
  const mfa = command === undefined ? "" : `\n[mfa]\ncommand = "${command}"\n`;
  home.write(".config/awstools/config.toml", plainConfiguration(home.sandbox) + mfa);
}

const startAll = (count: number) => Array.from({ length: count }, () => home.start(words));

async function finishAll(all: readonly Started[]) {
  const finished = await Promise.all(all.map((each) => each.finished));
  const good = finished.filter(({ status }) => status === 0);
  const bad = finished.filter(({ status }) => status !== 0);
  return { finished, good, bad, answers: new Set(good.map(({ stdout }) => stdout)) };
}

function expectNoCodeTwice(): void {
  expect(home.sandbox.calls().filter(({ codeSeenBefore }) => codeSeenBefore > 0)).toEqual([]);
}

/** The process that holds the lock whose file's name begins so, by what the file says. */
async function holderOf(lock: string): Promise<number> {
  const folder = join(home.path, ".local/state/awst/locks");
  return until(`somebody holds ${lock}`, () => {
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const name = names.find((each) => each.startsWith(lock));
    const text = name === undefined ? "" : readFileSync(join(folder, name), "utf8");
    return Number(/\(process (\d+)\)/.exec(text)?.[1]);
  });
}

/** Waits until so many of them have said that they wait. */
async function untilWaiting(all: readonly Started[], count = all.length - 1): Promise<void> {
  const waiting = new Set<Started>();
  for (const each of all) {
    let said = "";
    each.child.stderr?.on("data", (bytes: Buffer) => {
      said += bytes;
      if (said.includes("waiting for")) waiting.add(each);
    });
  }
  await until(`${count} wait`, () => waiting.size >= count);
}

/** Kills the leader; resolves with the seconds until all others were done. */
async function killAndTime(all: readonly Started[], pid: number): Promise<number> {
  expect(all.map(({ child }) => child.pid)).toContain(pid);
  const begin = performance.now();
  process.kill(pid, "SIGKILL");
  await Promise.all(all.map((each) => each.finished));
  const seconds = (performance.now() - begin) / 1000;
  console.log(`${all.length - 1} others were done ${seconds.toFixed(1)} s after the kill`);
  return seconds;
}

test(`${many} at once: one code, one GetSessionToken, one AssumeRole, ${many} equal answers`, async () => {
  configure("mfa-code");
  const { bad, answers } = await finishAll(startAll(many));
  expect(bad).toEqual([]);
  expect(answers.size).toBe(1);
  expect(home.codesAsked()).toBe(1);
  expect(countCalls(home.sandbox)).toEqual({ GetSessionToken: 1, AssumeRole: 1 });
});

test("from several shells and folders, for two roles and by several verbs: one code", async () => {
  configure("mfa-code");
  const shells = ["sh", "bash", "zsh", "fish"].filter((name) => findProgram(name) !== undefined);
  const lines = shells.flatMap((shell, at) => [
    [shell, "-c", `cd /tmp; awst ${words.join(" ")}`],
    [shell, "-c", `cd ${at % 2 ? "/" : home.around}; awst exec main-account AdminAccess -- true`],
    [shell, "-c", "awst assume main-account AdminAccess --quiet"],
  ]);
  const finished = await Promise.all(lines.map((line) => home.run(line)));
  expect(finished.filter(({ status }) => status !== 0)).toEqual([]);
  expect(home.codesAsked()).toBe(1);
  expect(countCalls(home.sandbox)).toEqual({ GetSessionToken: 1, AssumeRole: 2 });
});

describe("the leader is killed by SIGKILL", () => {
  test("while the code command runs", async () => {
    home.write("slow-code", slowOnce(), 0o755);
    configure("$HOME/slow-code");
    const all = startAll(many);
    await untilWaiting(all);
    await until("the command runs", () => home.read("asked"));
    expect(await killAndTime(all, await holderOf("code-"))).toBeLessThan(5);
    home.write("go", "");
    const { good, answers } = await finishAll(all);
    expect([good.length, answers.size]).toEqual([many - 1, 1]);
    expect(home.codesAsked()).toBe(1);
    expect(countCalls(home.sandbox)).toEqual({ GetSessionToken: 1, AssumeRole: 1 });
  });

  test("between GetSessionToken and AssumeRole", async () => {
    configure("mfa-code");
    home.sandbox.faults.add({ action: "AssumeRole", kind: "slow", delayMs: 4_000 });
    const all = startAll(many);
    await untilWaiting(all);
    await until("the MFA session is kept", () =>
      home.read(".local/state/awst/sessions.json")?.includes('"mfa"'),
    );
    expect(await killAndTime(all, await holderOf("role-"))).toBeLessThan(5);
    const { good, answers } = await finishAll(all);
    expect([good.length, answers.size]).toEqual([many - 1, 1]);
    expect(home.codesAsked()).toBe(1);
    expect(countCalls(home.sandbox)).toMatchObject({ GetSessionToken: 1 });
    expectNoCodeTwice();
  });

  test("during GetSessionToken: nobody knows what became of the code, so the next one is waited for", async () => {
    configure("mfa-code");
    atSecondOfStep(14);
    // AWS acts at once and holds its answers back.
    home.sandbox.settings.minResponseDelayMs = 2_000;
    const all = startAll(10);
    await untilWaiting(all);
    await until("AWS has taken the code", () => countCalls(home.sandbox)["GetSessionToken"]);
    home.sandbox.settings.minResponseDelayMs = 0;
    await killAndTime(all, await holderOf("code-"));
    const { good, answers, bad } = await finishAll(all);
    expect([good.length, answers.size], bad[0]?.stderr).toEqual([9, 1]);
    expect(countCalls(home.sandbox)).toEqual({ GetSessionToken: 2, AssumeRole: 1 });
    expectNoCodeTwice();
  });
});

test("a mistyped --mfa-code is its own typist's affair: those who wait go on with their code", async () => {
  configure("mfa-code");
  home.sandbox.faults.add({ action: "GetSessionToken", kind: "slow", delayMs: 800 });
  const right = [-1, 0, 1].map((later) => home.sandbox.code(undefined, later));
  const wrong = ["000000", "111111", "222222"].find((each) => !right.includes(each)) ?? "";
  const typed = home.start(["assume", "main-account", "DeveloperAccess", "--mfa-code", wrong]);
  await holderOf("code-");
  const all = startAll(5);
  expect(await typed.finished).toMatchObject({ status: 1 });
  const { bad, answers } = await finishAll(all);
  expect(bad).toEqual([]);
  expect(answers.size).toBe(1);
  expect(home.codesAsked()).toBe(1);
});

test("one of the waiters alone has a code: it takes over where the others can't", async () => {
  configure();
  const [program = "", ...args] = [...awstWords(), "assume", "main-account", "DeveloperAccess"];
  const asked = spawnPty(program, args, { env: home.env, cwd: home.path });
  await asked.expect("MFA code");
  const all = [
    ...startAll(6),
    home.start(words, { env: { AWST_MFA_CODE: home.code() } }),
    ...startAll(6),
  ];
  await untilWaiting(all, all.length);
  process.kill(asked.pid, "SIGKILL");
  const finished = await Promise.all(all.map((each) => each.finished));
  expect(finished[6]).toMatchObject({ status: 0 });
  for (const { status, stdout, stderr } of finished) {
    expect([0, 3]).toContain(status);
    if (status === 0) expect(stdout).toBe(finished[6]?.stdout);
    else expect(stderr).toMatch(/^awst: error: an MFA code .* is needed/m);
  }
  expect(countCalls(home.sandbox)).toEqual({ GetSessionToken: 1, AssumeRole: 1 });
});

/** The first one that asks it waits until the file `go` is there; later ones get their code at once. */
function slowOnce(): string {
  return `#!/bin/sh
if mkdir "$HOME/first" 2>/dev/null; then
  echo > "$HOME/asked"
  while [ ! -e "$HOME/go" ] && [ -d "$HOME" ]; do sleep 0.1; done
  exit 1
fi
exec mfa-code
`;
}

function atSecondOfStep(second: number): void {
  const now = (home.sandbox.clock.now().getTime() / 1000) % 30;
  home.moveClock(Math.round((second - now + 30) % 30));
}

async function until<T>(what: string, look: () => T): Promise<T> {
  const end = performance.now() + 60_000;
  for (;;) {
    const found = look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`60 s without: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
