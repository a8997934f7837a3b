// Without a terminal and without a code awst ends with status 3, prints nothing on stdout and calls no AWS.
// A background job, which the terminal may stop, never stops while it owns a lock.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { awstCommand } from "../support/processes.ts";
import { type Pty, spawnPty } from "../support/pty.ts";
import { until } from "../support/until.ts";

const args = ["credential-process", "main-account", "DeveloperAccess"];
const role = args.slice(1);

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

describe("without a terminal", () => {
  const rows: readonly (readonly [string, (at: Home) => unknown])[] = [
    ["the first time", () => {}],
    ["AWS never answers", (at) => at.sandbox.faults.add({ action: "*", kind: "hang", times: 99 })],
    ["AWS is not reachable", (at) => at.sandbox.stop()],
    [
      "the code is too old",
      async (at) => {
        await at.awst(["assume", ...role, "--mfa-code", at.code()]);
        at.moveClock(6 * 3600);
      },
    ],
    ["the key is in the sealed file", (at) => at.awst(["key", "import"])],
  ];
  test.each(rows)("%s: status 3, no call, one line and one hint", async (_, arrange) => {
    await arrange(home);
    home.sandbox.forgetCalls();
    for (let run = 0; run < 3; run++) {
      const { status, stdout, stderr } = await home.awst(args);
      expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
      expect(stderr).toMatch(
        /^awst: error: an MFA code for "main-account" is needed, .*\nawst: hint: on a terminal, or with --mfa-code CODE: awst assume main-account DeveloperAccess\n$/,
      );
    }
    expect(home.sandbox.calls()).toEqual([]);
  });

  test.each([
    ["assume", ["assume", ...role]],
    ["exec", ["exec", ...role, "--", "true"]],
    ["env", ["env", ...role]],
    ["--identity", ["credential-process", "--identity", "main-account"]],
  ])("%s as well", async (_, each) => {
    const { status, stdout, stderr } = await home.awst(each);
    expect({ status, stdout }, stderr).toEqual({ status: 3, stdout: "" });
    expect(stderr.split("\n").filter((line) => line.startsWith("awst: error:"))).toHaveLength(1);
    expect(stderr).toMatch(/\nawst: hint: on a terminal, or with --mfa-code CODE: awst assume/);
    expect(home.sandbox.calls()).toEqual([]);
  });
});

describe("in the background of a shell", () => {
  let shell: Pty;
  const awst = awstCommand()
    .map((arg) => `'${arg}'`)
    .join(" ");
  const type = (line: string) => shell.type(`${line}\r`);

  beforeEach(async () => {
    const env = {
      ...home.env,
      PS1: "ready> ",
      HISTFILE: "",
      BASH_SILENCE_DEPRECATION_WARNING: "1",
    };
    shell = spawnPty("bash", ["--norc", "--noprofile", "-i"], { env, cwd: home.path });
    await shell.expect("ready> ");
  });
  afterEach(() => shell.hangUp());

  test.each(["-tostop", "tostop"])(
    "stty %s: it ends with status 3, and the next process prompts at once",
    async (mode) => {
      type(`stty ${mode}; ${awst} ${args.join(" ")} & sleep 0; wait $!; echo "ended with $?"`);
      await shell.expect(/ended with \d+/);
      expect(shell.transcript()).toMatch(/ended with (3|149|150)\n/);
      type(`${awst} assume ${role.join(" ")}`);
      await shell.expect("MFA code");
      expect(shell.transcript()).not.toContain("waiting for");
      shell.type(`${home.code()}\r`);
      await shell.expect("AWS_PROFILE");
    },
  );

  test.each(["-tostop", "tostop"])(
    "stty %s: a job that prints a lot while it owns locks continues",
    async (mode) => {
      home.sandbox.clock.advance(3600);
      type(`stty ${mode}; AWST_MFA_CODE=${home.code()} ${awst} ${args.join(" ")} > answer &`);
      await shell.expect(/\[1\] \d+/);
      await until("the session is written", () =>
        home.read(".local/state/awst/sessions.json")?.includes('"role"'),
      );
      const others = await home.awst(args);
      expect(others, others.stderr).toMatchObject({ status: 0 });
    },
  );

  test("Ctrl-Z during a call: it stops after it has released its locks", async () => {
    home.sandbox.faults.add({ action: "AssumeRole", kind: "slow", delayMs: 3_000 });
    type(`${awst} assume ${role.join(" ")} --mfa-code ${home.code()}`);
    await until("the session is written", () =>
      home.read(".local/state/awst/sessions.json")?.includes('"mfa"'),
    );
    shell.press("ctrl-z");
    await shell.expect("Stopped");
    const others = await home.awst(args);
    expect(others, others.stderr).toMatchObject({ status: 0 });
    type("fg");
    await shell.expect("AWS_PROFILE");
  });
});
