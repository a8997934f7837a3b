import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { makeKeychainContext } from "../../../test/support/keychain-context.ts";
import { makeTemporaryFolder } from "../../../test/support/temporary-folder.ts";
import { newScryptCost, parseSealedText } from "../../model/keychain/sealed-file.ts";
import { lockAfterFile } from "../../model/keychain/sealed-seen.ts";
import { Secret } from "../../model/secret.ts";
import { openKeychain } from "./open.ts";
import { unlockedKeyPath } from "./unlocked-key.ts";

const old = { AWST_KEYCHAIN_PASSPHRASE: "correct horse" };
const other = { AWST_KEYCHAIN_PASSPHRASE: "battery staple" };
const session = "role-session/x/account/Role";

let folder: string;
let runtime: string;
let newFile: string;
beforeEach(() => {
  const around = makeTemporaryFolder("passphrase");
  folder = join(around, "awst");
  runtime = join(around, "run");
  newFile = join(around, "new");
  writeFileSync(newFile, "battery staple\n");
});

type KeychainSettings = NonNullable<Parameters<typeof makeKeychainContext>[0]>;

function open(settings: KeychainSettings = {}) {
  const context = makeKeychainContext({ folder, ...settings });
  const keychain = openKeychain(context);
  return {
    context,
    keychain,
    read: async (item = "key/x") => (await keychain.read(item))?.reveal(),
    write: (text: string, item = "key/x") => keychain.write(item, new Secret(text)),
  };
}

const sealed = () => readFileSync(join(folder, "keychain.sealed"), "utf8");

function header() {
  const file = parseSealedText(sealed());
  if (typeof file === "string") throw new Error(file);
  return file.header;
}

describe("a changed passphrase", () => {
  test("opens keys and sessions; the old one opens nothing; the counter continues", async () => {
    await open({ env: old }).write("the key");
    await open({ env: old }).write("a session", session);
    const before = header();
    await open({ env: old }).keychain.changePassphrase(newFile);
    expect(header().salt).not.toEqual(before.salt);
    expect(header().writes).toBe(before.writes + 1);
    expect(header().scrypt).toEqual(newScryptCost);
    expect(await open({ env: other }).read()).toBe("the key");
    expect(await open({ env: other }).read(session)).toBe("a session");
    await expect(open({ env: old }).read()).rejects.toMatchObject({ code: "KEYCHAIN_REFUSED" });
    const files = readdirSync(join(folder, "keychain.sessions"));
    expect(files.filter((name) => name.length === 64)).toHaveLength(1);
  });

  test("needs the current one, although the store is unlocked, and a wrong one changes nothing", async () => {
    await open({ env: old, runtime }).write("the key");
    const before = sealed();
    const needed = { code: "KEYCHAIN_PASSPHRASE_NEEDED" };
    await expect(open({ runtime }).keychain.changePassphrase(newFile)).rejects.toMatchObject(
      needed,
    );
    const refused = { code: "KEYCHAIN_REFUSED" };
    await expect(
      open({ runtime, env: other }).keychain.changePassphrase(newFile),
    ).rejects.toMatchObject(refused);
    await expect(
      open({ env: old }).keychain.changePassphrase(`${newFile}-missing`),
    ).rejects.toMatchObject(needed);
    expect(sealed()).toBe(before);
  });

  test("is asked for twice on a terminal", async () => {
    await open({ env: old }).write("the key");
    const answers = ["no", "correct horse", "one", "other", "battery staple", "battery staple"];
    const { keychain, context } = open({ answers });
    await keychain.changePassphrase(undefined);
    expect(context.asked).toHaveLength(6);
    expect(await open({ env: other }).read()).toBe("the key");
  });

  test("is cached for other processes in place of the old one", async () => {
    await open({ env: old, runtime }).write("the key");
    await open({ env: old, runtime }).keychain.changePassphrase(newFile);
    expect(await open({ runtime }).read()).toBe("the key");
  });

  test("turns a store with a key file into one with a passphrase, and says which file is left", async () => {
    await open().write("the key");
    await open().write("a session", session);
    const keyFile = join(folder, "keychain.key");
    expect(await open().keychain.changePassphrase(newFile)).toEqual({ keyFile });
    expect(existsSync(keyFile)).toBe(true);
    expect(header().keyFrom).toBe("passphrase");
    expect(await open({ env: other }).read(session)).toBe("a session");
    await expect(open().read()).rejects.toMatchObject({ code: "KEYCHAIN_PASSPHRASE_NEEDED" });
  });

  test("of the environment is the new one for a store with a key file", async () => {
    await open().write("the key");
    await open({ env: other }).keychain.changePassphrase(undefined);
    expect(await open({ env: other }).read()).toBe("the key");
  });

  test("without a store is an error", async () => {
    const refused = { code: "KEYCHAIN_REFUSED", message: "there is no sealed keychain yet" };
    await expect(open({ env: old }).keychain.changePassphrase(newFile)).rejects.toMatchObject(
      refused,
    );
    expect(existsSync(folder) && readdirSync(folder).includes("keychain.sealed")).toBe(false);
  });

  test("of two changes at the same time, one is refused", async () => {
    await open({ env: old }).write("the key");
    const both = [1, 2].map(() => open({ env: old }).keychain.changePassphrase(newFile));
    const results = (await Promise.allSettled(both)).map(({ status }) => status);
    expect(results.sort()).toEqual(["fulfilled", "rejected"]);
    expect(await open({ env: other }).read()).toBe("the key");
  });

  test("a session that a process writes at the same time is not lost", async () => {
    await open({ env: old, runtime }).write("the key");
    const items = Array.from({ length: 40 }, (_, at) => `role-session/x/account/R${at}`);
    const writer = open({ env: old, runtime });
    const writes = (async () => {
      for (const item of items) await writer.write(item, item);
    })();
    await open({ env: old, runtime }).keychain.changePassphrase(newFile);
    await writes;
    const reader = open({ runtime });
    expect(await Promise.all(items.map((item) => reader.read(item)))).toEqual(items);
  });
});

describe("[keychain] lockAfter", () => {
  test("ends the time that the store is unlocked, and a write in between does not extend it", async () => {
    const first = open({ env: old, runtime });
    first.context.state.write(lockAfterFile, 3600);
    await first.write("the key");
    const start = Date.now();
    try {
      vi.useFakeTimers({ now: start + 3500_000, toFake: ["Date"] });
      expect(await open({ runtime }).read()).toBe("the key");
      await open({ runtime }).write("again");
      vi.setSystemTime(start + 3601_000);
      const needed = { code: "KEYCHAIN_PASSPHRASE_NEEDED" };
      await expect(open({ runtime }).read()).rejects.toMatchObject(needed);
      expect(await open({ runtime, env: old }).read()).toBe("again");
      expect(await open({ runtime }).read()).toBe("again");
    } finally {
      vi.useRealTimers();
    }
  });

  test("without it, the store stays unlocked until logout", async () => {
    await open({ env: old, runtime }).write("the key");
    expect(readFileSync(unlockedKeyPath(runtime, folder), "utf8")).toMatch(/ 0 1\n$/);
    expect(statSync(unlockedKeyPath(runtime, folder)).mode & 0o777).toBe(0o600);
  });
});
