// The journal of an identity's MFA devices, and the seed that lies in the keychain until its device is
// proved. Both are written before the step that needs them, and read back.

import { AwstError } from "../../model/errors.ts";
import { pendingSeedItem } from "../../model/keychain/items.ts";
import { decodeMfaJournal, type MfaJournal, mfaJournalName } from "../../model/mfa/mfa-journal.ts";
import { decodeStoredSeed, encodeStoredSeed } from "../../model/mfa/stored-seed.ts";
import { Secret } from "../../model/secret.ts";
import type { Needs } from "../../ports.ts";
import type { IdentityContext } from "../session/open-identity-context.ts";
import { writeVerified } from "../session/stored-seed.ts";

type Whose = Pick<IdentityContext, "identity">;
type Changes = { [K in keyof Omit<MfaJournal, "userName">]: MfaJournal[K] | undefined };

export async function readMfaJournal(
  context: Needs<"state">,
  { identity }: Whose,
  userName: string,
): Promise<MfaJournal> {
  return decodeMfaJournal(context.state.read(mfaJournalName(identity.name)), userName);
}

/** What is undefined goes. Errors: FILE_UNWRITABLE, where something has to be remembered and is not. */
export async function changeMfaJournal(
  context: Needs<"state" | "paths">,
  { identity }: Whose,
  userName: string,
  changes: Changes,
): Promise<MfaJournal> {
  const name = mfaJournalName(identity.name);
  const old = decodeMfaJournal(context.state.read(name), userName);
  const wanted: MfaJournal = JSON.parse(JSON.stringify({ ...old, ...changes }));
  context.state.replace(name, wanted);
  const back = decodeMfaJournal(context.state.read(name), userName);
  if (JSON.stringify(back) === JSON.stringify(decodeMfaJournal(wanted, userName))) return back;
  const path = context.paths.state;
  throw new AwstError("FILE_UNWRITABLE", `what is begun cannot be written down in ${path}`, {
    hint: `make room, or make that folder writable: ${path}`,
  });
}

/** Before AWS is asked for a device: that the keychain takes what it is to hold. Errors: KEYCHAIN_*. */
export async function reservePendingSeed(
  context: Needs<"keychain">,
  identityContext: IdentityContext,
): Promise<void> {
  const placeholder = new Secret("a seed will lie here");
  await writeVerified(
    context,
    identityContext.configuration,
    pendingSeedItem(identityContext.identity.name),
    placeholder,
  );
}

/** Errors: KEYCHAIN_*. */
export async function keepPendingSeed(
  context: Needs<"keychain">,
  identityContext: IdentityContext,
  serial: string,
  seed: Secret,
): Promise<void> {
  const item = pendingSeedItem(identityContext.identity.name);
  await writeVerified(
    context,
    identityContext.configuration,
    item,
    encodeStoredSeed({ serial, seed }),
  );
}

/** undefined: none of this device. */
export async function readPendingSeed(
  context: Needs<"keychain">,
  identityContext: IdentityContext,
  serial: string,
): Promise<Secret | undefined> {
  const { keychain, item } = await openItem(context, identityContext);
  return decodeStoredSeed(await keychain.read(item), serial);
}

export async function dropPendingSeed(
  context: Needs<"keychain">,
  identityContext: IdentityContext,
): Promise<void> {
  const { keychain, item } = await openItem(context, identityContext);
  await keychain.remove(item);
}

async function openItem(context: Needs<"keychain">, { configuration, identity }: IdentityContext) {
  const keychain = await context.keychain(configuration.keychainBackend);
  return { keychain, item: pendingSeedItem(identity.name) };
}
