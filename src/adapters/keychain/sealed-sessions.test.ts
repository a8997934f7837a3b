import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { useCheapScrypt } from "../../../test/support/cheap-scrypt.ts";
import { makeKeychainContext } from "../../../test/support/keychain-context.ts";
import { makeTemporaryFolder } from "../../../test/support/temporary-folder.ts";
import { parseSealedText } from "../../model/keychain/sealed-file.ts";
import { Secret } from "../../model/secret.ts";
import { openKeychain } from "./open.ts";

const env = { AWST_KEYCHAIN_PASSPHRASE: "correct horse" };
const one = "role-session/x/account/One";
const two = "role-session/x/account/Two";
const mfa = "mfa-session/x";

let folder: string;
let sealed: string;
let sessions: string;
let runtime: string;
beforeEach(() => {
  const around = makeTemporaryFolder("sessions");
  folder = join(around, "awst");
  runtime = join(around, "run");
  sealed = join(folder, "keychain.sealed");
  sessions = join(folder, "keychain.sessions");
});

function open() {
  const context = makeKeychainContext({ folder, runtime, env });
  const keychain = openKeychain(context);
  return {
    context,
    keychain,
    read: async (item: string) => (await keychain.read(item))?.reveal(),
    write: (item: string, text: string) => keychain.write(item, new Secret(text)),
  };
}

const files = () =>
  readdirSync(sessions)
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .map((name) => join(sessions, name));

function headerNow() {
  const file = parseSealedText(readFileSync(sealed, "utf8"));
  if (typeof file === "string") throw new Error(file);
  return file.header;
}

describe("a session", () => {
  useCheapScrypt();

  test("has a file with mode 0600 whose name and content are not readable; keys are not touched", async () => {
    await open().write("key/x", "the key");
    const before = readFileSync(sealed);
    await open().write(one, "the value");
    await open().write(two, "another");
    expect(readFileSync(sealed)).toEqual(before);
    expect(files()).toHaveLength(2);
    expect(statSync(sessions).mode & 0o777).toBe(0o700);
    for (const path of files()) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(`${path}${readFileSync(path, "latin1")}`).not.toMatch(/the value|One|Two|account/);
    }
    expect(await open().read(one)).toBe("the value");
  });

  test("is the first item of a new store", async () => {
    await open().write(mfa, "value");
    expect(await open().read(mfa)).toBe("value");
    expect(await open().read("key/x")).toBeUndefined();
  });

  test("is replaced, and removed, alone", async () => {
    await open().write(one, "1");
    await open().write(two, "2");
    await open().write(one, "x".repeat(70_000));
    expect(await open().read(one)).toBe("x".repeat(70_000));
    await open().keychain.remove(one);
    await open().keychain.remove(one);
    expect(await open().read(one)).toBeUndefined();
    expect(await open().read(two)).toBe("2");
    expect(files()).toHaveLength(1);
  });

  test("of another store is not found", async () => {
    await open().write(one, "old");
    rmSync(sealed);
    await open().write("key/x", "key of a new store");
    expect(await open().read(one)).toBeUndefined();
  });
});

describe("a session's file that another program changed is not used, and the keys stay usable", () => {
  useCheapScrypt();

  const spoilt: readonly [string, (path: string, other: string) => void][] = [
    ["empty", (path) => writeFileSync(path, "")],
    ["cut", (path) => writeFileSync(path, readFileSync(path).subarray(0, -1))],
    ["longer", (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.of(0)]))],
    ["of another format", (path) => writeFileSync(path, "awst session 2\nxxxxxxxxxxxxxxxxxxxxxxx")],
    ["huge", (path) => writeFileSync(path, Buffer.alloc(2 * 1024 * 1024))],
    ["swapped for another session's", (path, other) => copyFileSync(other, path)],
    ["a link to another session's", (path, other) => replace(path, () => symlinkSync(other, path))],
    ["a folder", (path) => replace(path, () => mkdirSync(path))],
    ...[0, 15, 20, 27, 40].map((at): [string, (path: string) => void] => [
      `changed by a bit at ${at}`,
      (path) => {
        const bytes = readFileSync(path);
        bytes[at]! ^= 1;
        writeFileSync(path, bytes);
      },
    ]),
  ];

  test.each(spoilt)("%s", async (_, spoil) => {
    await open().write("key/x", "the key");
    await open().write(one, "1");
    const [path = ""] = files();
    await open().write(two, "2");
    const other = files().find((each) => each !== path) ?? "";
    spoil(path, other);
    const { read, context } = open();
    expect(await read(one)).toBeUndefined();
    expect(context.messages).toEqual([
      `warning: the stored session ${one} was changed by another program and is not used`,
    ]);
    expect(await open().read(two)).toBe("2");
    expect(await open().read("key/x")).toBe("the key");
    if (!statSync(path).isDirectory()) {
      await open().write(one, "new");
      expect(await open().read(one)).toBe("new");
    }
  });

  function replace(path: string, by: () => void): void {
    rmSync(path);
    by();
  }
});

