// A fake notification program records what it is started with.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openNotifier } from "./notifier.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "awst-notifier-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, end: string): void {
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder}/seen'\nenv > '${folder}/env'\n${end}\n`;
  writeFileSync(join(folder, name), script, { mode: 0o755 });
}

const env = () => ({
  PATH: `${folder}:/usr/bin:/bin`,
  XDG_RUNTIME_DIR: folder,
  AWST_KEYCHAIN_PASSPHRASE: "hush",
});

test.each([
  ["linux", "notify-send"],
  ["darwin", "osascript"],
  ["win32", "System32\\WindowsPowerShell\\v1.0\\powershell.exe"],
] as const)("on %s by %s", async (platform, name) => {
  program(name, "exit 0");
  expect(await openNotifier(env(), platform, `${folder}/System32`).show("awst", "it's <due>")).toBe(
    true,
  );
  const seen = readFileSync(`${folder}/seen`, "utf8");
  const variables = readFileSync(`${folder}/env`, "utf8");
  expect(`${seen}${variables}`).toMatch(/it's (<due>|&lt;due&gt;)/);
  expect(variables).not.toContain("hush");
});

test("a failure is no error", async () => {
  expect(await openNotifier(env(), "linux").show("awst", "not installed")).toBe(false);
  program("notify-send", "exit 1");
  expect(await openNotifier(env(), "linux").show("awst", "no listener")).toBe(false);
});

test("without a session bus nothing is started", async () => {
  program("notify-send", "exit 0");
  const { XDG_RUNTIME_DIR: _, ...bare } = env();
  expect(await openNotifier(bare, "linux").show("awst", "cron")).toBe(false);
  expect(existsSync(`${folder}/seen`)).toBe(false);
});
