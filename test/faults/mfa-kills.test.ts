// Real processes, killed with SIGKILL during a call to AWS (before AWS acts and after) and during a prompt:
// the next run completes the work. A sample of what `mfa-devices.test.ts` does at every effect.

import { afterAll, expect, onTestFinished, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { awstCommand } from "../support/processes.ts";
import { spawnPty } from "../support/pty.ts";
import { until } from "../support/until.ts";

const fixtures = ["kickstarter", "self-manage", "self-manage-own-name", "open"] as const;
type Fixture = (typeof fixtures)[number];

let tried = 0;
let survived = 0;
let named = 0;
afterAll(() =>
  console.log(
    `enrolment kills: ${tried} cells tried, ${survived} survived, ${named} of them with a device reported for an administrator`,
  ),
);

/** Makes the home of a user with an access key and no device. */
async function newcomer(fixture: Fixture): Promise<Home> {
  const home = await makeHome({ sandbox: { fixture }, keyInProfile: false });
  const { accessKeyId, secretAccessKey } = home.sandbox.fresh;
  const lines = [
    `aws_access_key_id = ${accessKeyId}`,
    `aws_secret_access_key = ${secretAccessKey}`,
  ];
  home.write(".aws/credentials", `[main-account]\n${lines.join("\n")}\n`);
  return home;
}

const account = ({ sandbox }: Home) => sandbox.cloud.account(sandbox.fresh.accountId);
const own = (home: Home) => account(home).devicesOf(home.sandbox.fresh.userName);

/** Advances the clock during `work`, which waits for codes. */
async function withFastClock<T>(home: Home, work: () => Promise<T>): Promise<T> {
  const clock = setInterval(() => home.moveClock(31), 1200);
  try {
    return await work();
  } finally {
    clearInterval(clock);
  }
}

/** Starts awst and kills it during the call; returns whether the call was made. */
async function killAt(home: Home, args: readonly string[], action: string, acts: boolean) {
  const { faults } = home.sandbox;
  faults.add({ action, kind: "hang", acts });
  const { child, finished } = home.start(args);
  const wasCalled = () => home.sandbox.calls().some(({ result }) => result === "hang");
  let hasEnded = false;
  void finished.then(() => {
    hasEnded = true;
  });
  await until(`${action} hangs or the command ends`, () => wasCalled() || hasEnded);
  const wasHit = wasCalled();
  child.kill("SIGKILL");
  await finished;
  faults.clear();
  home.sandbox.forgetCalls();
  return wasHit;
}

async function expectEnd(home: Home, args: readonly string[], cell: string): Promise<void> {
  tried += 1;
  let messages = "";
  let status = 1;
  // On a busy machine the fast clock makes a code stale before AWS checks it: then the next run tries again.
  for (let runs = 0; runs < 10 && status !== 0; runs++) {
    home.moveClock(61);
    const end = await home.awst(args);
    messages += end.stderr;
    status = end.status;
  }
  const idle = [...account(home).devices.values()].filter(({ userName }) => userName === undefined);
  const strays = idle.filter(({ serial }) => !messages.includes(`--serial-number ${serial}`));
  expect({ cell, strays: strays.map(({ serial }) => serial) }).toEqual({ cell, strays: [] });
  if (idle.length > 0) named += 1;
  // Only one name is allowed, and its device was created without its seed: an administrator has to help.
  if (status !== 0) expect({ cell, idle: idle.length }).toEqual({ cell, idle: 1 });
  else expect({ cell, own: own(home).length }).toEqual({ cell, own: 1 });
  const list = await home.awst(["mfa", "list", "--json"]);
  const unfinished = { adding: null, replacing: null, removing: null };
  expect(JSON.parse(list.stdout)).toMatchObject({ unfinished });
  if (status === 0) {
    const role = ["credential-process", "main-account", "DeveloperAccess"];
    expect((await home.awst(role)).status, cell).toBe(0);
  }
  survived += 1;
}

const addCalls = ["CreateVirtualMFADevice", "EnableMFADevice", "GetSessionToken"];

test.each(fixtures)("mfa add under %s", async (fixture) => {
  for (const action of addCalls)
    for (const acts of [false, true]) {
      await using home = await newcomer(fixture);
      await withFastClock(home, async () => {
        const args = ["mfa", "add", "--store"];
        expect(await killAt(home, args, action, acts)).toBe(true);
        await expectEnd(home, args, `${action} ${acts ? "done" : "not done"}`);
      });
    }
});

test.each(["self-manage", "open"] as const)("mfa replace under %s", async (fixture) => {
  for (const action of [...addCalls, "DeactivateMFADevice", "DeleteVirtualMFADevice"]) {
    await using home = await newcomer(fixture);
    await withFastClock(home, async () => {
      expect((await home.awst(["mfa", "add", "--store"])).status).toBe(0);
      home.sandbox.forgetCalls();
      const args = ["mfa", "replace", "--store"];
      expect(await killAt(home, args, action, true)).toBe(true);
      await expectEnd(home, args, `replace: ${action}`);
    });
  }
});

/** To a second after its beginning: exactly one step further, and with time to type its code. */
function secondsToNextStep({ sandbox }: Home): number {
  return 31 - (Math.floor(sandbox.clock.now().getTime() / 1000) % 30);
}

test.each(["kickstarter", "self-manage"] as const)(
  "killed during a prompt (%s)",
  async (fixture) => {
    const questions = ["First code of", "Next code of", "to verify the device"];
    for (let at = 0; at < questions.length; at++) {
      const home = await newcomer(fixture);
      onTestFinished(() => home.remove());
      const { userName } = home.sandbox.fresh;
      const serial = `arn:aws:iam::${home.sandbox.fresh.accountId}:mfa/${userName}`;
      const [program = "", ...args] = [...awstCommand(), "mfa", "add", "--text"];
      const pty = spawnPty(program, args, { env: home.env, cwd: home.path });
      for (const question of questions.slice(0, at)) {
        await pty.expect(question);
        home.moveClock(secondsToNextStep(home));
        await new Promise((resolve) => setTimeout(resolve, 100));
        pty.type(`${home.sandbox.code(serial)}\r`);
      }
      if (at === 2) {
        await pty.expect(/the next code of/);
        home.moveClock(31);
      }
      await pty.expect(questions[at] ?? "");
      process.kill(pty.pid, "SIGKILL");
      await pty.exit;
      await withFastClock(home, () =>
        expectEnd(home, ["mfa", "add", "--store"], `at the prompt: ${questions[at]}`),
      );
    }
  },
);
