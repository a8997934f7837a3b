// Into the keychain, and read back: what a store does not give back is as good as not written.

import type { Configuration } from "../../model/configuration/configuration.ts";
import { AwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import type { Needs } from "../../ports.ts";

/** Errors: KEYCHAIN_*; KEYCHAIN_DAMAGED when it does not give back what was put in. */
export async function putSecret(
  world: Needs<"keychain">,
  { keychainBackend }: Pick<Configuration, "keychainBackend">,
  item: string,
  value: Secret,
): Promise<void> {
  const keychain = await world.keychain(keychainBackend);
  await keychain.write(item, value);
  if ((await keychain.read(item))?.equals(value)) return;
  const message = "the keychain does not give back what was put into it";
  throw new AwstError("KEYCHAIN_DAMAGED", message, { hint: "awst doctor" });
}
