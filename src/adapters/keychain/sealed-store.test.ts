import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { useCheapScrypt } from "../../../test/support/cheap-scrypt.ts";
import { makeKeychainContext } from "../../../test/support/keychain-context.ts";
import { makeTemporaryFolder } from "../../../test/support/temporary-folder.ts";
import { maxSealedBytes, writeSealedText } from "../../model/keychain/sealed-file.ts";
import { Secret } from "../../model/secret.ts";
import { openKeychain } from "./open.ts";
import { unlockedKeyPath } from "./unlocked-key.ts";

useCheapScrypt();

let folder: string;
let runtime: string;
let sealed: string;
beforeEach(() => {
  const around = makeTemporaryFolder("sealed");
  folder = join(around, "awst");
  runtime = join(around, "run", "awst");
  sealed = join(folder, "keychain.sealed");
});

type KeychainContextOptions = NonNullable<Parameters<typeof makeKeychainContext>[0]>;

function open(given: KeychainContextOptions = {}) {
  const context = makeKeychainContext({ folder, ...given });
  const keychain = openKeychain(context);
  return {
    context,
    keychain,
    read: async (item = "key/x") => (await keychain.read(item))?.reveal(),
    write: (text: string, item = "key/x") => keychain.write(item, new Secret(text)),
  };
}

const right = { env: { AWST_KEYCHAIN_PASSPHRASE: "correct horse" } };
const wrong = { env: { AWST_KEYCHAIN_PASSPHRASE: "battery staple" } };

describe("a store with a passphrase", () => {
  test("is one file with mode 0600 in a folder with mode 0700, without readable content", async () => {
    await open(right).write("the value");
    expect(readdirSync(folder).sort()).toEqual([
      "keychain-seen.json",
      "keychain.json",
      "keychain.sealed",
      "locks",
    ]);
    expect(statSync(sealed).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readFileSync(sealed, "latin1")).not.toMatch(/the value|key\/x|correct horse/);
    expect(await open(right).read()).toBe("the value");
  });

  test("a wrong passphrase is an error for reads and writes, and changes nothing", async () => {
    await open(right).write("old");
    const before = readFileSync(sealed);
    const refused = {
      code: "KEYCHAIN_REFUSED",
      message: "the passphrase from AWST_KEYCHAIN_PASSPHRASE does not open the sealed keychain",
    };
    await expect(open(wrong).read()).rejects.toMatchObject(refused);
    await expect(open(wrong).write("new")).rejects.toMatchObject(refused);
    expect(readFileSync(sealed)).toEqual(before);
    expect(readdirSync(folder)).not.toContain("keychain.key");
  });

  test("without a terminal: status 3; a key file neither opens nor replaces the store", async () => {
    await open(right).write("old");
    writeFileSync(join(folder, "keychain.key"), Buffer.alloc(32).toString("base64"));
    const before = readFileSync(sealed);
    const needed = { code: "KEYCHAIN_PASSPHRASE_NEEDED" };
    await expect(open().read()).rejects.toMatchObject(needed);
    await expect(open().write("new")).rejects.toMatchObject(needed);
    await expect(open().keychain.remove("key/x")).rejects.toMatchObject(needed);
    expect(readFileSync(sealed)).toEqual(before);
  });

  test("AWST_PROMPT=none: no prompt, even on a terminal", async () => {
    await open(right).write("old");
    const { read, context } = open({ env: { AWST_PROMPT: "none" }, answers: ["correct horse"] });
    await expect(read()).rejects.toMatchObject({ code: "KEYCHAIN_PASSPHRASE_NEEDED" });
    expect(context.asked).toEqual([]);
  });

  test("the prompt repeats until the passphrase is right, at most three times", async () => {
    await open(right).write("old");
    const second = open({ answers: ["no", "correct horse"] });
    expect(await second.read()).toBe("old");
    expect(await second.read()).toBe("old");
    expect(second.context.asked).toHaveLength(2);
    const never = open({ answers: ["a", "b", "c", "d"] });
    await expect(never.read()).rejects.toMatchObject({ code: "KEYCHAIN_REFUSED" });
    expect(never.context.asked).toHaveLength(3);
  });

  test("a new passphrase is asked for twice; short or different answers are asked for again", async () => {
    const { write, context } = open({
      answers: [
        ...["", "a", "seven77", "ünïcödé", "👍👍👍👍"],
        ...["eight888", "other888", "correct horse", "correct horse"],
      ],
    });
    await write("value");
    expect(context.asked).toHaveLength(9);
    expect(await open(right).read()).toBe("value");
  });

  test("a passphrase from a file, without its final line end", async () => {
    mkdirSync(folder);
    const path = join(folder, "passphrase");
    const env = { AWST_KEYCHAIN_PASSPHRASE_FILE: path };
    writeFileSync(path, "correct horse\r\n");
    await open({ env }).write("value");
    expect(await open(right).read()).toBe("value");
    for (const text of ["", "\n", "x".repeat(5000)]) {
      writeFileSync(path, text);
      await expect(open({ env }).read()).rejects.toMatchObject({
        code: "KEYCHAIN_PASSPHRASE_NEEDED",
        message: expect.stringContaining(path),
      });
    }
    rmSync(path);
    const { read, context } = open({ env, answers: ["correct horse"] });
    await expect(read()).rejects.toMatchObject({ code: "KEYCHAIN_PASSPHRASE_NEEDED" });
    expect(context.asked).toEqual([]);
  });

  test("two processes that make the store at the same time make one store", async () => {
    await Promise.all([open(right).write("1", "key/1"), open(right).write("2", "key/2")]);
    expect(await open(right).read("key/1")).toBe("1");
    expect(await open(right).read("key/2")).toBe("2");
  });
});

