// A process of its own: asked what it is, it writes that into a file.

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

const teller = `
const { readFileSync, readlinkSync, renameSync, writeFileSync } = require("node:fs");
const [out, ...words] = process.argv.slice(2);
const isLinux = process.platform === "linux";
const stat = isLinux ? readFileSync("/proc/self/stat", "utf8").replace(/^.*\\) /, "").split(" ") : [];
writeFileSync(out + ".new", JSON.stringify({
  words,
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

test("it leads a session without a terminal, has no streams and asks nobody", async () => {
  const out = join(folder, "out");
  const script = join(folder, "teller.cjs");
  writeFileSync(script, teller);
  const env = { PATH: process.env["PATH"], AWST_MFA_CODE: "123456", AWST_KEYCHAIN_PASSPHRASE: "p" };
  const detached = openDetached([process.execPath, script, out], env);
  expect(await detached.start(["key", "rotate", "it's $HOME"])).toBe(true);
  await until("the detached process has written", () => existsSync(out));
  const told = JSON.parse(readFileSync(out, "utf8"));
  expect(told).toMatchObject({
    words: ["key", "rotate", "it's $HOME"],
    session: told.pid,
    terminal: 0,
    code: null,
    // awst itself: without it a sealed keychain stays shut.
    passphrase: "p",
    prompt: "none",
  });
  if (process.platform === "linux") expect(new Set(told.streams)).toEqual(new Set(["/dev/null"]));
});

test("a program that is gone is no error", async () => {
  expect(await openDetached([join(folder, "gone")], {}).start(["key", "rotate"])).toBe(false);
});
