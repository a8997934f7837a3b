// The key is replaced by itself after a code was entered: real processes against the sandbox. Nobody waits for
// it, nothing of it reaches a terminal, and the next `assume` tells.

import { describe, expect, test } from "vitest";
import { type Home, makeHome } from "./support/home.ts";
import { awstCommand } from "./support/processes.ts";
import { spawnPty } from "./support/pty.ts";
import { until } from "./support/until.ts";

const day = 24 * 3600;
const history = ".local/state/awst/history.jsonl";
const role = ["main-account", "DeveloperAccess"];
const started = "automatic rotation: started apart";

describe("an old key", () => {
  test("is replaced after the answer; the next assume tells it, once", async () => {
    await using home = await makeOldHome();
    const { accessKeyId: old } = home.sandbox.main;
    // What it takes to prove the new key is time that assume must not take.
    home.sandbox.settings.newKeyVisibleAfterSeconds = 3;
    const first = await assume(home);
    expect(first.stdout).toContain("AWS_PROFILE");
    expect(first.stderr).toContain(started);
    expect(lastRun(home)).toBeUndefined();

    expect(await ended(home)).toMatchObject({ outcome: "rotated", status: 0 });
    const [made, ...others] = keysOf(home).filter(({ id }) => id !== old);
    expect(others).toEqual([]);
    expect(made?.status).toBe("Active");
    expect(keysOf(home).find(({ id }) => id === old)?.status).toBe("Inactive");

    const second = await home.awst(["assume", ...role]);
    expect(second.stderr).toMatch(
      new RegExp(
        `: rotated the access key of "main-account": ${made?.id} is active, ${old} is inactive; .*--undo`,
      ),
    );
    expect(second.stderr).toMatch(/every 7 days; other machines .* stop working; keyRot/);
    const third = await home.awst(["assume", ...role]);
    expect(third).toMatchObject({ status: 0 });
    expect(third.stderr).not.toMatch(/rotate/);

    // What is left is done by itself as well: after a day the old one goes.
    home.moveClock(day + 60);
    expect((await assume(home)).stderr).toContain(started);
    expect(await ended(home, "finished")).toMatchObject({ status: 0 });
    expect(keysOf(home).map(({ id }) => id)).toEqual([made?.id]);
    expect((await home.awst(["assume", ...role])).stderr).toMatch(
      /completed the rotation that an earlier run started/,
    );
  });

  test("is replaced though the terminal closes at once", async () => {
    await using home = await makeOldHome();
    home.sandbox.settings.newKeyVisibleAfterSeconds = 2;
    const [program = "", ...args] = [...awstCommand(), "assume", ...role];
    const terminal = spawnPty(program, args, { env: home.env, cwd: home.path });
    await terminal.expect("MFA code");
    terminal.type(home.code());
    terminal.press("enter");
    expect(await terminal.exit).toEqual({ status: 0, signal: null });
    terminal.hangUp();
    expect(await ended(home)).toMatchObject({ outcome: "rotated" });
    expect(terminal.transcript()).not.toMatch(/rotation|replaced/);
  });

  test("by two terminals at once: one key more", async () => {
    await using home = await makeOldHome();
    const code = home.code();
    const both = await Promise.all(
      ["DeveloperAccess", "AdminAccess"].map((name) =>
        home.awst(["assume", "main-account", name, "--mfa-code", code, "--debug"]),
      ),
    );
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    await recorded(home, /"outcome":"rotated"/);
    expect(keysOf(home)).toHaveLength(2);
  });

  test("is left alone by credential-process, exec and env", async () => {
    await using home = await makeOldHome({ more: '[mfa]\ncommand = "mfa-code"\n' });
    for (const command of [
      ["credential-process", ...role],
      ["exec", "main-account", "AdminAccess", "--", "true"],
      ["env", ...role],
    ]) {
      await home.awst(["logout", "--all"]);
      home.moveClock(60);
      const { status, stderr } = await home.awst([...command, "--debug"]);
      expect({ command, status }).toEqual({ command, status: 0 });
      expect(stderr).not.toContain("automatic rotation");
    }
    expect(home.codesAsked()).toBe(3);
    expect(keysOf(home)).toHaveLength(1);
  });

  test("is left alone where the configuration says 0", async () => {
    await using home = await makeOldHome({ minutes: 0 });
    const { stderr } = await assume(home);
    expect(stderr).not.toContain("automatic rotation");
    expect(keysOf(home)).toHaveLength(1);
  });

  test("is left alone, in silence, where it is not imported", async () => {
    await using home = await makeOldHome({ imported: false });
    const { stderr } = await assume(home);
    expect(stderr).not.toMatch(/automatic rotation|replaced/);
    expect(keysOf(home)).toHaveLength(1);
  });
});

