// Programs under `exec --server`: AWS's SDKs are the role, also after its keys have ended and others took
// their place, and whatever keys lie in the profile [default].

import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type Home, keyLines, makeHome } from "../support/home.ts";
import { awstCommand, findProgram, root } from "../support/processes.ts";
import { spawnPty } from "../support/pty.ts";
import { awsCli, boto3, sdkForJavaScript } from "./clients.ts";

let home: Home | undefined;
afterEach(() => home?.remove());

const role = ["main-account", "DeveloperAccess"];

async function openHome(): Promise<Home> {
  home = await makeHome();
  const rival = keyLines(home.sandbox).replace("[main-account]", "[default]");
  home.write(".aws/credentials", `${rival}\n${keyLines(home.sandbox)}`);
  home.write(".aws/config", "[default]\nregion = us-east-1\nrole_arn = arn:aws:iam::1:role/No\n");
  const { status, stderr } = await home.awst(["assume", ...role, "--mfa-code", home.code()]);
  expect([status, stderr]).toEqual([0, stderr]);
  return home;
}

/** Access keys that the child's calls were signed with, and how they ended. */
function callers(where: Home): { keys: Set<string>; results: Set<string> } {
  const calls = where.sandbox.calls().filter(({ action }) => action === "GetCallerIdentity");
  return {
    keys: new Set(calls.map(({ accessKeyId }) => accessKeyId ?? "")),
    results: new Set(calls.map(({ result }) => result)),
  };
}

const seconds = 9;
const loop = `end=$(($(date +%s) + ${seconds})); while [ $(date +%s) -lt $end ]; do aws sts get-caller-identity --query Arn --output text || exit; done`;

const clients: readonly (readonly [string, string, readonly string[]])[] = [
  ["boto3", "python3", ["python3", join(root, "test/clients/stay.py"), String(seconds)]],
  ["AWS CLI", "aws", ["sh", "-c", loop]],
];

// A call that is under way at the moment its session ends is refused, whatever the endpoint does, and the slower the
// machine is, the more calls are. An endpoint that does not renew is found out in every run.
const tries = { retry: 2 };

describe.concurrent("sessions of six seconds, for longer than one", () => {
  test.for(clients)("%s", tries, async ([name, program, args], context) => {
    await using here = await makeHome();
    const probe = name === "boto3" ? ["python3", "-c", "import boto3"] : [program, "--version"];
    const isThere = findProgram(program) !== undefined && (await here.run(probe)).status === 0;
    if (!isThere) {
      console.log(`${name}: skipped: not installed`);
      return context.skip("not installed");
    }
    await here.awst(["assume", ...role, "--mfa-code", here.code()]);
    await here.awst(["logout", ...role]);
    here.sandbox.settings.roleSessionSecondsCap = 6;
    here.sandbox.forgetCalls();
    const ended = await here.awst(["exec", ...role, "--server", "--", ...args]);
    expect([ended.status, ended.stderr]).toEqual([0, ended.stderr]);
    const arns = new Set(ended.stdout.trim().split("\n"));
    const arn = `arn:aws:sts::${here.sandbox.main.accountId}:assumed-role/DeveloperAccess/admin`;
    expect([...arns]).toEqual([arn]);
    const { keys, results } = callers(here);
    expect([...results]).toEqual(["ok"]);
    expect(keys.size).toBeGreaterThan(2);
  });
});

describe("programs that name a profile themselves", () => {
  const clients = [sdkForJavaScript, awsCli, boto3];
  test.for(clients.map((client) => ({ name: client.name, client })))(
    "$name",
    async ({ client }, context) => {
      await using here = await openHome();
      const why = await client.absent(here);
      if (why !== undefined) {
        console.log(`${client.name}: skipped: ${why}`);
        return context.skip(why);
      }
      const admin = ["main-account", "AdminAccess"];
      expect(await here.awst(["assume", ...admin])).toMatchObject({ status: 0 });
      here.sandbox.forgetCalls();
      const script = `cd '${root}'; export AWS_PROFILE=main-account/AdminAccess; ${client.typed}`;
      const args = ["exec", ...role, "--server", "--", "sh", "-c", script];
      const { status, stdout, stderr } = await here.awst(args);
      expect([status, stderr]).toEqual([0, stderr]);
      expect(stdout).toContain(":assumed-role/AdminAccess/");
      const left = await here.awst([...args.slice(0, -1), script.replace("/AdminAccess", "")]);
      // The profile with the long-term key is left out. The SDK for JavaScript asks the endpoint then.
      expect(left.status === 0).toBe(client === sdkForJavaScript);
      expect(callers(here).keys.has(here.sandbox.main.accessKeyId)).toBe(false);
    },
  );
});

describe("AWS SDK for JavaScript", () => {
  // The stand-alone program's clock can't be moved.
  test.skipIf(process.env.AWST_TEST_PROGRAM)(
    "for hours, and again after a code in another shell",
    async () => {
      const here = await openHome();
      const pty = spawnPty(
        "sh",
        [
          "-c",
          'exec "$@"',
          "sh",
          ...awstCommand(),
          "exec",
          ...role,
          "--server",
          "--",
          process.execPath,
          join(root, "test/clients/stay.mjs"),
        ],
        { env: here.envWith({}), cwd: here.path, cols: 400 },
      );
      await pty.expect("ready");
      const ask = async () => {
        pty.type("\r");
        return pty.expect(/(arn:\S+ ASIA\w+|failed: .*)\n/);
      };
      const move = async (by: number) => {
        here.moveClock(by);
        // The processes look at the clock's file every 50 ms.
        await new Promise((resolve) => setTimeout(resolve, 100));
      };
      const first = await ask();
      expect(first).toContain(":assumed-role/DeveloperAccess/admin ASIA");
      expect(await ask()).toBe(first);

      // The keys' end is near: there are others by then.
      await move(58 * 60);
      let second = await ask();
      // The SDK replaces keys in the background while the old ones still work.
      while (second === first) second = await ask();
      expect(second).toContain(":assumed-role/DeveloperAccess/admin ASIA");
      // A laptop that slept for two hours.
      await move(2 * 3600);
      const third = await ask();
      expect(third).toContain(":assumed-role/DeveloperAccess/admin ASIA");
      expect(third).not.toBe(second);

      // The role's four hours are over: the program gets an error, and no prompt appears on its terminal.
      await move(3 * 3600);
      expect(await ask()).toMatch(/^failed: .*/);
      expect(pty.transcript()).toContain("an MFA code for");
      expect(pty.transcript()).toContain(
        "in another shell: awst assume main-account DeveloperAccess",
      );
      expect(pty.transcript()).not.toContain("MFA code of");
      const { status } = await here.awst(["assume", ...role, "--mfa-code", here.code()]);
      expect(status).toBe(0);
      await move(3);
      expect(await ask()).toContain(":assumed-role/DeveloperAccess/admin ASIA");
      expect(pty.transcript().match(/in another shell/g)).toHaveLength(1);
      pty.press("ctrl-d");
      expect(await pty.exit).toEqual({ status: 0, signal: null });
      const { keys, results } = callers(here);
      expect([...results]).toEqual(["ok"]);
      expect(keys.has(here.sandbox.main.accessKeyId)).toBe(false);
    },
  );
});
