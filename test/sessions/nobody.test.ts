// Nobody to ask and no source of codes: 3 in under a second, with nothing on stdout, whatever the network
// does meanwhile; and a job in the background, which the terminal may stop, never stops with a lock held.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { awstWords } from "../support/processes.ts";
import { type Pty, spawnPty } from "../support/pty.ts";

const words = ["credential-process", "main-account", "DeveloperAccess"];
const role = words.slice(1);

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

describe("without a terminal", () => {
  const rows: readonly (readonly [string, (at: Home) => unknown])[] = [
    ["a first time", () => {}],
    ["AWS never answers", (at) => at.sandbox.faults.add({ action: "*", kind: "hang", times: 99 })],
    ["AWS is not there", (at) => at.sandbox.stop()],
    [
      "the code is too old",
      async (at) => {
        await at.awst(["assume", ...role, "--mfa-code", at.code()]);
        at.moveClock(6 * 3600);
      },
    ],
    ["the key is in the sealed file", (at) => at.awst(["key", "import"])],
  ];
  test.each(rows)("%s: 3 in under a second, one line and one hint", async (what, arrange) => {
    await arrange(home);
    home.sandbox.forgetCalls();
    const all = [await home.awst(words), await home.awst(words), await home.awst(words)];
    for (const { status, stdout, stderr } of all) {
      expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
      expect(stderr).toMatch(
        /^awst: error: an MFA code for "main-account" is needed, .*\nawst: hint: awst assume main-account DeveloperAccess\n$/,
      );
    }
    expect(home.sandbox.calls()).toEqual([]);
    const best = Math.min(...all.map(({ milliseconds }) => milliseconds));
    console.log(`${what}: ${Math.round(best)} ms`);
    expect(best).toBeLessThan(1000);
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
    expect(stderr).toMatch(/\nawst: hint: awst assume/);
    expect(home.sandbox.calls()).toEqual([]);
  });
});

describe("in the background of a shell", () => {
  let shell: Pty;
  const awst = awstWords()
    .map((word) => `'${word}'`)
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
    "stty %s: it ends with 3, and who comes next is asked at once",
    async (mode) => {
      type(`stty ${mode}; ${awst} ${words.join(" ")} & sleep 0; wait $!; echo "ended with $?"`);
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
    "stty %s: one that has much to say while it holds its locks goes on",
    async (mode) => {
      home.sandbox.clock.advance(3600);
      type(`stty ${mode}; AWST_MFA_CODE=${home.code()} ${awst} ${words.join(" ")} > answer &`);
      await shell.expect(/\[1\] \d+/);
      await until(() => home.read(".local/state/awst/sessions.json")?.includes('"role"'));
      const others = await home.awst(words);
      expect(others, others.stderr).toMatchObject({ status: 0 });
    },
  );

  test("Ctrl-Z in the midst of a call: it stops when its locks are free", async () => {
    home.sandbox.faults.add({ action: "AssumeRole", kind: "slow", delayMs: 1500 });
    type(`${awst} assume ${role.join(" ")} --mfa-code ${home.code()}`);
    await until(() => home.read(".local/state/awst/sessions.json")?.includes('"mfa"'));
    shell.press("ctrl-z");
    await shell.expect("Stopped");
    const others = await home.awst(words);
    expect(others, others.stderr).toMatchObject({ status: 0 });
    type("fg");
    await shell.expect("AWS_PROFILE");
  });
});

async function until(look: () => unknown): Promise<void> {
  const end = performance.now() + 20_000;
  while (!look()) {
    if (performance.now() > end) throw new Error("20 s without what was waited for");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
