import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeKeychainWorld } from "../../../test/support/keychain-world.ts";
import { Secret } from "../../model/secret.ts";
import { openKeychain } from "./open.ts";

const value = new Secret("value");

test("before a choice, auto reads nothing, removes nothing and makes nothing", async () => {
  const world = makeKeychainWorld({ backend: "auto" });
  const keychain = openKeychain(world);
  expect(keychain.kind).toBeUndefined();
  expect(await keychain.read("key/x")).toBeUndefined();
  await keychain.remove("key/x");
  await keychain.lock();
  expect(() => readdirSync(world.folder)).toThrow("ENOENT");
});

test("the first write's store is kept for auto, also where it was named outright", async () => {
  const world = makeKeychainWorld({ backend: "file" });
  await openKeychain(world).write("key/x", value);
  expect(world.state.read("keychain")).toEqual({ version: 1, kind: "file" });
  const later = openKeychain(makeKeychainWorld({ backend: "auto", folder: world.folder }));
  expect(later.kind).toBe("file");
  expect((await later.read("key/x"))?.equals(value)).toBe(true);
});

test("a store named outright later does not change what auto means", async () => {
  const world = makeKeychainWorld({ backend: "auto" });
  world.state.replace("keychain", { version: 1, kind: "system" });
  await openKeychain({ ...world, env: { AWST_KEYCHAIN: "file" } }).write("key/x", value);
  expect(openKeychain(world).kind).toBe("system");
});

test("the environment's word goes before the configuration's", () => {
  const world = makeKeychainWorld({ backend: "system" });
  expect(openKeychain({ ...world, env: { AWST_KEYCHAIN: "file" } }).kind).toBe("file");
  expect(openKeychain({ ...world, env: { AWST_KEYCHAIN: "" } }).kind).toBe("system");
  expect(() => openKeychain({ ...world, env: { AWST_KEYCHAIN: "vault" } })).toThrow(
    'AWST_KEYCHAIN is "vault": no such keychain',
  );
});

test.each(["torn", "gone"])(
  "the note of the choice %s: a sealed file speaks for itself",
  async (how) => {
    const world = makeKeychainWorld({ backend: "file" });
    await openKeychain(world).write("key/x", value);
    const note = join(world.folder, "keychain.json");
    if (how === "torn") writeFileSync(note, "{");
    else rmSync(note);
    const auto = openKeychain(makeKeychainWorld({ backend: "auto", folder: world.folder }));
    expect((await auto.read("key/x"))?.equals(value)).toBe(true);
    await auto.write("key/y", value);
    expect(world.state.read("keychain")).toEqual({ version: 1, kind: "file" });
  },
);
