import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { makeKeychainContext } from "../../../test/support/keychain-context.ts";
import { makeTemporaryFolder } from "../../../test/support/temporary-folder.ts";
import { AwstError } from "../../model/errors.ts";
import { Secret } from "../../model/secret.ts";
import { choiceFile, openKeychain } from "./open.ts";
import type { SystemStore } from "./system-store.ts";

const value = new Secret("value");

test("before a choice, auto reads, removes and creates nothing", async () => {
  const context = makeKeychainContext({ backend: "auto" });
  const keychain = openKeychain(context);
  expect(keychain.kind).toBeUndefined();
  expect(await keychain.read("key/x")).toBeUndefined();
  await keychain.remove("key/x");
  await keychain.lock();
  expect(() => readdirSync(context.folder)).toThrow("ENOENT");
});

test("the first write makes the choice for auto, even where AWST_KEYCHAIN or the configuration named the store", async () => {
  const context = makeKeychainContext({ backend: "file" });
  await openKeychain(context).write("key/x", value);
  expect(context.state.read(choiceFile)).toBe("file");
  const written = readFileSync(join(context.folder, "keychain.json"), "utf8");
  expect(JSON.parse(written)).toEqual({ version: 1, kind: "file" });
  const later = openKeychain(makeKeychainContext({ backend: "auto", folder: context.folder }));
  expect(later.kind).toBe("file");
  expect((await later.read("key/x"))?.equals(value)).toBe(true);
});

test("a store named later does not change the choice of auto", async () => {
  const context = makeKeychainContext({ backend: "auto" });
  context.state.write(choiceFile, "system");
  await openKeychain({ ...context, env: { AWST_KEYCHAIN: "file" } }).write("key/x", value);
  expect(openKeychain(context).kind).toBe("system");
});

test("the environment overrides the configuration", () => {
  const context = makeKeychainContext({ backend: "system" });
  expect(openKeychain({ ...context, env: { AWST_KEYCHAIN: "file" } }).kind).toBe("file");
  expect(openKeychain({ ...context, env: { AWST_KEYCHAIN: "" } }).kind).toBe("system");
  expect(() => openKeychain({ ...context, env: { AWST_KEYCHAIN: "vault" } })).toThrow(
    'AWST_KEYCHAIN must not be "vault"',
  );
});

test.each(["damaged", "missing"])(
  "with a %s state file, an existing sealed file is the choice",
  async (state) => {
    const context = makeKeychainContext({ backend: "file" });
    await openKeychain(context).write("key/x", value);
    const stateFile = join(context.folder, "keychain.json");
    if (state === "damaged") writeFileSync(stateFile, "{");
    else rmSync(stateFile);
    const auto = openKeychain(makeKeychainContext({ backend: "auto", folder: context.folder }));
    expect((await auto.read("key/x"))?.equals(value)).toBe(true);
    await auto.write("key/y", value);
    expect(context.state.read(choiceFile)).toBe("file");
  },
);