describe("a file of version 1, with the sessions in it", () => {
  // Written by the version before sessions had their own files: a key, a seed and two sessions.
  const version1 = `{"format":"awst-keychain","version":1,"keyFrom":"passphrase","N":32768,"r":8,"p":3,"salt":"KLWdseA5csQrxLzle2hD6Q==","verifier":"Ka7z1BIZyCyx2HKVFIA0xQ==","nonce":"Ko1kgU7pgLQiHhGh"}
LiCSU373fzcjWuj+rlMeGVdxjV+NMMguutlVcytwsYtpITvgqZokE6XH/NQ4xyDug/WiLsvihWMi5qag+xWDdYONIvNdqxDUmFRQO806l0Z7pLYURP6QY/a2FwcFDBHXZ8gBpcmtNVR/ur/gBuTlRWUanwd7d/c0DoCX8slX39vZbjbvNx0cFE6O56xaiaxJ3g==
9ff1f134e4e231db4eeb4c96e757710fa42efd0d0308738618fee34f5fc6b7e6
`;
  const items: Readonly<Record<string, string>> = {
    "key/x": "the key",
    "mfa-session/x": "the MFA session",
    "role-session/x/account/Role": "a role session",
    "mfa-seed/x/device": "a seed",
  };
  const role = "role-session/x/account/Role";
  beforeEach(() => {
    mkdirSync(folder);
    writeFileSync(sealed, version1, { mode: 0o600 });
  });

  async function readAll() {
    const { read } = open();
    return Object.fromEntries(
      await Promise.all(Object.keys(items).map(async (item) => [item, await read(item)])),
    );
  }

  test("is read as it is, and not changed by reading", async () => {
    expect(await readAll()).toEqual(items);
    expect(readFileSync(sealed, "utf8")).toBe(version1);
    expect(existsSync(sessions)).toBe(false);
  });

  test.each<[string, () => Promise<void>, Record<string, string | undefined>]>([
    ["a written key", () => open().write("key/y", "new"), {}],
    ["a written session", () => open().write(mfa, "newer"), { [mfa]: "newer" }],
    ["a removed session", () => open().keychain.remove(role), { [role]: undefined }],
    ["a removed key", () => open().keychain.remove("key/x"), { "key/x": undefined }],
    ["a removed item that is not there", () => open().keychain.remove("key/none"), {}],
  ])("%s brings it to version 2, and nothing else is lost", async (_, act, changed) => {
    await act();
    expect(headerNow()).toMatchObject({ version: 2, writes: 1 });
    expect(await readAll()).toEqual({ ...items, ...changed });
    expect(files()).toHaveLength(role in changed ? 1 : 2);
  });

  test("a kill before the file is replaced loses nothing, and newer sessions stay", async () => {
    await open().write("key/y", "new");
    await open().write(mfa, "newer");
    // What a kill between the sessions and the file leaves behind.
    writeFileSync(sealed, version1);
    rmSync(join(folder, "keychain-seen.json"));
    rmSync(runtime, { recursive: true });
    expect(await readAll()).toEqual({ ...items, [mfa]: "newer" });
    await open().write("key/z", "newest");
    expect(headerNow().version).toBe(2);
    expect(await readAll()).toEqual({ ...items, [mfa]: "newer" });
  });

  test("many processes bring it to version 2 at once", async () => {
    const names = Array.from({ length: 12 }, (_, at) => `role-session/x/account/New${at}`);
    await Promise.all(names.map((name) => open().write(name, name)));
    expect(await Promise.all(names.map((name) => open().read(name)))).toEqual(names);
    expect(await readAll()).toEqual(items);
  });
});

describe("what has ended is deleted", () => {
  useCheapScrypt();

  const hour = 3600;
  const ageOf = (path: string, hours: number) => {
    const at = Date.now() / 1000 - hours * hour;
    utimesSync(path, at, at);
  };

  test("by a later write, at most once an hour: sessions after 48 h, leftovers of a kill after one", async () => {
    await open().write(one, "1");
    const [old = ""] = files();
    const leftover = join(sessions, `${"0".repeat(64)}.1-2.tmp`);
    writeFileSync(leftover, "half");
    ageOf(old, 49);
    ageOf(leftover, 2);
    await open().write(two, "2");
    expect(existsSync(old)).toBe(true);
    ageOf(join(sessions, ".swept"), 2);
    await open().write(mfa, "3");
    expect([old, leftover].map(existsSync)).toEqual([false, false]);
    expect(await open().read(two)).toBe("2");
  });

  test("a session of 47 hours, and a leftover that may be in use, stay", async () => {
    await open().write(one, "1");
    const leftover = join(sessions, `${"0".repeat(64)}.1-2.tmp`);
    writeFileSync(leftover, "half");
    ageOf(files()[0] ?? "", 47);
    ageOf(join(sessions, ".swept"), 2);
    await open().write(two, "2");
    expect(await open().read(one)).toBe("1");
    expect(existsSync(leftover)).toBe(true);
  });

  test("a clock that is days ahead deletes nothing", async () => {
    await open().write(one, "1");
    ageOf(join(sessions, ".swept"), 2);
    vi.useFakeTimers({ now: Date.now() + 8 * 24 * hour * 1000, toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    await open().write(two, "2");
    expect(await open().read(one)).toBe("1");
    expect(await open().read(two)).toBe("2");
  });

  test("5,000 sessions never fill the store: keys are still written", async () => {
    await open().write("key/x", "the key");
    const { keychain } = open();
    for (let at = 0; at < 5000; at++) {
      await keychain.write(`role-session/x/account/R${at}`, new Secret("x".repeat(2000)));
    }
    expect(statSync(sealed).size).toBeLessThan(1000);
    await open().write("key/x", "a rotated key");
    expect(await open().read("key/x")).toBe("a rotated key");
    const again = open().keychain;
    for (let at = 0; at < 5000; at++) await again.remove(`role-session/x/account/R${at}`);
    expect(files()).toEqual([]);
  });
});

test("a store that is moved to another place opens there, with its sessions", async () => {
  await open().write("key/x", "the key");
  await open().write(one, "1");
  renameSync(folder, `${folder}-moved`);
  folder = `${folder}-moved`;
  expect(await open().read("key/x")).toBe("the key");
  expect(await open().read(one)).toBe("1");
});
