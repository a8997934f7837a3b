// A code is never sent twice, whatever became of it: AWS's reply lost after it acted, an error of its
// own, an answer that is none, a reply that never comes, a kill. The sandbox records of every call how
// often the same digits came before it; the next try waits for the next code by itself.

import { describe, expect, test } from "vitest";
import type { Fault } from "../../sandbox/faults.ts";
import { type Home, makeHome, plainConfiguration } from "../support/home.ts";

const role = ["main-account", "DeveloperAccess"];

async function homeAt(second: number, mfa = 'command = "mfa-code"'): Promise<Home> {
  const home = await makeHome({ configuration: null });
  const text = `${plainConfiguration(home.sandbox)}\n[mfa]\n${mfa}\n`;
  home.write(".config/awstools/config.toml", text);
  moveTo(home, second);
  return home;
}

/** Moves on to this second of a code's thirty. */
function moveTo(home: Home, second: number): void {
  const now = (home.sandbox.clock.now().getTime() / 1000) % 30;
  home.moveClock(Math.round((second - now + 30) % 30));
}

/** Calls that carried a code: their result, and how often the same digits had come before. */
function sentCodes(home: Home) {
  return home.sandbox
    .calls()
    .filter(({ hasTokenCode }) => hasTokenCode)
    .map(({ result, codeSeenBefore }) => `${result} ${codeSeenBefore}`);
}

describe.concurrent("once", () => {
  const faults: readonly Omit<Fault, "action">[] = [
    { kind: "reset-after" },
    { kind: "reset-before" },
    { kind: "error500" },
    { kind: "error500", acts: true },
    { kind: "error503" },
    { kind: "html" },
    { kind: "truncated" },
    { kind: "hang", acts: true },
  ];
  for (const action of ["GetSessionToken", "AssumeRole"]) {
    const single = action === "AssumeRole";
    const rows = single ? faults.slice(0, 1) : faults;
    for (const fault of rows) {
      const what = `${action}: ${fault.kind}${fault.acts ? " after AWS acted" : ""}`;
      test.concurrent(`${what}: the next try sends the next code`, async () => {
        await using home = await homeAt(fault.kind === "hang" ? 2 : 18);
        home.sandbox.faults.add({ ...fault, action, times: 1 });
        const args = ["assume", ...role, ...(single ? ["--single", "--duration", "30m"] : [])];
        const first = await home.awst(args);
        expect(first, first.stderr).toMatchObject({ status: 1, stdout: "" });
        const before = sentCodes(home);
        expect(before).toHaveLength(1);
        const second = await home.awst(args);
        expect(second, second.stderr).toMatchObject({ status: 0 });
        expect(sentCodes(home)).toEqual([...before, "ok 0"]);
        if (fault.kind !== "hang") expect(second.stderr).toMatch(/was used; next code in/);
      });
    }
  }

  test.concurrent("a code from a flag, from the environment and from the phone: once in all", async () => {
    await using home = await homeAt(18);
    const code = home.code();
    const env = { AWST_MFA_CODE: code };
    home.sandbox.faults.add({ action: "GetSessionToken", kind: "reset-after" });
    expect(await home.awst(["assume", ...role, "--mfa-code", code])).toMatchObject({ status: 1 });
    const next = await home.awst(["assume", ...role, "--mfa-code", code], { env });
    expect(next, next.stderr).toMatchObject({ status: 0 });
    expect(next.stderr).toMatch(/the code in --mfa-code was sent before/);
    expect(next.stderr).toMatch(/the code in AWST_MFA_CODE was sent before/);
    expect(sentCodes(home)).toEqual(["reset-after 0", "ok 0"]);
  });

  test.concurrent("a code sent by hand and refused is never sent again", async () => {
    await using home = await homeAt(2, "");
    const right = [-1, 0, 1].map((later) => home.sandbox.code(undefined, later));
    const wrong = ["000000", "111111", "222222"].find((each) => !right.includes(each)) ?? "";
    for (const _ of [1, 2, 3]) await home.awst(["assume", ...role, "--mfa-code", wrong]);
    expect(sentCodes(home)).toEqual(["AccessDenied 0"]);
    // Other digits of the same step may go at once.
    expect(await home.awst(["assume", ...role, "--mfa-code", home.code()])).toMatchObject({
      status: 0,
    });
  });

  test.concurrent("killed at any moment, again and again: no digits come twice", async () => {
    await using home = await homeAt(2);
    const args = ["credential-process", ...role];
    const { milliseconds } = await home.awst(args);
    for (const part of [0.4, 0.55, 0.65, 0.75, 0.85, 0.95]) {
      await home.awst(["logout", "--all"]);
      home.moveClock(30);
      moveTo(home, 22);
      const { child, finished } = home.start(args);
      setTimeout(() => child.kill("SIGKILL"), milliseconds * part);
      await finished;
      const next = await home.awst(args);
      expect(next, next.stderr).toMatchObject({ status: 0 });
    }
    expect(sentCodes(home).filter((each) => !each.endsWith(" 0"))).toEqual([]);
  });

  test.concurrent("throttled: AWS did not look at it, the same code goes again and is taken", async () => {
    await using home = await homeAt(2);
    home.sandbox.faults.add({ action: "GetSessionToken", kind: "throttle", times: 2 });
    expect(await home.awst(["assume", ...role])).toMatchObject({ status: 0 });
    expect(home.codesAsked()).toBe(1);
  });

  test.concurrent("no server listened: the code may be sent again", async () => {
    await using home = await homeAt(2);
    await home.awst(["assume", ...role, "--mfa-code", home.code()]);
    await home.awst(["logout", "--all"]);
    home.moveClock(30);
    const code = home.code();
    const env = { AWS_ENDPOINT_URL_STS: "http://127.0.0.1:1" };
    const lost = await home.awst(["assume", ...role, "--mfa-code", code], { env });
    expect(lost).toMatchObject({ status: 1 });
    expect(lost.stderr).toContain("refused the connection");
    expect(await home.awst(["assume", ...role, "--mfa-code", code])).toMatchObject({ status: 0 });
    expect(home.codesAsked()).toBe(0);
  });
});
