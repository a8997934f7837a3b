import { join } from "node:path";
import { openKeychain } from "../../src/adapters/keychain/open.ts";
import { openFakeKeychain } from "../support/fake-keychain.ts";
import { makeKeychainContext } from "../support/keychain-context.ts";
import { keychainContract } from "./keychain.ts";

keychainContract("the fake", async () => {
  const keychain = openFakeKeychain();
  return { open: () => keychain };
});

keychainContract("the sealed file with a passphrase", async (around) => {
  const env = { AWST_KEYCHAIN_PASSPHRASE: "correct horse" };
  const folder = join(around, "awst");
  const runtime = join(around, "run");
  const open = () => openKeychain(makeKeychainContext({ env, folder, runtime }));
  return { open, named: "file" };
});

keychainContract("the sealed file with a key file", async (around) => {
  const folder = join(around, "awst");
  return { open: () => openKeychain(makeKeychainContext({ folder })), named: "file" };
});
