// Fifty processes request the same session at the same moment. The leader may be killed at any step; the
// others must end with one answer. The codes come from the phone program, which counts them.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { countCalls } from "../support/calls.ts";
import { type Home, makeHome, plainConfiguration } from "../support/home.ts";
import { awstCommand, findProgram, type Started } from "../support/processes.ts";
import { spawnPty } from "../support/pty.ts";
import { blockFirstCode, lockOwner, untilWaiting } from "../support/single-flight.ts";
import { until } from "../support/until.ts";

const many = 50;
const args = ["credential-process", "main-account", "DeveloperAccess"];

let home: Home;
beforeEach(async () => {
  home = await makeHome({ configuration: null });
});
afterEach(() => home.remove());

function configure(command?: string): void {
  const mfa = command === undefined ? "" : `\n[mfa]\ncommand = "${command}"\n`;
  home.write(".config/awstools/config.toml", plainConfiguration(home.sandbox) + mfa);
}

const startAll = (count: number) => Array.from({ length: count }, () => home.start(args));

async function finishAll(all: readonly Started[]) {
  const finished = await Promise.all(all.map((each) => each.finished));
  const good = finished.filter(({ status }) => status === 0);
  const bad = finished.filter(({ status }) => status !== 0);
  return { finished, good, bad, answers: new Set(good.map(({ stdout }) => stdout)) };
}

function expectNoCodeTwice(): void {
  expect(home.sandbox.calls().filter(({ codeSeenBefore }) => codeSeenBefore > 0)).toEqual([]);
}

async function kill(pid: number, all: readonly Started[]): Promise<void> {
  expect(all.map(({ child }) => child.pid)).toContain(pid);
  process.kill(pid, "SIGKILL");
}

test(`${many} at once: one code, one GetSessionToken, one AssumeRole, ${many} equal answers`, async () => {
  configure("mfa-code");
  const { bad, answers } = await finishAll(startAll(many));
  expect(bad).toEqual([]);
  expect(answers.size).toBe(1);
  expect(home.codesAsked()).toBe(1);
  expect(countCalls(home.sandbox)).toEqual({ GetSessionToken: 1, AssumeRole: 1 });
});

test("from several shells and folders, for two roles and with several commands: one code", async () => {
  configure("mfa-code");
  const shells = ["sh", "bash", "zsh", "fish"].filter((name) => findProgram(name) !== undefined);
  const lines = shells.flatMap((shell, at) => [
    [shell, "-c", `cd /tmp; awst ${args.join(" ")}`],
    [shell, "-c", `cd ${at % 2 ? "/" : home.around}; awst exec main-account AdminAccess -- true`],
    [shell, "-c", "awst assume main-account AdminAccess --quiet"],
  ]);
  const finished = await Promise.all(lines.map((line) => home.run(line)));
  expect(finished.filter(({ status }) => status !== 0)).toEqual([]);
  expect(home.codesAsked()).toBe(1);
  expect(countCalls(home.sandbox)).toEqual({ GetSessionToken: 1, AssumeRole: 2 });
});

describe("the leader is killed by SIGKILL", () => {
  beforeEach(() => {
    home.write("block-first", blockFirstCode, 0o755);
    configure("$HOME/block-first");
  });

  /** Starts them and waits until the leader's code command runs and all others wait for the leader. */
  async function startBlocked(count: number) {
    const all = startAll(count);
    await untilWaiting(all);
    await until("the code command runs", () => home.read("asked"));
    return all;
  }

  const untilHanging = (action: string) =>
    until(`${action} hangs`, () =>
      home.sandbox.calls().some((call) => call.action === action && call.result === "hang"),
    );

  test("while the code command runs: the others don't wait for the command's end", async () => {
    const all = await startBlocked(many);
    await kill(await lockOwner(home, "code-"), all);
    const { good, answers } = await finishAll(all);
    expect([good.length, answers.size]).toEqual([many - 1, 1]);
    expect(home.codesAsked()).toBe(1);
    expect(countCalls(home.sandbox)).toEqual({ GetSessionToken: 1, AssumeRole: 1 });
    home.write("go", "");
  });

  test("between GetSessionToken and AssumeRole", async () => {
    home.sandbox.faults.add({ action: "AssumeRole", kind: "hang" });
    const all = await startBlocked(many);
    home.write("go", "");
    await untilHanging("AssumeRole");
    expect(home.read(".local/state/awst/sessions.json")).toContain('"mfa"');
    await kill(await lockOwner(home, "role-"), all);
    const { good, answers } = await finishAll(all);
    expect([good.length, answers.size]).toEqual([many - 1, 1]);
    expect(home.codesAsked()).toBe(1);
    expect(countCalls(home.sandbox)).toEqual({ GetSessionToken: 1, AssumeRole: 2 });
    expectNoCodeTwice();
  });

  test("during GetSessionToken: whether AWS used the code is unknown, so a process waits for the next one", async () => {
    // AWS acts, and the answer never arrives.
    home.sandbox.faults.add({ action: "GetSessionToken", kind: "hang", acts: true });
    const all = await startBlocked(10);
    atSecondOfStep(14);
    home.write("go", "");
    await untilHanging("GetSessionToken");
    await kill(await lockOwner(home, "code-"), all);
    const { good, answers, bad } = await finishAll(all);
    expect([good.length, answers.size], bad[0]?.stderr).toEqual([9, 1]);
    expect(countCalls(home.sandbox)).toEqual({ GetSessionToken: 2, AssumeRole: 1 });
    expectNoCodeTwice();
  });
});

test("a mistyped --mfa-code fails its own process only: the waiting processes use their own code", async () => {
  configure("mfa-code");
  home.sandbox.faults.add({ action: "GetSessionToken", kind: "slow", delayMs: 800 });
  const right = [-1, 0, 1].map((later) => home.sandbox.code(undefined, later));
  const wrong = ["000000", "111111", "222222"].find((each) => !right.includes(each)) ?? "";
  const typed = home.start(["assume", "main-account", "DeveloperAccess", "--mfa-code", wrong]);
  await lockOwner(home, "code-");
  const all = startAll(5);
  expect(await typed.finished).toMatchObject({ status: 1 });
  const { bad, answers } = await finishAll(all);
  expect(bad).toEqual([]);
  expect(answers.size).toBe(1);
  expect(home.codesAsked()).toBe(1);
});

test("only one waiting process has a code: it becomes the leader where the others cannot", async () => {
  configure();
  const [program = "", ...assume] = [...awstCommand(), "assume", "main-account", "DeveloperAccess"];
  const asked = spawnPty(program, assume, { env: home.env, cwd: home.path });
  await asked.expect("MFA code");
  const all = [
    ...startAll(6),
    home.start(args, { env: { AWST_MFA_CODE: home.code() } }),
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

function atSecondOfStep(second: number): void {
  const now = (home.sandbox.clock.now().getTime() / 1000) % 30;
  home.moveClock(Math.round((second - now + 30) % 30));
}
