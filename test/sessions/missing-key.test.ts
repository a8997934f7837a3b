// A key that is where it was is never reported as missing: a user who then types `awst key add` has two. Each row makes the
// place of the key unreadable, or hides it; every command says what hides the key and what to type.

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { secretServiceIsAbsent, startSecretService } from "../support/secret-service.ts";

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

type Env = Record<string, string | undefined>;
const note = ".local/state/awst/keychain.json";
const pathOf = (name: string) => join(home.path, name);
const credentials = () => pathOf(".aws/credentials");
const commands = [
  ["assume", "main-account", "DeveloperAccess"],
  ["exec", "main-account", "DeveloperAccess", "--", "true"],
  ["key", "list"],
  ["key", "rotate"],
  ["mfa", "list"],
  ["doctor"],
];

function replaceCredentials(): string {
  const before = home.read(".aws/credentials") ?? "";
  rmSync(credentials());
  return before;
}

const hidden: [string, () => Env, RegExp][] = [
  [
    "the credentials file is a link to a drive that is not mounted",
    () => {
      replaceCredentials();
      symlinkSync("/nowhere/drive/credentials", credentials());
      return {};
    },
    /a link to \/nowhere\/drive\/credentials, which does not exist/,
  ],
  [
    "the credentials file is a link to itself",
    () => {
      replaceCredentials();
      symlinkSync("credentials", credentials());
      return {};
    },
    /symbolic links|leads to itself|loop/,
  ],
  [
    "the credentials file is a folder",
    () => {
      replaceCredentials();
      mkdirSync(credentials());
      return {};
    },
    /folder/,
  ],
  [
    "the credentials file is UTF-16",
    () => {
      const text = replaceCredentials();
      writeFileSync(credentials(), Buffer.from(`\ufeff${text}`, "utf16le"), { mode: 0o600 });
      return {};
    },
    /UTF-16/,
  ],
  [
    "a comment after the key's id",
    () => {
      const text = replaceCredentials();
      home.write(".aws/credentials", text.replace(/(AKIA\w+)/, "$1 # mine"), 0o600);
      return {};
    },
    /a comment after the value of aws_access_key_id/,
  ],
  [
    "an unseen character in the key's id",
    () => {
      const text = replaceCredentials();
      home.write(".aws/credentials", text.replace(/(AKIA\w+)/, "\u200b$1"), 0o600);
      return {};
    },
    /U\+200B/,
  ],
];

describe("a key in AWS's files", () => {
  test.each(hidden)("%s", async (_, hide, reason) => {
    const env = hide();
    for (const args of commands) await expectReason(args, env, reason);
  });
});

describe("a key in the sealed file", () => {
  beforeEach(async () => {
    const { status, stderr } = await home.awst(["key", "import"]);
    expect(status, stderr).toBe(0);
  });

  test.each<[string, () => unknown]>([
    ["lost", () => rmSync(pathOf(note))],
    ["damaged", () => home.write(note, "{", 0o600)],
    ["of a newer version", () => home.write(note, '{"version":9,"store":"vault"}', 0o600)],
    ["empty", () => home.write(note, "", 0o600)],
  ])("where the note of the choice is %s, is used", async (_, lose) => {
    lose();
    const args = ["assume", "main-account", "DeveloperAccess", "--mfa-code", home.code()];
    const { status, stderr } = await home.awst(args, { env: { AWST_KEYCHAIN: undefined } });
    expect(status, stderr).toBe(0);
  });

  const sealed = ".local/state/awst/keychain.sealed";
  const replaceSealed = (make: (path: string) => unknown) => {
    const path = pathOf(sealed);
    const text = home.read(sealed) ?? "";
    rmSync(path);
    return [make(path), text] as const;
  };
  test.each<[string, () => unknown, RegExp]>([
    [
      "was written by a newer awst",
      () =>
        home.write(sealed, (home.read(sealed) ?? "").replace(/"version":\d/, '"version":9'), 0o600),
      /written by a newer awst\n.*update awst; the file is intact and was not changed/,
    ],
    [
      "is a pipe",
      () => replaceSealed((path) => execFileSync("mkfifo", [path])),
      /it is not an ordinary file/,
    ],
    [
      "is a link to a device",
      () => replaceSealed((path) => symlinkSync("/dev/zero", path)),
      /it is not an ordinary file/,
    ],
    [
      "is a folder",
      () => replaceSealed((path) => mkdirSync(path)),
      /it is not an ordinary file|it is a folder/,
    ],
  ])("that %s", async (_, spoil, reason) => {
    spoil();
    for (const args of commands) await expectReason(args, {}, reason);
  });

  test("where AWST_KEYCHAIN names the system's keychain", async () => {
    const env = { AWST_KEYCHAIN: "system", DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" };
    for (const args of commands) await expectReason(args, env, /keychain/);
  });
});

const absent = secretServiceIsAbsent();
describe.skipIf(absent !== undefined)("a key in the system's keychain", () => {
  test("is found where the note is lost, and named where AWST_KEYCHAIN names the sealed file", async () => {
    await using service = await startSecretService();
    const env = { ...service.env, AWST_KEYCHAIN: undefined };
    expect(await home.awst(["key", "import"], { env })).toMatchObject({ status: 0 });
    const kind = JSON.parse(home.read(note) ?? "{}").kind;
    expect(kind).toBe("system");
    const wrongStore = { ...service.env, AWST_KEYCHAIN: "file" };
    const reason = /the system's keychain has one[\s\S]*AWST_KEYCHAIN=system/;
    for (const args of commands) await expectReason(args, wrongStore, reason);
    const stale = { AWST_KEYCHAIN: "file", DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" };
    for (const args of commands) await expectReason(args, stale, reason);

    for (const lose of [() => rmSync(pathOf(note)), () => home.write(note, "{", 0o600)]) {
      lose();
      for (const args of commands)
        await expectReason(args, { ...stale, AWST_KEYCHAIN: undefined }, /D-Bus/);
      const { status, stderr } = await home.awst(["key", "list", "--mfa-code", home.code()], {
        env,
      });
      expect(status, stderr).toBe(0);
      expect(JSON.parse(home.read(note) ?? "{}").kind).toBe("system");
      home.moveClock(30);
    }
  });
});

async function expectReason(args: readonly string[], env: Env, reason: RegExp): Promise<void> {
  const { status, stdout, stderr } = await home.awst(args, { env });
  const text = `awst ${args.join(" ")}\n${stdout}${stderr}`;
  expect(status, text).not.toBe(0);
  expect(text).toMatch(reason);
  expect(text).not.toContain("key add");
}
