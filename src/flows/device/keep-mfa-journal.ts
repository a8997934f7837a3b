// The journal of an identity's MFA devices, and the seed that lies in the keychain until its device is
// proved. Both are written before the step that needs them, and read back.

import {
  decodeMfaJournal,
  type MfaJournal,
  mfaJournalName,
} from "../../model/device/mfa-journal.ts";
import { decodeStoredSeed, encodeStoredSeed } from "../../model/device/stored-seed.ts";
import { AwstError } from "../../model/errors.ts";
import { pendingSeedItem } from "../../model/keychain/items.ts";
import { Secret } from "../../model/secret.ts";
import type { Needs } from "../../ports.ts";
import type { Caller } from "../session/open-caller.ts";
import { putSecret } from "../session/put-secret.ts";

type Whose = Pick<Caller, "identity">;
type Changes = { [K in keyof Omit<MfaJournal, "userName">]: MfaJournal[K] | undefined };

export async function readMfaJournal(
  world: Needs<"state">,
  { identity }: Whose,
  userName: string,
): Promise<MfaJournal> {
  return decodeMfaJournal(world.state.read(mfaJournalName(identity.name)), userName);
}

/** What is undefined goes. Errors: FILE_UNWRITABLE, where something has to be remembered and is not. */
export async function changeMfaJournal(
  world: Needs<"state" | "places">,
  { identity }: Whose,
  userName: string,
  changes: Changes,
): Promise<MfaJournal> {
  const name = mfaJournalName(identity.name);
  const old = decodeMfaJournal(world.state.read(name), userName);
  const wanted: MfaJournal = JSON.parse(JSON.stringify({ ...old, ...changes }));
  world.state.replace(name, wanted);
  const back = decodeMfaJournal(world.state.read(name), userName);
  if (JSON.stringify(back) === JSON.stringify(decodeMfaJournal(wanted, userName))) return back;
  const path = world.places.state;
  throw new AwstError("FILE_UNWRITABLE", `what is begun cannot be written down in ${path}`, {
    hint: `make room, or make that folder writable: ${path}`,
  });
}

/** Before AWS is asked for a device: that the keychain takes what it is to hold. Errors: KEYCHAIN_*. */
export async function reservePendingSeed(world: Needs<"keychain">, caller: Caller): Promise<void> {
  const placeholder = new Secret("a seed will lie here");
  await putSecret(world, caller.configuration, pendingSeedItem(caller.identity.name), placeholder);
}

/** Errors: KEYCHAIN_*. */
export async function keepPendingSeed(
  world: Needs<"keychain">,
  caller: Caller,
  serial: string,
  seed: Secret,
): Promise<void> {
  const item = pendingSeedItem(caller.identity.name);
  await putSecret(world, caller.configuration, item, encodeStoredSeed({ serial, seed }));
}

/** undefined: none of this device. */
export async function readPendingSeed(
  world: Needs<"keychain">,
  caller: Caller,
  serial: string,
): Promise<Secret | undefined> {
  const { keychain, item } = await openItem(world, caller);
  return decodeStoredSeed(await keychain.read(item), serial);
}

export async function dropPendingSeed(world: Needs<"keychain">, caller: Caller): Promise<void> {
  const { keychain, item } = await openItem(world, caller);
  await keychain.remove(item);
}

async function openItem(world: Needs<"keychain">, { configuration, identity }: Caller) {
  const keychain = await world.keychain(configuration.keychainBackend);
  return { keychain, item: pendingSeedItem(identity.name) };
}
