// The whole program on full and read-only disks, with unusual names and with damaged files: every command either
// succeeds or ends with one clear error, and no data is lost. Disks are mounted in a separate mount namespace.

import { chmodSync, lstatSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { countCalls } from "../support/calls.ts";
import { type Home, makeHome, plainConfiguration } from "../support/home.ts";
import { awstCommand, type Finished, runProcess } from "../support/processes.ts";

const role = ["main-account", "DeveloperAccess"];
const credentialProcess = ["credential-process", ...role];

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

const namespace = process.getuid?.() === 0 ? ["unshare", "-m"] : ["unshare", "-rm"];
let canMount = false;
beforeAll(async () => {
  const env = { PATH: process.env.PATH ?? "" };
  const tried = await runProcess([...namespace, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], {
    env,
  }).catch(() => undefined);
  canMount = tried?.status === 0;
});

const readOnly = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
// The home's files are copied with their times, so that cached sessions stay valid; only inodes change.
const full = `tar cf "$0/../copy" -C "$0" . && mount -t tmpfs -o size=256k tmpfs "$0" &&
  tar xf "$0/../copy" -C "$0" && { cat /dev/zero > "$0/fill"; } 2>/dev/null; exec "$@"`;

const on = (disk: string, ...args: string[]): Promise<Finished> =>
  home.run([...namespace, "sh", "-c", disk, home.path, ...awstCommand(), ...args]);

function expectClear({ status, stdout, stderr }: Finished, message: RegExp): void {
  expect({ status, stdout }, stderr).toEqual({ status: 1, stdout: "" });
  const errors = stderr.split("\n").filter((line) => line.startsWith("awst: error: "));
  expect(errors, stderr).toHaveLength(1);
  expect(errors[0]).toMatch(message);
}

describe("a read-only home", () => {
  test("without a session: an error before any call to AWS", async ({ skip }) => {
    if (!canMount) return skip();
    const ended = await on(readOnly, "assume", ...role, "--mfa-code", home.code());
    expectClear(
      ended,
      /cannot make the folder .*awst\/locks: (the folder above it can't be written|the file system is read-only)$/,
    );
    expectClear(await on(readOnly, "key", "import"), /cannot make the folder .*awst\/locks/);
    expect(home.sandbox.calls()).toEqual([]);
    expect(await on(readOnly, "list")).toMatchObject({ status: 0, stderr: "" });
    expect(await on(readOnly, "config", "check")).toMatchObject({ status: 0 });
  });

  test("with a cached session: it is served", async ({ skip }) => {
    if (!canMount) return skip();
    await home.awst(["assume", ...role, "--mfa-code", home.code()]);
    const plain = await home.awst(credentialProcess);
    expect(await on(readOnly, ...credentialProcess)).toMatchObject({
      status: 0,
      stdout: plain.stdout,
    });
    expect(await on(readOnly, "assume", ...role)).toMatchObject({ status: 0 });
    expectClear(await on(readOnly, "logout", "--all"), /: the file system is read-only$/);
    expect((await home.awst(credentialProcess)).stdout).toBe(plain.stdout);
  });
});

describe("a full disk", () => {
  test("without a session: a code that can't be recorded as used is not sent", async ({ skip }) => {
    if (!canMount) return skip();
    const ended = await on(full, "assume", ...role, "--mfa-code", home.code());
    expectClear(ended, /the MFA code was not sent, because awst could not record it/);
    expect(countCalls(home.sandbox)).toEqual({});
    expectClear(await on(full, "key", "import"), /the disk is full$/);
  });

  test("with a cached session: it is served, and so is a new one, with a warning that it was not cached", async ({
    skip,
  }) => {
    if (!canMount) return skip();
    await home.awst(["assume", ...role, "--mfa-code", home.code()]);
    const plain = await home.awst(credentialProcess);
    expect(await on(full, ...credentialProcess)).toMatchObject({
      status: 0,
      stdout: plain.stdout,
      stderr: "",
    });
    const other = await on(full, "credential-process", "main-account", "AdminAccess");
    expect(other).toMatchObject({ status: 0 });
    expect(other.stderr).toMatch(/^awst: warning: the session was not cached: .*disk is full$/m);
    const withoutProfile = await on(full, "assume", "main-account", "AdminAccess");
    expect(withoutProfile).toMatchObject({ status: 0, stdout: "" });
    expect(withoutProfile.stderr).toMatch(/^awst: warning: .*\.aws.*the disk is full$/m);
    expect(withoutProfile.stderr).toContain("awst exec main-account AdminAccess -- ");
    expect((await home.awst(credentialProcess)).stdout).toBe(plain.stdout);
  });
});

test("a credentials file behind a symlink, with CRLF, without a final newline, readable by others", async () => {
  mkdirSync(join(home.path, "dotfiles"));
  const text = (home.read(".aws/credentials") ?? "").trimEnd().replaceAll("\n", "\r\n");
  home.write("dotfiles/credentials", text, 0o644);
  chmodSync(join(home.path, "dotfiles/credentials"), 0o644);
  await home.run(["rm", ".aws/credentials"]);
  symlinkSync("../dotfiles/credentials", join(home.path, ".aws/credentials"));
  const assumed = await home.awst(["assume", ...role, "--mfa-code", home.code()]);
  expect(assumed).toMatchObject({ status: 0 });
  expect(assumed.stderr).toMatch(/other users of this machine can read .*: chmod 600/);
  const after = home.read("dotfiles/credentials") ?? "";
  expect(after.startsWith(`${text}\r\n\r\n[main-account DeveloperAccess]\r\n`)).toBe(true);
  expect(after.replaceAll("\r\n", "")).not.toContain("\n");
  expect(lstatSync(join(home.path, ".aws/credentials")).isSymbolicLink()).toBe(true);
  expect(statSync(join(home.path, "dotfiles/credentials")).mode & 0o777).toBe(0o644);
});

describe("names", () => {
  const unusualNames = [
    "päy roll",
    'quo"te',
    "apo's",
    "br]acket",
    "a/b",
    "-dash",
    "dollar$x",
    "😀",
    " lead",
    "a#b;c",
  ];

  test.each(unusualNames)(
    "account %j: a session is served, and a profile is written or the reason is reported",
    async (name) => {
      const text = plainConfiguration(home.sandbox);
      const line = `${JSON.stringify(name)} = "${home.sandbox.main.accountId}"\n`;
      home.write(
        ".config/awstools/config.toml",
        text.replace("[accounts]\n", `[accounts]\n${line}`),
      );
      const assumed = await home.awst([
        "assume",
        "--mfa-code",
        home.code(),
        "--",
        name,
        "DeveloperAccess",
      ]);
      expect(assumed, assumed.stderr).toMatchObject({ status: 0 });
      const profile = /AWS_PROFILE='([^\n]*)'\n/.exec(assumed.stdout)?.[1];
      if (profile === undefined) {
        expect(assumed.stderr).toMatch(/^awst: cannot write profile "/m);
        expect(assumed.stderr).toMatch(
          /^awst: no profile to use; to work without one: awst exec .*$/m,
        );
      } else {
        // The written profile finds the same session.
        const found = await home.awst([
          "whoami",
          "--json",
          "--profile",
          profile.replaceAll(`'\\''`, "'"),
        ]);
        expect(found, found.stderr).toMatchObject({ status: 0 });
      }
      const served = await home.awst(["credential-process", "--", name, "DeveloperAccess"]);
      expect(served, served.stderr).toMatchObject({ status: 0 });
      expect(countCalls(home.sandbox)).toMatchObject({ GetSessionToken: 1, AssumeRole: 1 });
    },
  );
});

describe("damaged files", () => {
  test.each([
    ["TOML that ends in the middle", ".config/awstools/config.toml", "[profiles\nmain", 2],
    ["an empty configuration", ".config/awstools/config.toml", "", 2],
    ["a binary configuration", ".config/awstools/config.toml", "\0\x01\xff", 2],
    ["a huge configuration", ".config/awstools/config.toml", "# x\n".repeat(600_000), 2],
  ])("%s: an error with the file's name, and no call to AWS", async (_, name, text, status) => {
    home.write(name, text);
    const ended = await home.awst(["assume", ...role, "--mfa-code", home.code()]);
    expect(ended).toMatchObject({ status, stdout: "" });
    expect(ended.stderr).toMatch(/^awst: error: .*config\.toml/);
    expect(ended.stderr.split("\n").filter((line) => /^awst: hint/.test(line)).length).toBeLessThan(
      2,
    );
    expect(home.sandbox.calls()).toEqual([]);
  });

  test.each(["", "{", "[]", "null", "\0\0", '{"main-account":7}', "x".repeat(5_000_000)])(
    "every state file damaged (%#): only cached facts are lost",
    async (damaged) => {
      await home.awst(["key", "import"]);
      await home.awst(["assume", ...role, "--mfa-code", home.code()]);
      const folder = ".local/state/awst";
      const names = (await home.run(["ls", folder])).stdout.split("\n");
      const stateFiles = names.filter((name) => name.endsWith(".json"));
      expect(stateFiles.length).toBeGreaterThan(4);
      for (const name of stateFiles) home.write(`${folder}/${name}`, damaged);
      const ended = await home.awst(credentialProcess);
      expect(ended, ended.stderr).toMatchObject({ status: 0 });
      expect(await home.awst(["assume", "main-account", "AdminAccess"])).toMatchObject({
        status: 0,
      });
      expect(await home.awst(["list"])).toMatchObject({ status: 0 });
    },
  );

  test("duplicate sections in AWS's files are not changed", async () => {
    const duplicates =
      "[x]\nregion = a\n\n[x]\nregion = b\n[main-account DeveloperAccess]\nregion = r\n";
    home.write(".aws/config", duplicates.replace("[main-account", "[profile main-account"));
    const text = `${home.read(".aws/credentials")}\n${duplicates}`;
    home.write(".aws/credentials", text);
    const ended = await home.awst(["assume", ...role, "--mfa-code", home.code()]);
    expect(ended, ended.stderr).toMatchObject({ status: 0 });
    expect(home.read(".aws/credentials")).toContain("[x]\nregion = a\n\n[x]\nregion = b\n");
  });
});
