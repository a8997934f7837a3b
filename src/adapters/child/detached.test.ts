// A detached process writes what it is into a file.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../../../test/support/until.ts";
import { openDetached } from "./detached.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "awst-detached-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const reporter = `
const { readFileSync, readlinkSync, renameSync, writeFileSync } = require("node:fs");
const [out, ...args] = process.argv.slice(2);
const isLinux = process.platform === "linux";
const stat = isLinux ? readFileSync("/proc/self/stat", "utf8").replace(/^.*\\) /, "").split(" ") : [];
writeFileSync(out + ".new", JSON.stringify({
  args,
  pid: process.pid,
  session: isLinux ? Number(stat[3]) : process.pid,
  terminal: isLinux ? Number(stat[4]) : 0,
  streams: isLinux ? [0, 1, 2].map((n) => readlinkSync("/proc/self/fd/" + n)) : [],
  code: process.env.AWST_MFA_CODE ?? null,
  passphrase: process.env.AWST_KEYCHAIN_PASSPHRASE ?? null,
  prompt: process.env.AWST_PROMPT ?? null,
}));
renameSync(out + ".new", out);
`;

test("the process leads a session without a terminal, has no streams and does not prompt", async () => {
  const out = join(folder, "out");
  const script = join(folder, "reporter.cjs");
  writeFileSync(script, reporter);
  const env = { PATH: process.env["PATH"], AWST_MFA_CODE: "123456", AWST_KEYCHAIN_PASSPHRASE: "p" };
  const detached = openDetached([process.execPath, script, out], env);
  expect(await detached.start(["key", "rotate", "it's $HOME"])).toBe(true);
  await until("the detached process has written", () => existsSync(out));
  const report = JSON.parse(readFileSync(out, "utf8"));
  expect(report).toMatchObject({
    args: ["key", "rotate", "it's $HOME"],
    session: report.pid,
    terminal: 0,
    code: null,
    // Needed to unlock a sealed keychain.
    passphrase: "p",
    prompt: "none",
  });
  if (process.platform === "linux") expect(new Set(report.streams)).toEqual(new Set(["/dev/null"]));
});

test("a program that does not exist is no error", async () => {
  expect(await openDetached([join(folder, "gone")], {}).start(["key", "rotate"])).toBe(false);
});