describe("the cached key", () => {
  const cached = () => unlockedKeyPath(runtime, folder);

  test("has mode 0600 and opens the store for other processes, until the keychain is locked", async () => {
    await open({ ...right, runtime }).write("value");
    expect(statSync(cached()).mode & 0o777).toBe(0o600);
    expect(statSync(runtime).mode & 0o777).toBe(0o700);
    expect(readFileSync(cached(), "utf8")).not.toContain("correct horse");
    expect(await open({ runtime }).read()).toBe("value");
    await open({ runtime }).keychain.lock();
    expect(existsSync(cached())).toBe(false);
    await expect(open({ runtime }).read()).rejects.toMatchObject({
      code: "KEYCHAIN_PASSPHRASE_NEEDED",
    });
  });

  test("without a runtime folder, each process needs the passphrase", async () => {
    await open(right).write("value");
    expect(await open({ answers: ["correct horse"] }).read()).toBe("value");
    await expect(open().read()).rejects.toMatchObject({ code: "KEYCHAIN_PASSPHRASE_NEEDED" });
  });

  test("of another store is ignored", async () => {
    await open({ ...right, runtime }).write("value");
    rmSync(sealed);
    await open(right).write("value of a new one");
    await expect(open({ runtime }).read()).rejects.toMatchObject({
      code: "KEYCHAIN_PASSPHRASE_NEEDED",
    });
    expect(await open({ ...right, runtime }).read()).toBe("value of a new one");
    expect(await open({ runtime }).read()).toBe("value of a new one");
  });

  test.each<[string, () => void]>([
    ["readable by others", () => chmodSync(cached(), 0o644)],
    [
      "a symbolic link",
      () => {
        writeFileSync(`${runtime}/elsewhere`, readFileSync(cached()), { mode: 0o600 });
        rmSync(cached());
        symlinkSync(`${runtime}/elsewhere`, cached());
      },
    ],
    ["garbage", () => writeFileSync(cached(), "garbage")],
    ["too large", () => writeFileSync(cached(), "x".repeat(2000))],
  ])("is ignored when it is %s", async (_, spoil) => {
    await open({ ...right, runtime }).write("value");
    spoil();
    await expect(open({ runtime }).read()).rejects.toMatchObject({
      code: "KEYCHAIN_PASSPHRASE_NEEDED",
    });
  });
});

