// Scheduled rotation by this machine's real cron, if there is one: the line that `key schedule` installs runs as cron
// runs it. The user's crontab is restored afterwards.

import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { crontabCommand, findCrontabLine } from "../src/model/rotation/crontab.ts";
import { type Home, makeHome } from "./support/home.ts";
import { findProgram, runProcess } from "./support/processes.ts";
import { until } from "./support/until.ts";

const role = ["main-account", "DeveloperAccess"];
const foreign = Buffer.from("# caf\xe9\n0 5 1 1 * /bin/true # mine\n", "latin1");
const why =
  findProgram("crontab") === undefined
    ? "crontab is not installed"
    : findProgram("cron") === undefined || process.getuid?.() !== 0
      ? "no cron that could be started here"
      : undefined;
if (why !== undefined) console.log(`timed rotation is not fired for real: ${why}`);

let before: Buffer | undefined;
let folder: string;
let home: Home;
beforeAll(async () => {
  if (why !== undefined) return;
  before = readCrontab();
  folder = mkdtempSync(join(tmpdir(), "awst-cron-"));
  const passphrase = join(folder, "passphrase");
  writeFileSync(passphrase, "correct horse battery staple\n", { mode: 0o600 });
  home = await makeHome({
    env: { AWST_KEYCHAIN_PASSPHRASE: undefined, AWST_KEYCHAIN_PASSPHRASE_FILE: passphrase },
  });
});
afterAll(async () => {
  if (why !== undefined) return;
  if (before === undefined) spawnSync("crontab", ["-r"]);
  else writeCrontab(before);
  await home.remove();
  rmSync(folder, { recursive: true, force: true });
});

test.skipIf(why !== undefined)("cron runs the line in the crontab", async () => {
  const { accessKeyId: old, accountId, userName } = home.sandbox.main;
  const keys = () => home.sandbox.cloud.account(accountId).keysOf(userName);
  // cron's processes use the real clock, so the key is old by the real clock.
  Object.assign(keys()[0] ?? {}, { createdAt: new Date(Date.now() - 8 * 24 * 3600_000) });
  const history = () => home.read(".local/state/awst/history.jsonl") ?? "";
  const shown = join(folder, "shown");
  notifySend(shown);

  await run("key", "import");
  writeCrontab(foreign);
  await run("key", "schedule", "--every", "7d");
  const installed = readCrontab() ?? Buffer.alloc(0);
  expect(installed.subarray(0, foreign.length).equals(foreign)).toBe(true);
  const { name, ...state } = JSON.parse((await run("key", "schedule", "--json")).stdout);
  expect(state).toMatchObject({ installed: true, system: "cron", everySeconds: 604_800 });
  expect(new Date(state.nextRunAt).getTime() - Date.now()).toBeLessThan(3600_000);
  const line = findCrontabLine(installed.toString("latin1"), name) ?? "";
  expect(line).not.toBe("");

  // No code was entered: a notice is left, and shown on the desktop once.
  for (let times = 0; times < 2; times++) expect(await asCron(line)).toBe(3);
  expect(readFileSync(shown, "utf8").trim().split("\n")).toEqual([
    expect.stringMatching(
      /awst did not rotate the access key of "main-account": .*: awst key rotate/,
    ),
  ]);
  const next = await run("assume", ...role, "--mfa-code", home.code());
  expect(next.stderr).toContain('did not rotate the access key of "main-account": an MFA code');
  expect(keys()).toHaveLength(1);

  // With an MFA session cron itself rotates the key: every minute, so that the test takes one.
  writeCrontab(
    Buffer.from(installed.toString("latin1").replace(line, everyMinute(line)), "latin1"),
  );
  const daemon = spawn("cron", ["-f"], { stdio: "ignore" });
  try {
    // cron starts the line at the next full minute. A poll is slow, since their number is limited.
    await until("cron has rotated the key", async () => {
      await setTimeout(100);
      return /"by":"schedule","result":"rotated"/.test(history());
    });
    await until("the run is recorded", async () => (await lastRun())?.result === "rotated");
  } finally {
    daemon.kill();
  }
  const [made, ...others] = keys().filter(({ id }) => id !== old);
  expect(others).toEqual([]);
  expect(made?.status).toBe("Active");
  expect(keys().find(({ id }) => id === old)?.status).toBe("Inactive");
  expect(await lastRun()).toMatchObject({ result: "rotated", status: 0 });
  expect(history()).toMatch(
    /"event":"key-rotation-ended".*"by":"schedule","result":"waiting","status":3/,
  );
  expect(history()).toMatch(
    /"event":"key-rotation-ended".*"by":"schedule","result":"rotated","status":0/,
  );
  const news = await run("assume", ...role);
  expect(news.stderr).toContain(`: ${made?.id} is active, ${old} is inactive`);

  writeCrontab(installed);
  await run("key", "schedule", "--remove");
  expect(readCrontab()?.equals(foreign)).toBe(true);
});

test.skipIf(why !== undefined)(
  "a keychain that cron can't reach: status 3, and a notice",
  async () => {
    await using other = await makeHome({ env: { AWST_KEYCHAIN: "system" } });
    other.write(
      ".config/awstools/config.toml",
      `[profiles]\nmainAccount = "main-account"\n[accounts]\nmain-account = "${other.sandbox.main.accountId}"\n`,
    );
    const env = { DBUS_SESSION_BUS_ADDRESS: undefined, AWST_KEYCHAIN: "system" };
    const args = ["key", "rotate", "--unattended", "--if-older-than", "7d"];
    const { status, stderr } = await other.awst(args, { env });
    expect({ status, stderr }).toMatchObject({
      status: 3,
      stderr: expect.stringContaining("error:"),
    });
    const next = await other.awst(["assume", ...role], { env });
    expect(next.stderr).toMatch(/did not rotate the access key of "main-account": /);
    expect(other.sandbox.calls()).toEqual([]);
  },
);

async function run(...args: readonly string[]) {
  const finished = await home.awst(args);
  expect({ args, ...finished, status: finished.status }).toMatchObject({ status: 0 });
  return finished;
}

async function lastRun(): Promise<{ result: string; status: number } | undefined> {
  return JSON.parse((await run("key", "schedule", "--json")).stdout).lastRun ?? undefined;
}

/** As cron starts it: few variables, /bin/sh. */
async function asCron(line: string): Promise<number> {
  const env = { HOME: "/", LOGNAME: "root", SHELL: "/bin/sh", PATH: "/usr/bin:/bin" };
  const args = ["/bin/sh", "-c", crontabCommand(line)];
  return (await runProcess(args, { env, cwd: "/" })).status;
}

function everyMinute(line: string): string {
  return line.replace(/^\d+ /, "* ");
}

function notifySend(file: string): void {
  const program = join(home.around, "bin/notify-send");
  writeFileSync(program, `#!/bin/sh\nshift 2\necho "$*" >> '${file}'\n`);
  chmodSync(program, 0o755);
  expect(existsSync(program)).toBe(true);
}

/** Returns undefined if there is no crontab. */
function readCrontab(): Buffer | undefined {
  const { status, stdout } = spawnSync("crontab", ["-l"]);
  return status === 0 ? stdout : undefined;
}

function writeCrontab(bytes: Buffer): void {
  const { status, stderr } = spawnSync("crontab", ["-"], { input: bytes });
  expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: "" });
}