describe("where the note of the choice is lost", () => {
  function systemWith(items: Map<string, string>, error?: AwstError): SystemStore {
    const attempt = <T>(work: () => T): Promise<T> =>
      error === undefined ? Promise.resolve(work()) : Promise.reject(error);
    const read = (item: string) => attempt(() => items.get(item));
    return {
      read,
      readIfAvailable: read,
      write: (item, text) => attempt(() => void items.set(item, text)),
      writeIfAvailable: (item, text) => attempt(() => items.set(item, text).has(item)),
      remove: (item) => attempt(() => void items.delete(item)),
    };
  }
  const withKey = () => new Map([["key/x", "value"]]);

  test.each(["missing", "damaged", "of a newer version"])(
    "(%s), the system's keychain that has the item is used, and noted",
    async (state) => {
      const context = makeKeychainContext({ backend: "auto" });
      const file = join(context.folder, "keychain.json");
      if (state !== "missing") {
        context.state.write(choiceFile, "system");
        writeFileSync(file, state === "damaged" ? "{" : '{"version":2,"kind":"vault"}');
      }
      const keychain = openKeychain(context, systemWith(withKey()));
      expect((await keychain.read("key/x"))?.equals(value)).toBe(true);
      expect(keychain.kind).toBe("system");
      expect(context.state.read(choiceFile)).toBe("system");
    },
  );

  test("a keychain that can't be read is an error, not an absent key", async () => {
    const locked = new AwstError("KEYCHAIN_LOCKED", "locked");
    const context = makeKeychainContext({ backend: "auto" });
    const keychain = openKeychain(context, systemWith(withKey(), locked));
    expect(await keychain.read("key/x")).toBeUndefined();
    await expect(keychain.findElsewhere("key/x")).rejects.toBe(locked);
    expect(context.state.read(choiceFile)).toBeUndefined();
  });

  test.each([
    ["file", "system", withKey(), "system"],
    ["file", "system", new Map<string, string>(), undefined],
    ["system", "file", withKey(), undefined],
  ] as const)("the store %s is named, and %s is searched", async (backend, _, items, found) => {
    const context = makeKeychainContext({ backend });
    expect(await openKeychain(context, systemWith(items)).findElsewhere("key/x")).toBe(found);
  });

  test("the note names the system's keychain, which can't be read now: the item may be there", async () => {
    const locked = new AwstError("KEYCHAIN_LOCKED", "locked");
    const context = makeKeychainContext({ backend: "file" });
    context.state.write(choiceFile, "system");
    const keychain = openKeychain(context, systemWith(new Map(), locked));
    expect(await keychain.findElsewhere("key/x")).toBe("system");
  });

  test.each(["system", "file"] as const)(
    "remove() from the %s, whichever store is used",
    async (from) => {
      const items = withKey();
      const context = makeKeychainContext({ backend: "file" });
      await openKeychain(context).write("key/x", value);
      for (const backend of ["file", "system"] as const) {
        await openKeychain({ ...context, backend }, systemWith(items)).remove("key/x", from);
      }
      const sealed = await openKeychain(context).read("key/x");
      expect([items.has("key/x"), sealed !== undefined]).toEqual(
        from === "system" ? [false, true] : [true, false],
      );
    },
  );

  describe("the sealed file of the usual state folder", () => {
    const homeWith = (isSealed: boolean) => {
      const home = makeTemporaryFolder("keychain-home");
      const usual = join(home, ".local/state/awst");
      mkdirSync(usual, { recursive: true });
      if (isSealed) writeFileSync(join(usual, "keychain.sealed"), "");
      return { home, usual };
    };
    test.each([
      ["XDG_STATE_HOME names another folder", "/elsewhere", true, "usual-folder"],
      ["no sealed file is there", "/elsewhere", false, undefined],
      ["XDG_STATE_HOME is not set", undefined, true, undefined],
      ["XDG_STATE_HOME is empty", "", true, undefined],
    ])("%s", async (_, XDG_STATE_HOME, isSealed, found) => {
      const { home } = homeWith(isSealed);
      const keychain = openKeychain(
        makeKeychainContext({ backend: "auto", home, env: { XDG_STATE_HOME } }),
        systemWith(new Map()),
      );
      expect(await keychain.findElsewhere("key/x")).toBe(found);
    });

    test("XDG_STATE_HOME names this very folder", async () => {
      const { home, usual } = homeWith(true);
      const env = { XDG_STATE_HOME: join(home, ".local/state") };
      const keychain = openKeychain(
        makeKeychainContext({ backend: "system", home, folder: usual, env }),
        systemWith(new Map()),
      );
      expect(await keychain.findElsewhere("key/x")).not.toBe("usual-folder");
    });

    test("XDG_STATE_HOME leads to this very folder by a link", async () => {
      const { home, usual } = homeWith(true);
      symlinkSync(join(home, ".local"), join(home, "link"));
      const env = { XDG_STATE_HOME: join(home, "link/state") };
      const folder = usual.replace(".local", "link");
      const keychain = openKeychain(
        makeKeychainContext({ backend: "system", home, folder, env }),
        systemWith(new Map()),
      );
      expect(await keychain.findElsewhere("key/x")).not.toBe("usual-folder");
    });

    test("Windows has it in LOCALAPPDATA", async () => {
      const home = makeTemporaryFolder("keychain-home");
      mkdirSync(join(home, "awst"));
      writeFileSync(join(home, "awst/keychain.sealed"), "");
      const env = { XDG_STATE_HOME: "/elsewhere", LOCALAPPDATA: home };
      const keychain = openKeychain(
        makeKeychainContext({ backend: "auto", home: "/none", env }),
        systemWith(new Map()),
      );
      const platform = vi.spyOn(process, "platform", "get").mockReturnValue("win32");
      try {
        expect(await keychain.findElsewhere("key/x")).toBe("usual-folder");
      } finally {
        platform.mockRestore();
      }
    });
  });

  test("a sealed file without the item is no other place for it", async () => {
    const context = makeKeychainContext({ backend: "file" });
    await openKeychain(context).write("key/x", value);
    const other = makeKeychainContext({ backend: "system", folder: context.folder });
    const keychain = openKeychain(other, systemWith(new Map()));
    expect(await keychain.findElsewhere("key/y")).toBeUndefined();
  });

  test("a sealed file beside the named system's keychain is found", async () => {
    const context = makeKeychainContext({ backend: "file" });
    await openKeychain(context).write("key/x", value);
    const other = makeKeychainContext({ backend: "system", folder: context.folder });
    const keychain = openKeychain(other, systemWith(new Map()));
    expect(await keychain.findElsewhere("key/x")).toBe("file");
  });

  test("`prepare` makes the store once, with nothing in it", async () => {
    const context = makeKeychainContext({ backend: "auto" });
    const items = new Map<string, string>();
    const keychain = openKeychain(context, systemWith(items));
    await keychain.prepare();
    await keychain.prepare();
    expect(keychain.kind).toBe("system");
    expect(items.size).toBe(0);
  });
});
