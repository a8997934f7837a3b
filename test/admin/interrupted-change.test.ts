// Ctrl-C while an administrator's command changes users, or deploys: the calls that run are completed, no further one is sent, and the
// command prints what was done. The same line again finishes the work.

import { afterEach, beforeEach, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { awstCommand } from "../support/processes.ts";
import { spawnPty } from "../support/pty.ts";
import { until } from "../support/until.ts";

let home: Home;
const user = (name: string, ...args: string[]) => ["admin", "user", ...args, name, "--yes"];
const run = async (args: readonly string[]) => {
  const result = await home.awst(args);
  expect(result, result.stderr).toMatchObject({ status: 0 });
};

beforeEach(async () => {
  home = await makeHome({ env: { AWST_ADMIN_AS: "main-account/AdminAccess" } });
  await run(["key", "import"]);
  await run(["assume", "main-account", "AdminAccess", "--mfa-code", home.code()]);
});
afterEach(() => home[Symbol.asyncDispose]());

/** Sends the signal while a call of this action waits for AWS. Returns the actions that AWS got after it. */
async function interrupt(args: readonly string[], action: string, signal: NodeJS.Signals) {
  const seen = () => home.sandbox.calls().map((each) => each.action);
  // A call is recorded before its response, so the signal arrives while the command waits for it.
  home.sandbox.settings.minResponseDelayMs = 400;
  const [program = "", ...more] = [...awstCommand(), ...args];
  const before = seen().length;
  const pty = spawnPty(program, more, { env: home.envWith({}), cwd: home.path });
  const isAsked = () => seen().slice(before).includes(action);
  await until(`AWS gets ${action}`, isAsked);
  process.kill(pty.pid, signal);
  const end = await pty.exit;
  home.sandbox.settings.minResponseDelayMs = 0;
  const actions = seen().slice(before);
  return { end, after: actions.slice(actions.indexOf(action) + 1), text: pty.transcript() };
}

test.each<[string, readonly string[][], readonly string[], string, string, NodeJS.Signals, RegExp]>(
  [
    [
      "offboard",
      [],
      user("newcomer", "offboard"),
      "PutUserPolicy",
      "DeleteUser",
      "SIGINT",
      /newcomer.*deny everything/,
    ],
    [
      "offboard, two users",
      [],
      ["admin", "user", "offboard", "newcomer", "user", "--yes"],
      "PutUserPolicy",
      "DeleteUser",
      "SIGTERM",
      /newcomer.*deny everything/,
    ],
    [
      "deploy",
      [],
      ["admin", "deploy", "dormant", "--yes"],
      "CreateStack",
      "DescribeStacks",
      "SIGINT",
      /upload the code; ask CloudFormation to create the stack/,
    ],
    [
      "restore",
      [[...user("newcomer", "offboard"), "--cut-only"]],
      user("newcomer", "restore"),
      "UpdateAccessKey",
      "UntagUser",
      "SIGINT",
      /newcomer.*activate access key/,
    ],
  ],
)(
  "%s: says what was done, and the same line finishes it",
  async (_, first, args, action, last, signal, done) => {
    for (const each of first) await run(each);
    const { end, after, text } = await interrupt(args, action, signal);
    expect(end, text).toEqual({ status: 130, signal: null });
    expect(after).not.toContain(last);
    expect(text).toMatch(done);
    expect(text).toMatch(/interrupted/);
    await run(args);
  },
);

test("offboard, between the deny and the user: both are deleted, as no user is left without the deny", async () => {
  const args = ["admin", "user", "offboard", "newcomer", "user", "--yes"];
  const { end, text } = await interrupt(args, "DeleteUserPolicy", "SIGINT");
  const { users } = home.sandbox.cloud.account(home.sandbox.main.accountId);
  expect([...users.keys()], text).not.toContain("newcomer");
  expect([...users.keys()], text).toContain("user");
  expect(text).toMatch(/deleted newcomer/);
  expect(text).toMatch(/user: interrupted/);
  expect(end, text).toEqual({ status: 130, signal: null });
  await run(["admin", "user", "offboard", "user", "--yes"]);
});
