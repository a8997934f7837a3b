// Automatic rotation after an MFA code was entered, as real processes: `assume` does not wait for it, it prints nothing
// on the terminal, and the next `assume` reports it.

import { describe, expect, test } from "vitest";
import { type Home, makeHome } from "./support/home.ts";
import { awstCommand } from "./support/processes.ts";
import { spawnPty } from "./support/pty.ts";
import { until } from "./support/until.ts";

const day = 24 * 3600;
const history = ".local/state/awst/history.jsonl";
const role = ["main-account", "DeveloperAccess"];
const started = "automatic rotation: started";

describe("an old key", () => {
  test("is rotated after `assume` has ended; the next `assume` reports it once", async () => {
    await using home = await makeOldHome();
    const { accessKeyId: old } = home.sandbox.main;
    // Verifying the new key takes 3 s, which `assume` must not wait for.
    home.sandbox.settings.newKeyVisibleAfterSeconds = 3;
    const first = await assume(home);
    expect(first.stdout).toContain("AWS_PROFILE");
    expect(first.stderr).toContain(started);
    expect(lastRun(home)).toBeUndefined();

    expect(await ended(home)).toMatchObject({ result: "rotated", status: 0 });
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

    // After a day an automatic run deletes the old key.
    home.moveClock(day + 60);
    expect((await assume(home)).stderr).toContain(started);
    expect(await ended(home, "finished")).toMatchObject({ status: 0 });
    expect(keysOf(home).map(({ id }) => id)).toEqual([made?.id]);
    expect((await home.awst(["assume", ...role])).stderr).toMatch(
      /completed the rotation that an earlier run started/,
    );
  });

  test("is rotated even if the terminal closes at once", async () => {
    await using home = await makeOldHome();
    home.sandbox.settings.newKeyVisibleAfterSeconds = 2;
    const [program = "", ...args] = [...awstCommand(), "assume", ...role];
    const terminal = spawnPty(program, args, { env: home.env, cwd: home.path });
    await terminal.expect("MFA code");
    terminal.type(home.code());
    terminal.press("enter");
    expect(await terminal.exit).toEqual({ status: 0, signal: null });
    terminal.hangUp();
    expect(await ended(home)).toMatchObject({ result: "rotated" });
    expect(terminal.transcript()).not.toMatch(/rotation|rotate/);
  });

  test("two terminals at once: one new key", async () => {
    await using home = await makeOldHome();
    const code = home.code();
    const both = await Promise.all(
      ["DeveloperAccess", "AdminAccess"].map((name) =>
        home.awst(["assume", "main-account", name, "--mfa-code", code, "--debug"]),
      ),
    );
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    await recorded(home, /"result":"rotated"/);
    expect(keysOf(home)).toHaveLength(2);
  });

  test("is not rotated by credential-process, exec and env", async () => {
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

  test("is not rotated if the interval is 0", async () => {
    await using home = await makeOldHome({ minutes: 0 });
    const { stderr } = await assume(home);
    expect(stderr).not.toContain("automatic rotation");
    expect(keysOf(home)).toHaveLength(1);
  });

  test("is not rotated if it is not imported, and nothing is printed", async () => {
    await using home = await makeOldHome({ imported: false });
    const { stderr } = await assume(home);
    expect(stderr).not.toMatch(/automatic rotation|rotates/);
    expect(keysOf(home)).toHaveLength(1);
  });
});

test("a young key: AWS is asked for its age once", async () => {
  await using home = await makeHome({ configuration: null });
  await setUp(home);
  expect((await assume(home)).stderr).toContain(started);
  expect(await ended(home, "not-due")).toMatchObject({ status: 0 });
  home.moveClock(6 * day);
  expect((await assume(home)).stderr).not.toContain("automatic rotation");
  home.moveClock(day);
  expect((await assume(home)).stderr).toContain(started);
  expect(await ended(home)).toMatchObject({ result: "rotated" });
});

test("a failed rotation is reported once, and not repeated for a day", async () => {
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
  expect(again.stderr).toContain("the next one starts a day after");
  expect(again.stderr).not.toMatch(/did not rotate/);
  expect(tries()).toBe(before);

  home.sandbox.faults.clear();
  home.moveClock(20 * 3600);
  expect((await assume(home)).stderr).toContain(started);
  expect(await ended(home)).toMatchObject({ result: "rotated" });
});

test("a key that a profile of AWS's files uses too is not rotated, until the profile calls awst", async () => {
  await using home = await makeOldHome();
  const { accessKeyId: old, secretAccessKey: secret } = home.sandbox.main;
  const profiles = home.read(".aws/credentials");
  const copy = `[default]\naws_access_key_id = ${old}\naws_secret_access_key = ${secret}\n`;
  home.write(".aws/credentials", `${profiles}\n${copy}`);
  expect((await assume(home)).stderr).toContain(started);
  expect(await ended(home, "failed")).toMatchObject({ status: 1 });
  expect(keysOf(home)).toMatchObject([{ id: old, status: "Active" }]);

  const next = await home.awst(["assume", ...role]);
  expect(next.stderr).toMatch(
    /did not rotate .*profile "default" in AWS's files would stop working/,
  );
  const command = /to do: awst (key import .*)/.exec(next.stderr)?.[1] ?? "";
  expect(await home.awst(command.split(" "))).toMatchObject({ status: 0 });
  expect(home.read(".aws/credentials")).not.toContain(secret);

  home.moveClock(day + 60);
  expect((await assume(home)).stderr).toContain(started);
  expect(await ended(home)).toMatchObject({ result: "rotated" });
});

describe("a rotation that was killed during CreateAccessKey", () => {
  const commands: readonly (readonly [string, readonly string[], number])[] = [
    ["the next `assume`, which calls nothing itself", ["assume", ...role], 0],
    ["`list`", ["list"], 0],
    ["`mfa list`", ["mfa", "list"], 0],
    ["credential-process, when it renews", ["credential-process", ...role], 50 * 60],
    ["exec, when it renews", ["exec", ...role, "--", "true"], 50 * 60],
  ];
  test.each(commands)("is completed without a new code by %s", async (_name, command, seconds) => {
    await using home = await makeHome({ configuration: null });
    await setUp(home);
    await assume(home);
    await ended(home, "not-due");
    const { accessKeyId: old } = home.sandbox.main;
    await killDuringCreate(home);
    expect(keysOf(home).map(({ status }) => status)).toEqual(["Active", "Active"]);
    if (seconds > 0) home.moveClock(seconds);
    const codes = home.codesAsked();
    expect((await home.awst(command)).status).toBe(0);
    await until("the second key is deleted", () => keysOf(home).length === 1);
    expect(keysOf(home).map(({ id }) => id)).toEqual([old]);
    expect(home.codesAsked()).toBe(codes);
    await recorded(home, /"by":"automatic","result":"finished"/);
    expect((await home.awst(["list"])).stderr).toMatch(/rolled back the rotation/);
  });

  test("is named by every command until a session can complete it", async () => {
    await using home = await makeHome({ configuration: null });
    await setUp(home);
    await assume(home);
    await ended(home, "not-due");
    const { accessKeyId: old } = home.sandbox.main;
    await killDuringCreate(home);
    home.moveClock(13 * 3600);
    const named = new RegExp(
      `unfinished: ${old} is in use, and AWS may have created a second active key; to complete the rotation: awst key rotate --resume`,
    );
    for (const command of [
      ["status"],
      ["list"],
      ["config", "path"],
      ["key", "list"],
      ["assume", ...role],
    ]) {
      const { stderr } = await home.awst(command);
      expect({ command, stderr }).toMatchObject({ stderr: expect.stringMatching(named) });
    }
    const status = JSON.parse((await home.awst(["status", "--json"])).stdout);
    expect(status.unfinishedRotations).toMatchObject([{ state: "creating", oldKeyId: old }]);
    for (const quiet of [
      ["status", "--format", "{role}"],
      ["completion", "bash"],
    ]) {
      expect((await home.awst(quiet)).stderr).toBe("");
    }
    const listed = await home.awst(["key", "list", "--json", "--mfa-code", home.code()]);
    expect(JSON.parse(listed.stdout).rotation).toMatchObject({ state: "creating", oldKeyId: old });
    // `key list` has opened a session.
    await until("the second key is deleted", () => keysOf(home).length === 1);
  });
});

describe("two keys at once", () => {
  test("last as long as the grace period says; `key list` says why meanwhile", async () => {
    await using home = await makeHome({ configuration: null });
    await setUp(home, { minutes: 0 });
    await assume(home);
    const { accessKeyId: old } = home.sandbox.main;
    const rotated = await home.awst(["key", "rotate", "--grace", "1h"]);
    expect(rotated, rotated.stderr).toMatchObject({ status: 0 });
    home.moveClock(58 * 60);
    const codes = home.codesAsked();
    const listed = await home.awst(["key", "list"]);
    expect(keysOf(home)).toHaveLength(2);
    expect(listed.stderr).toMatch(new RegExp(`${old} was replaced by a rotation; .*after`));
    // The first command after that time deletes the old key, in the MFA session that is live.
    home.moveClock(3 * 60);
    await home.awst(["list"]);
    await until("the old key is deleted", () => keysOf(home).length === 1);
    expect(keysOf(home).map(({ id }) => id)).not.toContain(old);
    expect(home.codesAsked()).toBe(codes);
  });

  test("without a session to delete the old key with: it is named, and deleted after the next code", async () => {
    await using home = await makeHome({ configuration: null });
    await setUp(home, { minutes: 0 });
    await assume(home);
    const { accessKeyId: old } = home.sandbox.main;
    await home.awst(["key", "rotate", "--grace", "1h"]);
    home.moveClock(30 * 3600);
    const named = `${old}, an access key of "main-account" that a rotation replaced, should be deleted by now`;
    for (const command of ["status", "list"]) {
      expect((await home.awst([command])).stderr).toContain(named);
    }
    expect(keysOf(home)).toHaveLength(2);
    await assume(home);
    await until("the old key is deleted", () => keysOf(home).length === 1);
  });
});

/** In a live MFA session: awst does not know the new key. */
async function killDuringCreate(home: Home): Promise<void> {
  home.sandbox.forgetCalls();
  home.sandbox.faults.add({ action: "CreateAccessKey", kind: "hang", acts: true });
  const { child, finished } = home.start(["key", "rotate"]);
  const isHanging = () => home.sandbox.calls().some(({ result }) => result === "hang");
  await until("CreateAccessKey hangs", isHanging);
  child.kill("SIGKILL");
  await finished;
  home.sandbox.faults.clear();
}

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
  expect(/rotates this access key every 7 days/.test(stderr)).toBe(minutes !== 0);
}

/** Always with a code. */
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
  readonly result: string;
  readonly status: number;
}

function lastRun(home: Home): Run | undefined {
  const text = home.read(".local/state/awst/rotation-runs.json");
  const run = text && JSON.parse(text).identities["main-account"]?.automatic;
  return run && { ...run, result: run.outcome };
}

/** Of two runs the other one may end last. */
async function recorded(home: Home, what: RegExp): Promise<void> {
  await until(`the history has ${what}`, () => what.test(home.read(history) ?? ""));
}

/** Returns the next run with this result. */
async function ended(home: Home, result = "rotated"): Promise<Run> {
  return until(`the last run is ${result}`, () => {
    const run = lastRun(home);
    return run?.result === result && run;
  });
}
