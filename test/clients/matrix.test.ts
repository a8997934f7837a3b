// Every client in every way that awst offers: with a profile, under `exec` and under `exec --server`, also when sessions
// end while the program runs. The results are the table of docs/clients.md:
//   AWST_WRITE_DOCS=1 npx vitest run test/clients/matrix.test.ts     writes the rows of this machine's clients
// Without the variable, the test fails where a row of the page is not what the client does.

import { afterAll, describe, expect, test } from "vitest";
import { type Home, makeHome, plainConfiguration } from "../support/home.ts";
import { awstCommand, startProcess } from "../support/processes.ts";
import { until } from "../support/until.ts";
import { inFolder, type MatrixClient, matrixClients } from "./matrix-clients.ts";
import { type Cell, columns, type Row, readRows, writeRows } from "./matrix-table.ts";
import { startStateStore } from "./state-store.ts";

const role = ["main-account", "DeveloperAccess"];
const isWriting = process.env.AWST_WRITE_DOCS === "1";
const documented = readRows();
const measured = new Map<string, Row>();

afterAll(() => {
  if (!isWriting || measured.size === 0) return;
  const names = matrixClients.map(({ name }) => name);
  const rows = names.flatMap((name) => {
    const row = measured.get(name) ?? documented.get(name);
    return row === undefined ? [] : [[name, row] as const];
  });
  writeRows(new Map(rows));
});

/** What every client gets besides its profile: no response from the network is waited for. */
const quiet = { AWS_EC2_METADATA_DISABLED: "true", CHECKPOINT_DISABLE: "1" };

describe("docs/clients.md", () => {
  test("has a row for every client, in order", () => {
    if (isWriting) return;
    expect([...documented.keys()]).toEqual(matrixClients.map(({ name }) => name));
    for (const { cells } of documented.values()) expect(cells).toHaveLength(columns.length);
  });
});

describe.concurrent("clients", () => {
  test.for(matrixClients.map((client) => ({ name: client.name, client })))(
    "$name",
    async ({ client }, context) => {
      if (!(await isInstalled(client))) {
        console.log(`${client.name}: skipped: not installed`);
        return context.skip("not installed");
      }
      const cells: Cell[] = [
        await answersByProfile(client, "main-account/DeveloperAccess"),
        await answersByProfile(client, "main-account DeveloperAccess"),
        await answersByProfile(client, "main-account/DeveloperAccess", "keys"),
        await answersUnder(client, ["exec", ...role, "--"]),
        await answersUnder(client, ["exec", ...role, "--server", "--"]),
        await renews(client, undefined),
        await renews(client, ["exec", ...role, "--server", "--"]),
      ];
      measured.set(client.name, { version: await versionOf(client), cells });
      if (!isWriting) expect(cells).toEqual(documented.get(client.name)?.cells);
    },
  );
});

async function isInstalled(client: MatrixClient): Promise<boolean> {
  const nothing = { seconds: 0, folder: "", s3: "http://x", sts: "" };
  return client.command(nothing) !== undefined && (await versionOf(client)) !== "";
}

/** Returns "" where the program does not start. */
async function versionOf({ version }: MatrixClient): Promise<string> {
  await using home = await makeHome();
  const { status, stdout, stderr } = await home
    .run(version ?? [])
    .catch(() => ({ status: 1, stdout: "", stderr: "" }));
  return status === 0 ? (/\d+\.\d+(\.\d+)?/.exec(stdout + stderr)?.[0] ?? "") : "";
}

async function openHome(mode: "process" | "keys" = "process"): Promise<Home> {
  const home = await makeHome();
  const own = `\n[write]\nmode = "${mode}"\n`;
  home.write(".config/awstools/config.toml", plainConfiguration(home.sandbox) + own);
  const { status, stderr } = await home.awst(["assume", ...role, "--mfa-code", home.code()]);
  expect([status, stderr]).toEqual([0, stderr]);
  return home;
}

async function answersByProfile(
  client: MatrixClient,
  profile: string,
  mode?: "keys",
): Promise<Cell> {
  await using home = await openHome(mode);
  return await answers(client, home, { AWS_PROFILE: profile });
}

async function answersUnder(client: MatrixClient, args: readonly string[]): Promise<Cell> {
  await using home = await openHome();
  return await answers(client, home, {}, [...awstCommand(), ...args]);
}

/** Whether the client is the role to AWS. */
async function answers(
  client: MatrixClient,
  home: Home,
  env: Readonly<Record<string, string>>,
  before: readonly string[] = [],
): Promise<Cell> {
  const store = await startStateStore();
  try {
    return await inFolder(async (folder) => {
      const how = { seconds: 0, folder, s3: store.url, sts: home.sandbox.url };
      const command = client.command(how) ?? expect.fail("not installed");
      home.sandbox.forgetCalls();
      const { status, stdout } = await home.run([...before, ...command], {
        env: { ...quiet, ...env },
      });
      if (!client.usesS3 && !client.hidesArn) {
        return status === 0 && stdout.includes(":assumed-role/DeveloperAccess/") ? "yes" : "no";
      }
      const served = await home.awst(["credential-process", ...role]);
      const used = client.usesS3 ? store.accessKeyId() : callerOf(home);
      return used === JSON.parse(served.stdout).AccessKeyId ? "yes" : "no";
    });
  } finally {
    await store.stop();
  }
}

/** The key of the last one who asked STS who it is. */
function callerOf(home: Home): string | undefined {
  const calls = home.sandbox.calls().filter(({ action }) => action === "GetCallerIdentity");
  return calls.findLast(({ result }) => result === "ok")?.accessKeyId;
}

/**
 * A call that is under way at the moment its session ends is refused, whatever the client does, and the slower the machine
 * is, the more calls are. So a client that was refused has two more tries; one that does not renew is refused each time.
 */
async function renews(client: MatrixClient, server: readonly string[] | undefined): Promise<Cell> {
  if (client.isOneShot) return "each start";
  for (let tries = 1; ; tries += 1) {
    const cell = await renewsInOneRun(client, server);
    if (cell === "yes" || tries === 3) return cell;
  }
}

/** Whether a program that stays is still the role after two of its sessions have ended. */
async function renewsInOneRun(
  client: MatrixClient,
  server: readonly string[] | undefined,
): Promise<Cell> {
  await using home = await openHome();
  await home.awst(["logout", ...role]);
  home.sandbox.settings.roleSessionSecondsCap = 8;
  home.sandbox.forgetCalls();
  const command = client.command({ seconds: 600, folder: "", s3: "", sts: "" }) ?? [];
  const before = server === undefined ? [] : [...awstCommand(), ...server];
  const profile = server === undefined ? { AWS_PROFILE: "main-account/DeveloperAccess" } : {};
  const env = home.envWith({ ...quiet, ...profile });
  const started = startProcess([...before, ...command], { env, cwd: home.path });
  let hasEnded = false;
  void started.finished.then(() => {
    hasEnded = true;
  });
  const calls = () => home.sandbox.calls().filter(({ action }) => action === "GetCallerIdentity");
  const keys = () => new Set(calls().map(({ accessKeyId }) => accessKeyId));
  try {
    await until("three sessions, or the program's end", () => hasEnded || keys().size > 2);
    return !hasEnded && calls().every(({ result }) => result === "ok") ? "yes" : "no";
  } finally {
    if (started.child.pid !== undefined && !hasEnded) process.kill(-started.child.pid, "SIGTERM");
    await started.finished;
  }
}
