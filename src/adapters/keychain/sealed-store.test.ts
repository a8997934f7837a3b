import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { makeKeychainContext } from "../../../test/support/keychain-context.ts";
import { maximumSealedBytes, writeSealedText } from "../../model/keychain/sealed-file.ts";
import { Secret } from "../../model/secret.ts";
import { openKeychain } from "./open.ts";

let folder: string;
let runtime: string;
let sealed: string;
beforeEach(() => {
  const around = mkdtempSync(join(tmpdir(), "awst-sealed-"));
  folder = join(around, "awst");
  runtime = join(around, "run", "awst");
  sealed = join(folder, "keychain.sealed");
});

type Given = NonNullable<Parameters<typeof makeKeychainContext>[0]>;

function open(given: Given = {}) {
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
  test("is one file of 0600 in a folder of 0700 that tells nothing", async () => {
    await open(right).write("the value");
    expect(readdirSync(folder).sort()).toEqual(["keychain.json", "keychain.sealed", "locks"]);
    expect(statSync(sealed).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readFileSync(sealed, "latin1")).not.toMatch(/the value|key\/x|correct horse/);
    expect(await open(right).read()).toBe("the value");
  });

  test("a wrong passphrase is named, for reading and writing, and changes nothing", async () => {
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

  test("nobody to ask: 3, and no key file opens, replaces or doubles it", async () => {
    await open(right).write("old");
    writeFileSync(join(folder, "keychain.key"), Buffer.alloc(32).toString("base64"));
    const before = readFileSync(sealed);
    const needed = { code: "KEYCHAIN_PASSPHRASE_NEEDED" };
    await expect(open().read()).rejects.toMatchObject(needed);
    await expect(open().write("new")).rejects.toMatchObject(needed);
    await expect(open().keychain.remove("key/x")).rejects.toMatchObject(needed);
    expect(readFileSync(sealed)).toEqual(before);
  });

  test("AWST_PROMPT=none asks nobody, also where somebody sits", async () => {
    await open(right).write("old");
    const { read, context } = open({ env: { AWST_PROMPT: "none" }, answers: ["correct horse"] });
    await expect(read()).rejects.toMatchObject({ code: "KEYCHAIN_PASSPHRASE_NEEDED" });
    expect(context.asked).toEqual([]);
  });

  test("a person is asked until it is right, three times at most", async () => {
    await open(right).write("old");
    const second = open({ answers: ["no", "correct horse"] });
    expect(await second.read()).toBe("old");
    expect(await second.read()).toBe("old");
    expect(second.context.asked).toHaveLength(2);
    const never = open({ answers: ["a", "b", "c", "d"] });
    await expect(never.read()).rejects.toMatchObject({ code: "KEYCHAIN_REFUSED" });
    expect(never.context.asked).toHaveLength(3);
  });

  test("a new one is asked for twice, and not taken empty or differing", async () => {
    const { write, context } = open({
      answers: ["", "one", "other", "correct horse", "correct horse"],
    });
    await write("value");
    expect(context.asked).toHaveLength(5);
    expect(await open(right).read()).toBe("value");
  });

  test("from a file, without its last line end", async () => {
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

  test("two that make it at the same moment make one", async () => {
    await Promise.all([open(right).write("1", "key/1"), open(right).write("2", "key/2")]);
    expect(await open(right).read("key/1")).toBe("1");
    expect(await open(right).read("key/2")).toBe("2");
  });
});

describe("the unlock", () => {
  const kept = () => join(runtime, "keychain-unlocked");

  test("is kept 0600 for the login and serves others without a passphrase, until it is locked", async () => {
    await open({ ...right, runtime }).write("value");
    expect(statSync(kept()).mode & 0o777).toBe(0o600);
    expect(statSync(runtime).mode & 0o777).toBe(0o700);
    expect(readFileSync(kept(), "utf8")).not.toContain("correct horse");
    expect(await open({ runtime }).read()).toBe("value");
    await open({ runtime }).keychain.lock();
    expect(existsSync(kept())).toBe(false);
    await expect(open({ runtime }).read()).rejects.toMatchObject({
      code: "KEYCHAIN_PASSPHRASE_NEEDED",
    });
  });

  test("where there is no such folder each process asks for itself", async () => {
    await open(right).write("value");
    expect(await open({ answers: ["correct horse"] }).read()).toBe("value");
    await expect(open().read()).rejects.toMatchObject({ code: "KEYCHAIN_PASSPHRASE_NEEDED" });
  });

  test("of another store counts for nothing", async () => {
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
    ["readable by others", () => chmodSync(kept(), 0o644)],
    [
      "a symlink",
      () => {
        writeFileSync(`${runtime}/elsewhere`, readFileSync(kept()), { mode: 0o600 });
        rmSync(kept());
        symlinkSync(`${runtime}/elsewhere`, kept());
      },
    ],
    ["garbage", () => writeFileSync(kept(), "garbage")],
    ["too large", () => writeFileSync(kept(), "x".repeat(2000))],
  ])("that is %s counts for nothing", async (_, spoil) => {
    await open({ ...right, runtime }).write("value");
    spoil();
    await expect(open({ runtime }).read()).rejects.toMatchObject({
      code: "KEYCHAIN_PASSPHRASE_NEEDED",
    });
  });
});

describe("a store with a key file", () => {
  test("is made only where nobody can be asked, and says what it is worth", async () => {
    const { write, context } = open();
    await write("value");
    const key = join(folder, "keychain.key");
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(context.said).toEqual([
      `secrets are sealed by ${key}, which is no safer than ~/.aws/credentials`,
    ]);
    expect(await open().read()).toBe("value");
    const second = open();
    await second.write("other");
    expect(second.context.said).toEqual([]);
  });

  test("without its key file, or with another's, it is an error and stays as it is", async () => {
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
      await expect(open(right).write("new")).rejects.toMatchObject({ code: "KEYCHAIN_DAMAGED" });
    }
    rmSync(key);
    await expect(open().write("new")).rejects.toMatchObject({ code: "KEYCHAIN_DAMAGED" });
    expect(existsSync(key)).toBe(false);
    expect(readFileSync(sealed)).toEqual(before);
    writeFileSync(key, was, { mode: 0o600 });
    expect(await open().read()).toBe("value");
  });

  test("one that others may read opens nothing, and nothing new is sealed by it", async () => {
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

  test("a key file that is already there is kept for a new store", async () => {
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
    ["empty", () => "", "is no sealed keychain"],
    ["cut", () => readFileSync(sealed).subarray(0, -70), "is cut short"],
    ["changed by a bit", () => readFileSync(sealed, "utf8").replace(/\n./, "\n*"), "is damaged"],
    [
      "grown huge",
      () => Buffer.alloc(maximumSealedBytes + 1),
      "is too large to be a sealed keychain",
    ],
    [
      "of bounds that cost memory",
      () => writeSealedText(lines()[0]!.replace('"N":32768', '"N":1073741824'), Buffer.alloc(64)),
      "has parameters out of bounds",
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
  ])("%s: told from a wrong passphrase, and never overwritten", async (_, spoil, what) => {
    await open(right).write("value");
    writeFileSync(sealed, spoil());
    const before = readFileSync(sealed);
    const damaged = { code: "KEYCHAIN_DAMAGED", message: `the sealed keychain ${sealed} ${what}` };
    await expect(open(right).read()).rejects.toMatchObject(damaged);
    await expect(open(right).write("new")).rejects.toMatchObject(damaged);
    await expect(open(right).keychain.remove("key/x")).rejects.toMatchObject(damaged);
    expect(readFileSync(sealed).equals(before)).toBe(true);
  });
});
