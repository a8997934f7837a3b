import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKeychain } from "../../src/adapters/keychain/open.ts";
import { openFakeKeychain } from "../support/fake-keychain.ts";
import { makeKeychainWorld } from "../support/keychain-world.ts";
import { keychainContract } from "./keychain.ts";

keychainContract("the fake", async () => {
  const keychain = openFakeKeychain();
  return { open: () => keychain };
});

keychainContract("the sealed file with a passphrase", async () => {
  const env = { AWST_KEYCHAIN_PASSPHRASE: "correct horse" };
  const { folder } = makeKeychainWorld();
  const runtime = join(mkdtempSync(join(tmpdir(), "awst-runtime-")), "awst");
  const open = () => openKeychain(makeKeychainWorld({ env, folder, runtime }));
  return { open, named: "file" };
});

keychainContract("the sealed file with a key file", async () => {
  const { folder } = makeKeychainWorld();
  return { open: () => openKeychain(makeKeychainWorld({ folder })), named: "file" };
});
