// What the steps of a rotation share: the user, AWS, the keys in the keychain, and the journal. Only the
// journal's intent must be on disk before the next step; a run without the rest decides by what it observes.
// The state folder is not trusted: a journal is read only through its seal.

import { AwstError } from "../../model/errors.ts";
import { type AccessKey, decodeAccessKey } from "../../model/key/access-key.ts";
import {
  keyItem,
  nextKeyItem,
  previousKeyItem,
  rotationSealItem,
} from "../../model/keychain/items.ts";
import {
  emptyJournal,
  journalFile,
  type RotationJournal,
} from "../../model/rotation/rotation-journal.ts";
import { Secret } from "../../model/secret.ts";
import type { MfaSession } from "../../model/session/session.ts";
import { isSealed, withSeal } from "../../model/state-seal.ts";
import type { Iam } from "../../ports/iam.ts";
import type { Context, Keychain } from "../../ports.ts";
import type { IdentityContext } from "../session/open-identity-context.ts";

export interface RotationContext {
  readonly identityContext: IdentityContext;
  readonly userName: string;
  readonly iam: Iam;
  /** The session that `iam` uses; undefined: the user has no MFA device, so the key in use signs. */
  readonly session: MfaSession | undefined;
  readonly graceSeconds: number;
  readonly unattended: boolean;
  /** Created by this process and not in the keychain yet. */
  createdKey: (AccessKey & { readonly at: Date }) | undefined;
  /** AWS's time of the last ListAccessKeys. The intent gets this time, whatever this machine's clock shows. */
  listedAt: Date | undefined;
  /** Seals the journal. In the keychain from the intent until the journal is closed. */
  sealKey: Secret | undefined;
  /** Lines for the report. */
  readonly remarks: string[];
}

export interface StoredKeys {
  readonly current: AccessKey | undefined;
  readonly next: AccessKey | undefined;
  readonly previous: AccessKey | undefined;
}

/** Errors: KEYCHAIN_*. */
export async function readStoredKeys(keychain: Keychain, identity: string): Promise<StoredKeys> {
  return {
    current: decodeAccessKey(await keychain.read(keyItem(identity))),
    next: decodeAccessKey(await keychain.read(nextKeyItem(identity))),
    previous: decodeAccessKey(await keychain.read(previousKeyItem(identity))),
  };
}

/** Errors: KEYCHAIN_*; KEY_MISSING when the keychain has no key with this id. */
export async function readStoredKey(
  { keychain, identity }: IdentityContext,
  id: string,
): Promise<AccessKey> {
  const { current, next, previous } = await readStoredKeys(keychain, identity.name);
  const found = [current, next, previous].find((key) => key?.accessKeyId === id);
  if (found !== undefined) return found;
  throw new AwstError("KEY_MISSING", `the keychain no longer contains the secret of ${id}`);
}

/** Returns IAM signed by the MFA session. Without a session the key in use signs: the key that opened
 *  `rotation.iam` may be inactive by now. */
export async function openIam(context: Context, rotation: RotationContext): Promise<Iam> {
  if (rotation.session !== undefined) return rotation.iam;
  const { keychain, identity, region } = rotation.identityContext;
  const { current } = await readStoredKeys(keychain, identity.name);
  return current === undefined ? rotation.iam : context.iam(current, region);
}

/** Returns the journal. Without a valid seal it counts as lost, since another program may have written it: the keychain
 *  then decides alone. Errors: KEYCHAIN_*. */
export async function readJournal(
  context: Context,
  rotation: RotationContext,
): Promise<RotationJournal | undefined> {
  const { keychain, identity } = rotation.identityContext;
  const file = journalFile(identity.name);
  const journal = context.state.read(file);
  if (journal === undefined) return undefined;
  rotation.sealKey ??= await keychain.read(rotationSealItem(identity.name));
  return isSealed(rotation.sealKey, file.name, journal) ? journal : undefined;
}

/** Removes a journal that awst did not write with this keychain. Errors: KEYCHAIN_*. */
export async function discardUnsealedJournal(
  context: Context,
  rotation: RotationContext,
): Promise<void> {
  const file = journalFile(rotation.identityContext.identity.name);
  if (context.state.read(file) === undefined) return;
  if ((await readJournal(context, rotation)) !== undefined) return;
  context.state.write(file, undefined);
  rotation.remarks.push(
    `ignored and deleted the journal ${file.name}.json: its seal is missing or wrong`,
  );
}

/** Makes the key that seals the journal of a new rotation, or keeps the one of the rotation under way.
 *  Errors: KEYCHAIN_*. */
async function openSealKey(rotation: RotationContext, isNewRotation: boolean): Promise<Secret> {
  const { keychain, identity } = rotation.identityContext;
  const item = rotationSealItem(identity.name);
  if (!isNewRotation) rotation.sealKey ??= await keychain.read(item);
  if (isNewRotation || rotation.sealKey === undefined) {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    const key = new Secret(Buffer.from(bytes).toString("base64url"));
    await keychain.write(item, key);
    rotation.sealKey = key;
  }
  return rotation.sealKey;
}

/** Errors: KEYCHAIN_*; FILE_UNWRITABLE when the journal is not on disk afterwards. */
export async function writeJournal(
  context: Context,
  rotation: RotationContext,
  journal: RotationJournal,
): Promise<void> {
  const file = journalFile(rotation.identityContext.identity.name);
  const isNewRotation = (await readJournal(context, rotation)) === undefined;
  const sealed = withSeal(await openSealKey(rotation, isNewRotation), file.name, journal);
  context.state.write(file, sealed);
  if (context.state.read(file)?.seal === sealed.seal) return;
  const folder = context.paths.state;
  throw new AwstError(
    "FILE_UNWRITABLE",
    `the journal of the rotation can't be written to ${folder}, so the rotation was not started`,
    { hint: `free disk space, or make the folder writable: ${folder}` },
  );
}

/** Returns the journal. A lost journal is started again: a previous key in the keychain is the old key. */
export async function readOrRebuildJournal(
  context: Context,
  rotation: RotationContext,
): Promise<RotationJournal> {
  const { identityContext, graceSeconds } = rotation;
  const { key, keychain, identity } = identityContext;
  const journal = await readJournal(context, rotation);
  if (journal !== undefined) return journal;
  const { current = key, previous = current } = await readStoredKeys(keychain, identity.name);
  return emptyJournal(previous.accessKeyId, graceSeconds);
}

/** `change` returns undefined to delete the journal, and with it the key of its seal. Errors: KEYCHAIN_*. */
export async function updateJournal(
  context: Context,
  rotation: RotationContext,
  change: (journal: RotationJournal) => Partial<RotationJournal> | undefined,
): Promise<void> {
  const { keychain, identity } = rotation.identityContext;
  const journal = await readOrRebuildJournal(context, rotation);
  const changes = change(journal);
  const file = journalFile(identity.name);
  if (changes !== undefined) {
    const key = await openSealKey(rotation, false);
    context.state.write(file, withSeal(key, file.name, { ...journal, ...changes }));
    return;
  }
  context.state.write(file, undefined);
  rotation.sealKey = undefined;
  await keychain.remove(rotationSealItem(identity.name));
}

/** Appends a line to the history. */
export function recordEvent(
  context: Context,
  { identityContext }: RotationContext,
  event: string,
  facts: Readonly<Record<string, string | boolean>>,
): void {
  context.state.record(event, { identity: identityContext.identity.name, ...facts });
}