describe("a store with a key file", () => {
  test("is made only without a terminal, with a warning", async () => {
    const { write, context } = open();
    await write("value");
    const key = join(folder, "keychain.key");
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(context.messages).toEqual([
      `secrets are encrypted with the key in ${key}, which is no safer than ~/.aws/credentials`,
    ]);
    expect(await open().read()).toBe("value");
    const second = open();
    await second.write("other");
    expect(second.context.messages).toEqual([]);
  });

  test("without its key file, or with another one, every access is an error and the store is unchanged", async () => {
    await open().write("value");
    const key = join(folder, "keychain.key");
    const before = readFileSync(sealed);
    const was = readFileSync(key);
    for (const bytes of [
      Buffer.from(Buffer.alloc(32, 7).toString("base64")),
      Buffer.from("x"),
      Buffer.alloc(0),
    ]) {
      writeFileSync(key, bytes);
      await expect(open().read()).rejects.toMatchObject({ code: "KEYCHAIN_DAMAGED" });
      await expect(open().write("new")).rejects.toMatchObject({ code: "KEYCHAIN_DAMAGED" });
    }
    rmSync(key);
    await expect(open().write("new")).rejects.toMatchObject({ code: "KEYCHAIN_DAMAGED" });
    expect(existsSync(key)).toBe(false);
    expect(readFileSync(sealed)).toEqual(before);
    writeFileSync(key, was, { mode: 0o600 });
    expect(await open().read()).toBe("value");
  });

  test("a key file that other users can access is refused for old and new stores", async () => {
    await open().write("value");
    const key = join(folder, "keychain.key");
    const refused = { code: "KEYCHAIN_REFUSED", hint: `chmod 600 ${key}` };
    for (const mode of [0o644, 0o640, 0o602]) {
      chmodSync(key, mode);
      await expect(open().read()).rejects.toMatchObject(refused);
    }
    rmSync(sealed);
    await expect(open().write("new")).rejects.toMatchObject(refused);
    expect(existsSync(sealed)).toBe(false);
    chmodSync(key, 0o600);
    await open().write("new");
  });

  test("a new store uses an existing key file", async () => {
    await open().write("value");
    const key = readFileSync(join(folder, "keychain.key"));
    const old = readFileSync(sealed);
    rmSync(sealed);
    await open().write("newer");
    expect(readFileSync(join(folder, "keychain.key"))).toEqual(key);
    writeFileSync(sealed, old);
    expect(await open().read()).toBe("value");
  });
});

describe("a damaged file", () => {
  const lines = () => readFileSync(sealed, "utf8").split("\n");

  test.each<[string, () => string | Buffer, string]>([
    ["empty", () => "", "is not a sealed keychain"],
    ["cut", () => readFileSync(sealed).subarray(0, -70), "is cut short"],
    ["changed by a bit", () => readFileSync(sealed, "utf8").replace(/\n./, "\n*"), "is damaged"],
    ["grown huge", () => Buffer.alloc(maxSealedBytes + 1), "is too large to be a sealed keychain"],
    [
      "with parameters that cost too much memory",
      () => writeSealedText(lines()[0]!.replace('"N":32768', '"N":1073741824'), Buffer.alloc(64)),
      "has parameters outside the allowed range",
    ],
    [
      "forged",
      () => {
        const content = Buffer.from(lines()[1]!, "base64");
        content[0]! ^= 1;
        return writeSealedText(lines()[0]!, content);
      },
      "was changed by another program",
    ],
    [
      "given another header",
      () => {
        const header = { ...JSON.parse(lines()[0]!), added: 1 };
        return writeSealedText(JSON.stringify(header), Buffer.from(lines()[1]!, "base64"));
      },
      "was changed by another program",
    ],
  ])(
    "%s: an error other than a wrong passphrase, and never overwritten",
    async (_, spoil, what) => {
      await open(right).write("value");
      writeFileSync(sealed, spoil());
      const before = readFileSync(sealed);
      const damaged = {
        code: "KEYCHAIN_DAMAGED",
        message: `the sealed keychain ${sealed} ${what}`,
      };
      await expect(open(right).read()).rejects.toMatchObject(damaged);
      await expect(open(right).write("new")).rejects.toMatchObject(damaged);
      await expect(open(right).keychain.remove("key/x")).rejects.toMatchObject(damaged);
      expect(readFileSync(sealed).equals(before)).toBe(true);
    },
  );
});
