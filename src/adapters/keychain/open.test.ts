import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeKeychainContext } from "../../../test/support/keychain-context.ts";
import { Secret } from "../../model/secret.ts";
import { choiceFile, openKeychain } from "./open.ts";

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
