// Before AWS is asked anything: the key is in the keychain (else the import is offered), and the keychain
// is read, written and read back, so that a rotation does not find out half-way that it can't be.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-identity.ts";
import { AwstError } from "../../model/errors.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { staticKeyOf } from "../../model/profile/profile-sections.ts";
import { Secret } from "../../model/secret.ts";
import type { Needs } from "../../ports.ts";
import { type ImportNeeds, importKey } from "../key/import-key.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { putSecret } from "../session/put-secret.ts";
import { type KeptKeys, putKey, readKeptKeys } from "./rotation-hands.ts";

export interface Prepared extends KeptKeys {
  readonly configuration: Configuration;
  readonly identity: Identity;
}

type PrepareNeeds = ImportNeeds & Needs<"terminal">;

/** What the keychain has. Errors: CONFIGURATION_*, IDENTITY_UNKNOWN, KEYCHAIN_*. */
export async function openKept(
  world: Needs<"configurationFile" | "keychain">,
  identityName: string | undefined,
): Promise<Prepared> {
  const configuration = await loadConfiguration(world);
  const identity = findIdentity(configuration, identityName);
  const kept = await readKeptKeys(world, { configuration, identity });
  return { configuration, identity, ...kept };
}

/** Errors: CONFIRMATION_NEEDED for a key that is not imported, with nobody to ask; KEY_MISSING; KEYCHAIN_*. */
export async function prepareRotation(
  world: PrepareNeeds,
  prepared: Prepared,
  how: { readonly unattended: boolean },
): Promise<void> {
  const { configuration, identity, held, next, previous } = prepared;
  const copy = previous ?? next;
  if (held === undefined && copy !== undefined) {
    await putKey(world, prepared, keyItem(identity.name), copy);
  } else if (held === undefined) {
    await offerImport(world, identity, how);
  }
  const item = `probe/${identity.name}`;
  try {
    await putSecret(world, configuration, item, new Secret(`probe ${world.now().getTime()}`));
  } finally {
    await (await world.keychain(configuration.keychainBackend)).remove(item);
  }
}

async function offerImport(
  world: PrepareNeeds,
  identity: Identity,
  { unattended }: { readonly unattended: boolean },
): Promise<void> {
  const { awsProfile: profile, name } = identity;
  const found = staticKeyOf(await (await world.awsFiles()).read(), profile);
  if (found === undefined) {
    throw new AwstError("KEY_MISSING", `no access key for "${name}" is in the keychain`, {
      hint: "awst key add",
    });
  }
  const message = `${found.accessKeyId} lies in AWS profile "${profile}", not in the keychain: it is not rotated there`;
  const terminal = unattended ? undefined : await world.terminal();
  if (!terminal?.isHere()) {
    throw new AwstError("CONFIRMATION_NEEDED", message, { hint: "awst key import" });
  }
  world.say(message);
  if (!(await terminal.confirm({ text: `Import ${found.accessKeyId} into the keychain first?` }))) {
    throw new AwstError("KEY_MISSING", "a key is rotated in the keychain only", {
      hint: "awst key import",
    });
  }
  await importKey(world, { identity: name, profile: undefined });
}
