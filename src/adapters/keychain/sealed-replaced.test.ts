// Another program replaces the sealed file by a different one.

import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { useCheapScrypt } from "../../../test/support/cheap-scrypt.ts";
import { makeKeychainContext } from "../../../test/support/keychain-context.ts";
import { makeTemporaryFolder } from "../../../test/support/temporary-folder.ts";
import { Secret } from "../../model/secret.ts";
import { openKeychain } from "./open.ts";

useCheapScrypt();

const right = { AWST_KEYCHAIN_PASSPHRASE: "correct horse" };
const session = "role-session/x/account/Role";
const refused = { code: "KEYCHAIN_REFUSED", hint: expect.stringContaining("awst logout --all") };

let around: string;
let folder: string;
let runtime: string;
let sealed: string;
beforeEach(() => {
  around = makeTemporaryFolder("replaced");
  folder = join(around, "awst");
  runtime = join(around, "run");
  sealed = join(folder, "keychain.sealed");
});

function open(env: Record<string, string> = right, at = folder) {
  const keychain = openKeychain(
    makeKeychainContext({ folder: at, env, ...(at === folder && { runtime }) }),
  );
  return {
    keychain,
    read: async (item = "key/x") => (await keychain.read(item))?.reveal(),
    write: (text: string, item = "key/x") => keychain.write(item, new Secret(text)),
  };
}

const forgetMemory = () => rmSync(runtime, { recursive: true, force: true });
const forgetState = () => rmSync(join(folder, "keychain-seen.json"));

async function expectRefused(env = right) {
  const before = readFileSync(sealed);
  await expect(open(env).read()).rejects.toMatchObject(refused);
  await expect(open(env).write("new")).rejects.toMatchObject(refused);
  await expect(open(env).keychain.remove("key/x")).rejects.toMatchObject(refused);
  await expect(open(env).write("new", session)).rejects.toMatchObject(refused);
  expect(readFileSync(sealed)).toEqual(before);
}

describe("an older copy of the sealed file", () => {
  let older: Buffer;
  beforeEach(async () => {
    await open().write("an old key");
    older = readFileSync(sealed);
    await open().write("a new key");
    await open().write("a session", session);
    writeFileSync(sealed, older);
  });

  test.each<[string, () => void]>([
    ["memory and state file", () => {}],
    ["the state file alone, as after a restart", forgetMemory],
    ["memory alone: another program deleted the state file", forgetState],
  ])("is refused by %s, for reads and writes", async (_, forget) => {
    forget();
    await expectRefused();
  });

  test("is not noticed when both are gone", async () => {
    forgetMemory();
    forgetState();
    expect(await open().read()).toBe("an old key");
  });

  test("is accepted by who locks the keychain, and watched from then on", async () => {
    await open().keychain.remove(session);
    await open().keychain.lock();
    expect(await open().read()).toBe("an old key");
    await open().write("a key in the older copy");
    writeFileSync(sealed, older);
    await expectRefused();
  });
});

describe("a store with a key file instead of one with a passphrase", () => {
  beforeEach(async () => {
    await open().write("the key");
    const other = join(around, "other");
    await open({}, other).write("another's key");
    await open({}, other).write("another's session", session);
    for (const name of readdirSync(other).filter((each) => /^keychain\.(?!json)/.test(each))) {
      rmSync(join(folder, name), { recursive: true, force: true });
      cpSync(join(other, name), join(folder, name), { recursive: true });
    }
  });

  test.each<[string, () => void]>([
    ["memory and state file", () => {}],
    ["the state file alone", forgetMemory],
    ["memory alone", forgetState],
  ])("is refused by %s", async (_, forget) => {
    forget();
    await expectRefused({} as typeof right);
    await expect(open({}).read(session)).rejects.toMatchObject(refused);
  });

  test("is refused by who gives a passphrase, even when nothing was seen before", async () => {
    forgetMemory();
    forgetState();
    const ignored = { code: "KEYCHAIN_REFUSED", hint: expect.stringContaining("passphrase") };
    await expect(open().read()).rejects.toMatchObject(ignored);
    await expect(open().write("new")).rejects.toMatchObject(ignored);
    expect(await open({}).read()).toBe("another's key");
  });

  test("is accepted by who locks the keychain", async () => {
    await open({}).keychain.remove(session);
    await open({}).keychain.lock();
    expect(await open({}).read()).toBe("another's key");
  });
});

describe("a store with a passphrase that is gone", () => {
  beforeEach(async () => {
    await open().write("the key");
    rmSync(sealed);
  });

  test("is not replaced by one with a key file", async () => {
    const needed = { code: "KEYCHAIN_PASSPHRASE_NEEDED" };
    for (const forget of [() => {}, forgetMemory]) {
      forget();
      await expect(open({}).write("new")).rejects.toMatchObject(needed);
      await expect(open({}).write("new", session)).rejects.toMatchObject(needed);
    }
    expect(
      ["keychain.key", "keychain.sealed"].filter((name) => existsSync(join(folder, name))),
    ).toEqual([]);
  });

  test("is replaced by a new one with a passphrase, which counts from the start", async () => {
    await open({ AWST_KEYCHAIN_PASSPHRASE: "another" }).write("new");
    expect(await open({ AWST_KEYCHAIN_PASSPHRASE: "another" }).read()).toBe("new");
  });

  test("is replaced by one with a key file after the keychain was locked", async () => {
    await open({}).keychain.lock();
    await open({}).write("new");
    expect(await open({}).read()).toBe("new");
  });
});

test("readers beside writers never take a new file for an older copy", async () => {
  await open().write("0");
  const writer = open();
  const reader = open();
  const writes = (async () => {
    for (let at = 1; at <= 40; at++) await writer.write(String(at));
  })();
  const reads = Array.from({ length: 200 }, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return Number(await reader.read());
  });
  await writes;
  expect((await Promise.all(reads)).every((value) => value >= 0 && value <= 40)).toBe(true);
});
