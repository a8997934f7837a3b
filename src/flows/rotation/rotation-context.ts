// What every step of a rotation works with, and the journal it writes: the one before the create has to
// be on the disk, the others are a memory that the next run can do without.

import { clockName, clockOf } from "../../model/clock.ts";
import { AwstError } from "../../model/errors.ts";
import { type AccessKey, decodeAccessKey, encodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem, nextKeyItem, previousKeyItem } from "../../model/keychain/items.ts";
import {
  decodeJournal,
  emptyJournal,
  encodeJournal,
  journalName,
  type RotationJournal,
} from "../../model/rotation/rotation-journal.ts";
import type { MfaSession } from "../../model/session/session.ts";
import type { Iam } from "../../ports/iam.ts";
import type { Needs } from "../../ports.ts";
import type { UserNeeds } from "../session/as-user.ts";
import { openIam } from "../session/ask-aws.ts";
import type { IdentityContext } from "../session/open-identity-context.ts";
import { writeVerified } from "../session/stored-seed.ts";

export type RotationNeeds = UserNeeds & Needs<"debug">;

/** Who rotates, on what session. */
export interface RotationContext {
  readonly identityContext: IdentityContext;
  readonly userName: string;
  readonly iam: Iam;
  /** undefined: no device, so the key in use signs for itself. */
  readonly session: MfaSession | undefined;
  readonly graceSeconds: number;
  readonly unattended: boolean;
  /** Answered by CreateAccessKey, not yet in the keychain. */
  createdKey: (AccessKey & { readonly at: Date }) | undefined;
  /** AWS's own time of the last list: an intent counts from there, whatever this machine's clock says. */
  listedAt: Date | undefined;
  /** What a person is told when it is done. */
  readonly remarks: string[];
}

export interface StoredKeys {
  readonly current: AccessKey | undefined;
  readonly next: AccessKey | undefined;
  readonly previous: AccessKey | undefined;
}

type Whose = Pick<IdentityContext, "configuration" | "identity">;

/** Errors: KEYCHAIN_*. */
export async function readStoredKeys(
  context: Needs<"keychain">,
  { configuration, identity }: Whose,
): Promise<StoredKeys> {
  const keychain = await context.keychain(configuration.keychainBackend);
  const read = async (item: string) => decodeAccessKey(await keychain.read(item));
  return {
    current: await read(keyItem(identity.name)),
    next: await read(nextKeyItem(identity.name)),
    previous: await read(previousKeyItem(identity.name)),
  };
}

/** KEY_MISSING when the keychain has no key of this id. */
export async function readKey(
  context: Needs<"keychain">,
  whose: Whose,
  id: string,
): Promise<AccessKey> {
  const { current: held, next, previous } = await readStoredKeys(context, whose);
  const found = [held, next, previous].find((key) => key?.accessKeyId === id);
  if (found !== undefined) return found;
  throw new AwstError("KEY_MISSING", `the keychain no longer has the secret of ${id}`);
}

/** KEYCHAIN_*; KEYCHAIN_DAMAGED when it does not give back what was put in. */
export async function writeKey(
  context: Needs<"keychain">,
  { configuration }: Whose,
  item: string,
  key: Pick<AccessKey, "accessKeyId" | "secretAccessKey">,
): Promise<void> {
  await writeVerified(context, configuration, item, encodeAccessKey(key));
}

/** IAM on the MFA session; without one on the key in use, since the one before it may be switched off. */
export async function openOwnIam(context: RotationNeeds, hands: RotationContext): Promise<Iam> {
  if (hands.session !== undefined) return hands.iam;
  const { current: held } = await readStoredKeys(context, hands.identityContext);
  return held === undefined ? hands.iam : openIam(context, held, hands.identityContext.region);
}

export async function readJournal(
  context: Needs<"state">,
  identity: string,
): Promise<RotationJournal | undefined> {
  return decodeJournal(context.state.read(journalName(identity)));
}

/** FILE_UNWRITABLE when it is not there afterwards. */
export async function writeJournal(
  context: Needs<"state" | "paths">,
  identity: string,
  journal: RotationJournal,
): Promise<void> {
  const name = journalName(identity);
  const value = JSON.parse(JSON.stringify(encodeJournal(journal)));
  context.state.replace(name, value);
  if (JSON.stringify(context.state.read(name)) === JSON.stringify(value)) return;
  throw new AwstError(
    "FILE_UNWRITABLE",
    `the rotation cannot be written down in ${context.paths.state}, so it is not begun`,
    { hint: `make room, or make that folder writable: ${context.paths.state}` },
  );
}

/** Where it was lost, by what the keychain holds: the key put aside is the old one. */
export async function readOrRebuildJournal(
  context: RotationNeeds,
  hands: RotationContext,
): Promise<RotationJournal> {
  const { identityContext, graceSeconds } = hands;
  const written = await readJournal(context, identityContext.identity.name);
  if (written !== undefined) return written;
  const { current: held = identityContext.key, previous = held } = await readStoredKeys(
    context,
    identityContext,
  );
  return emptyJournal(previous.accessKeyId, graceSeconds);
}

export async function updateJournal(
  context: RotationNeeds,
  hands: RotationContext,
  change: (journal: RotationJournal) => Partial<RotationJournal> | undefined,
): Promise<void> {
  const { name } = hands.identityContext.identity;
  const journal = await readOrRebuildJournal(context, hands);
  const changes = change(journal);
  context.state.replace(
    journalName(name),
    encodeJournal(changes === undefined ? undefined : { ...journal, ...changes }),
  );
}

/** AWS's time, as last seen. */
export async function readAwsTime(context: Needs<"state" | "now">): Promise<Date> {
  return clockOf(context.state.read(clockName), context.now()).awsNow;
}

/** A line of the history. */
export async function recordStep(
  context: Needs<"state">,
  { identityContext }: RotationContext,
  event: string,
  facts: Readonly<Record<string, string>>,
): Promise<void> {
  context.state.record(event, { identity: identityContext.identity.name, ...facts });
}
