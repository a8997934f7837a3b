// A slow call shows its progress on a terminal, and clears it afterwards; in a pipe it shows nothing.

import { afterEach, beforeEach, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { awstCommand } from "../support/processes.ts";
import { spawnPty } from "../support/pty.ts";

const role = ["main-account", "DeveloperAccess"];
let home: Home;
beforeEach(async () => {
  home = await makeHome();
  home.sandbox.faults.add({ action: "GetSessionToken", kind: "slow", delayMs: 3_500 });
});
afterEach(() => home.remove());

function onTerminal(more: Record<string, string> = {}, ...command: string[]) {
  const [program = "", ...args] = [...awstCommand(), "assume", ...role, ...command];
  return spawnPty(program, args, { env: { ...home.env, ...more }, cwd: home.path });
}

test("a call that takes its time counts on, and is gone with the answer", async () => {
  const pty = onTerminal({}, "--mfa-code", home.code());
  await pty.expect(/GetSessionToken at 127\.0\.0\.1:\d+ … [1-3] s/);
  expect(await pty.exit).toMatchObject({ status: 0 });
  const seconds = [...pty.transcript().matchAll(/… (\d+) s/g)].map(([, s]) => Number(s));
  expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
  expect(pty.raw()).toContain(`${seconds.at(-1)} s\r\x1b[K`);
  expect(pty.transcript()).toMatch(/… \d s\n?awst: .* renews automatically until/s);
});

test("a quick one shows nothing", async () => {
  home.sandbox.faults.clear();
  const pty = onTerminal({}, "--mfa-code", home.code());
  expect(await pty.exit).toMatchObject({ status: 0 });
  expect(pty.transcript()).not.toContain("…");
});

test.each([
  ["TERM=dumb", { TERM: "dumb" }, []],
  ["--quiet", {}, ["--quiet"]],
])("%s: nothing", async (_, env, command) => {
  const pty = onTerminal(env, "--mfa-code", home.code(), ...command);
  expect(await pty.exit).toMatchObject({ status: 0 });
  expect(pty.transcript()).not.toContain("…");
});

test("in a pipe: nothing", async () => {
  const seen = await home.awst(["assume", ...role, "--mfa-code", home.code()]);
  expect(seen).toMatchObject({ status: 0 });
  expect(seen.stderr).not.toMatch(/…|\r/);
});