test("a young key: its age is asked once", async () => {
  await using home = await makeHome({ configuration: null });
  await setUp(home);
  expect((await assume(home)).stderr).toContain(started);
  expect(await ended(home, "not-due")).toMatchObject({ status: 0 });
  home.moveClock(6 * day);
  expect((await assume(home)).stderr).not.toContain("automatic rotation");
  home.moveClock(day);
  expect((await assume(home)).stderr).toContain(started);
  expect(await ended(home)).toMatchObject({ outcome: "rotated" });
});

test("one that does not work is told once, and left for a day", async () => {
  await using home = await makeOldHome();
  home.sandbox.faults.add({ action: "CreateAccessKey", kind: "deny", times: 100 });
  expect((await assume(home)).stderr).toContain(started);
  expect(await ended(home, "failed")).toMatchObject({ status: 1 });
  const tries = () =>
    home.sandbox.calls().filter(({ action }) => action === "CreateAccessKey").length;
  const before = tries();
  expect(before).toBeGreaterThan(0);
  expect(keysOf(home)).toHaveLength(1);

  const next = await home.awst(["assume", ...role]);
  expect(next.stderr).toMatch(/did not rotate the access key of "main-account": AWS denied Create/);
  expect(next.stderr).toMatch(/to do: /);
  home.moveClock(5 * 3600);
  const again = await assume(home);
  expect(again.stderr).toContain("tried again a day after");
  expect(again.stderr).not.toMatch(/did not rotate/);
  expect(tries()).toBe(before);

  home.sandbox.faults.clear();
  home.moveClock(20 * 3600);
  expect((await assume(home)).stderr).toContain(started);
  expect(await ended(home)).toMatchObject({ outcome: "rotated" });
});

async function makeOldHome(
  how: { minutes?: number; imported?: boolean; more?: string } = {},
): Promise<Home> {
  const home = await makeHome({ configuration: null });
  await setUp(home, how);
  home.moveClock(8 * day);
  return home;
}

async function setUp(
  home: Home,
  {
    minutes,
    imported = true,
    more = "",
  }: { minutes?: number; imported?: boolean; more?: string } = {},
): Promise<void> {
  const interval = minutes === undefined ? "" : `keyRotationIntervalMinutes = ${minutes}\n`;
  home.write(
    ".config/awstools/config.toml",
    `${interval}defaultRegion = "eu-west-1"
[profiles]
mainAccount = "main-account"
[accounts]
main-account = "${home.sandbox.main.accountId}"
${more}`,
  );
  if (!imported) return;
  const { status, stderr } = await home.awst(["key", "import"]);
  expect(status).toBe(0);
  expect(/replaced every 7 days/.test(stderr)).toBe(minutes !== 0);
}

/** With a code, whatever is there. */
async function assume(home: Home) {
  home.moveClock(60);
  const command = ["assume", ...role, "--refresh", "--mfa-code", home.code(), "--debug"];
  const finished = await home.awst(command);
  expect({ ...finished, status: finished.status }).toMatchObject({ status: 0 });
  return finished;
}

function keysOf(home: Home) {
  const { accountId, userName } = home.sandbox.main;
  return home.sandbox.cloud.account(accountId).keysOf(userName);
}

interface Run {
  readonly at: string;
  readonly outcome: string;
  readonly status: number;
}

function lastRun(home: Home): Run | undefined {
  const text = home.read(".local/state/awst/rotation-runs.json");
  return text && JSON.parse(text).identities["main-account"]?.automatic;
}

/** The other run of two may be the last one. */
async function recorded(home: Home, what: RegExp): Promise<void> {
  await until(`the history has ${what}`, () => what.test(home.read(history) ?? ""));
}

/** The end of the next run with this outcome. */
async function ended(home: Home, outcome = "rotated"): Promise<Run> {
  return until(`the last run is ${outcome}`, () => {
    const run = lastRun(home);
    return run?.outcome === outcome && run;
  });
}
