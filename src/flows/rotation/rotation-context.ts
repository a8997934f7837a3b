// What the steps of a rotation share: the user, AWS, the keys in the keychain, and the journal. Only the
// journal's intent must be on disk before the next step; a run without the rest decides by what it observes.

import { AwstError } from "../../model/errors.ts";
import { type AccessKey, decodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem, nextKeyItem, previousKeyItem } from "../../model/keychain/items.ts";
import {
  emptyJournal,
  journalFile,
  type RotationJournal,
} from "../../model/rotation/rotation-journal.ts";
import type { MfaSession } from "../../model/session/session.ts";
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

/** Errors: FILE_UNWRITABLE when the journal is not on disk afterwards. */
export function writeJournal(context: Context, identity: string, journal: RotationJournal): void {
  const file = journalFile(identity);
  context.state.write(file, journal);
  if (JSON.stringify(context.state.read(file)) === JSON.stringify(journal)) return;
  const folder = context.paths.state;
  throw new AwstError(
    "FILE_UNWRITABLE",
    `the journal of the rotation can't be written to ${folder}, so the rotation was not started`,
    { hint: `free disk space, or make the folder writable: ${folder}` },
  );
}

/** Returns the journal. A lost journal starts anew: a previous key in the keychain is the old key. */
export async function readOrRebuildJournal(
  context: Context,
  { identityContext, graceSeconds }: RotationContext,
): Promise<RotationJournal> {
  const { key, keychain, identity } = identityContext;
  const journal = context.state.read(journalFile(identity.name));
  if (journal !== undefined) return journal;
  const { current = key, previous = current } = await readStoredKeys(keychain, identity.name);
  return emptyJournal(previous.accessKeyId, graceSeconds);
}

/** `change` returns undefined to delete the journal. */
export async function updateJournal(
  context: Context,
  rotation: RotationContext,
  change: (journal: RotationJournal) => Partial<RotationJournal> | undefined,
): Promise<void> {
  const journal = await readOrRebuildJournal(context, rotation);
  const changes = change(journal);
  const file = journalFile(rotation.identityContext.identity.name);
  context.state.write(file, changes && { ...journal, ...changes });
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
