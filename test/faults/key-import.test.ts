// `key add` and `key import` as whole processes: what the user sees, and a kill at any moment.

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { type Home, keyLines, makeHome } from "../support/home.ts";
import { awstCommand } from "../support/processes.ts";
import { spawnPty } from "../support/pty.ts";

let home: Home;

async function newHome(options: Parameters<typeof makeHome>[0] = {}) {
  home = await makeHome(options);
  const made = home;
  onTestFinished(() => made.remove());
}

beforeEach(() => newHome());

async function expectSession() {
  const env = { AWST_MFA_CODE: home.code() };
  const args = ["credential-process", "main-account", "DeveloperAccess"];
  const { status, stderr } = await home.awst(args, { env });
  expect(status, stderr).toBe(0);
}

const filesWith = (text: string, folder = home.path): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));

test("key import: the secret is nowhere under the home in plain text, and no argv or debug line has it", async () => {
  const { accessKeyId, secretAccessKey } = home.sandbox.main;
  const { status, stdout, stderr } = await home.awst(["key", "import", "--json", "--debug"]);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    profile: "main-account",
    key: { accessKeyId, keychain: "file", replacedKeyId: null, wasThere: false },
    sameKeyElsewhere: [],
  });
  expect(stdout + stderr).not.toContain(secretAccessKey);
  expect(filesWith(secretAccessKey)).toEqual([]);
  expect(statSync(join(home.path, ".local/state/awst/keychain.sealed")).mode & 0o777).toBe(0o600);
  const again = await home.awst(["key", "import"]);
  expect(again).toMatchObject({ status: 0, stdout: "" });
  expect(again.stderr).toContain("nothing to import");
});

test("key import, killed at any moment: the key is in the file or in the keychain, and the next one finishes", async () => {
  const { accessKeyId, secretAccessKey } = home.sandbox.main;
  const { milliseconds } = await home.awst(["key", "import"]);
  for (let moment = 0; moment < 12; moment++) {
    await home.run(["rm", "-rf", ".local/state/awst"]);
    home.write(".aws/credentials", keyLines(home.sandbox));
    const { child, finished } = home.start(["key", "import"]);
    setTimeout(() => child.kill("SIGKILL"), (milliseconds * (moment + 1)) / 12);
    await finished;
    const isInFile = home.read(".aws/credentials")?.includes(secretAccessKey) === true;
    const isWhole = home.read(".aws/credentials") === keyLines(home.sandbox);
    expect(isWhole).toBe(isInFile);
    const next = await home.awst(["key", "import"]);
    expect(next.stderr).not.toContain("error");
    expect(next.status).toBe(0);
    await expectSession();
    expect(filesWith(secretAccessKey)).toEqual([]);
    expect(home.read(".local/state/awst/keys.json")).toContain(accessKeyId);
    home.moveClock(60);
  }
});

test("key add: a key AWS does not know leaves the one that is there", async () => {
  await home.awst(["key", "import"]);
  const { status, stderr } = await home.awst(["key", "add"], {
    input: `AKIANOSUCHKEYNOSUCHK\n${"x".repeat(40)}\n`,
  });
  expect(status).toBe(1);
  expect(stderr).toContain("AKIANOSUCHKEYNOSUCHK");
  await expectSession();
});

test("key add from the console's file prints that the file still contains it", async () => {
  await newHome({ keyInProfile: false });
  const { accessKeyId, secretAccessKey } = home.sandbox.main;
  const csv = join(home.path, "me_accessKeys.csv");
  writeFileSync(
    csv,
    `\ufeffAccess key ID,Secret access key\r\n${accessKeyId},${secretAccessKey}\r\n`,
  );
  const { status, stdout, stderr } = await home.awst(["key", "add", "--csv", csv]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  expect(stderr).toContain(`${accessKeyId} of arn:aws:iam::`);
  expect(stderr).toContain(`${csv} still contains the key: delete that file`);
});

test("key add typed at a terminal shows no secret, also with a new passphrase", async () => {
  await newHome({ keyInProfile: false, env: { AWST_KEYCHAIN_PASSPHRASE: undefined } });
  const { accessKeyId, secretAccessKey } = home.sandbox.main;
  const [program = "", ...args] = [...awstCommand(), "key", "add"];
  const pty = spawnPty(program, args, { env: home.env, cwd: home.path });
  await pty.expect("access key id of main-account");
  pty.type(`${accessKeyId}\r`);
  await pty.expect("its secret access key");
  pty.type(`${secretAccessKey}\r`);
  await pty.expect("new passphrase");
  pty.type("correct horse\r");
  await pty.expect("new passphrase again");
  pty.type("correct horse\r");
  expect(await pty.exit).toMatchObject({ status: 0 });
  expect(pty.transcript()).toContain("in the sealed file, for");
  expect(pty.transcript()).not.toContain(secretAccessKey);
  expect(pty.transcript()).not.toContain("correct horse");
  expect(filesWith(secretAccessKey)).toEqual([]);
});

test("no terminal and no options: status 3, one line and one hint", async () => {
  const { status, stdout, stderr } = await home.awst(["key", "add"]);
  expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
  expect(stderr.trim().split("\n")).toHaveLength(2);
});
