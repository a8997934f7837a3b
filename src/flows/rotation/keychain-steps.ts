// The steps of a rotation that change the keychain: store the new key, make another key the one in use, and
// rebind or drop the cached sessions. A kill between two writes leaves a key that works as the key in use.

import { AwstError, isAwstError, isFailure } from "../../model/errors.ts";
import { decodeAccessKey, encodeAccessKey } from "../../model/key/access-key.ts";
import { keyAgesFile, withAges } from "../../model/key/key-ages.ts";
import {
  keyItem,
  mfaSessionItem,
  nextKeyItem,
  previousKeyItem,
} from "../../model/keychain/items.ts";
import type { RotationFacts } from "../../model/rotation/rotation.ts";
import { mayKeyStillAppear, type RotationJournal } from "../../model/rotation/rotation-journal.ts";
import { withUser } from "../../model/session/aws-facts.ts";
import { cachedKeyIdsFile } from "../../model/session/config-cache.ts";
import {
  decodeMfaSession,
  decodeRoleSession,
  encodeMfaSession,
  encodeRoleSession,
  type MfaSession,
  type RoleSession,
} from "../../model/session/session.ts";
import { sessionIndexFile } from "../../model/session/session-index.ts";
import type { Context, Keychain, Lock, Needs } from "../../ports.ts";
import { removeCachedSession } from "../session/cache-session.ts";
import { updateAwsFacts } from "../session/lookup-user.ts";
import { codeLockOptions } from "./iam-steps.ts";
import {
  type RotationContext,
  readJournal,
  readOrRebuildJournal,
  readStoredKey,
  readStoredKeys,
  recordEvent,
  updateJournal,
  writeJournal,
} from "./rotation-context.ts";

/** The key in use is missing or damaged: a copy replaces it. A key that another process stored meanwhile
 *  stays. Errors: KEYCHAIN_*. */
export async function restoreKey(
  context: Needs<"locks">,
  keychain: Keychain,
  identity: string,
  from: "previous" | "next",
): Promise<void> {
  const locks = await context.locks();
  await using _lock = await locks.acquire(`key-${identity}`, { owner: "key rotate" });
  const stored = await readStoredKeys(keychain, identity);
  const copy = stored[from];
  if (stored.current === undefined && copy !== undefined) {
    await keychain.write(keyItem(identity), encodeAccessKey(copy));
  }
}

/** Stores the new key beside the key in use. The journal gets its id in any case. Errors: KEYCHAIN_*. */
export async function storeCreatedKey(context: Context, rotation: RotationContext): Promise<void> {
  const { createdKey, identityContext } = rotation;
  if (createdKey === undefined) throw new Error("there is no new key to store");
  const { accessKeyId, at: createdAt } = createdKey;
  try {
    const item = nextKeyItem(identityContext.identity.name);
    await identityContext.keychain.write(item, encodeAccessKey(createdKey));
    recordEvent(context, rotation, "key-made", { accessKeyId });
    await context.state.update(keyAgesFile, (ages) => withAges(ages, [{ accessKeyId, createdAt }]));
  } finally {
    await updateJournal(context, rotation, ({ intents }) => ({
      newKeyId: accessKeyId,
      madeAt: createdAt.toISOString(),
      intents: intents.slice(0, -1),
    }));
    rotation.createdKey = undefined;
  }
}

/** Makes the key `to` the key in use and keeps `from` beside it. Errors: KEYCHAIN_*; KEY_MISSING when another
 *  key was stored meanwhile. */
export async function switchKeyInUse(
  context: Context,
  rotation: RotationContext,
  change: { readonly from: string; readonly to: string; readonly isUndo: boolean },
): Promise<void> {
  const { from, to, isUndo } = change;
  const { identity, keychain } = rotation.identityContext;
  const locks = await context.locks();
  // While a user types an MFA code the switch waits, so that the code is sent with the key it was typed for. After
  // 5 s it continues: both keys work now, and a prompt may stay open for hours.
  await using _codeLock = await locks
    .acquire(`code-${identity.name}`, codeLockOptions)
    .catch(ignoreTimeout);
  const owner = isUndo ? "key rotate --undo" : "key rotate";
  await using _keyLock = await locks.acquire(`key-${identity.name}`, { owner });
  const keepIn = isUndo ? nextKeyItem(identity.name) : previousKeyItem(identity.name);
  const removed = isUndo ? previousKeyItem(identity.name) : nextKeyItem(identity.name);
  await exchangeKeys(rotation, { from, to, keepIn });
  await updateReferences(context, rotation, from, to);
  await keychain.remove(removed).catch(ignoreAwstError);
  recordEvent(context, rotation, isUndo ? "key-switched-back" : "key-switched", { from, to });
}

function ignoreTimeout(error: unknown): Lock | undefined {
  if (!isAwstError(error, "WAIT_TIMED_OUT")) throw error;
  return undefined;
}

/** The next observation shows the state of the item. */
function ignoreAwstError(error: unknown): void {
  if (!isFailure(error)) throw error;
}

async function exchangeKeys(
  { identityContext }: RotationContext,
  change: { readonly from: string; readonly to: string; readonly keepIn: string },
): Promise<void> {
  const { from, to, keepIn } = change;
  const item = keyItem(identityContext.identity.name);
  const { keychain } = identityContext;
  const current = decodeAccessKey(await keychain.read(item));
  if (current?.accessKeyId !== from) {
    throw new AwstError("KEY_MISSING", `${from} is no longer the key in the keychain`);
  }
  const other = await readStoredKey(identityContext, to);
  await keychain.write(keepIn, encodeAccessKey(current));
  try {
    await keychain.write(item, encodeAccessKey(other));
  } catch (error) {
    await keychain.write(item, encodeAccessKey(current)).catch(ignoreAwstError);
    throw error;
  }
}

/** Makes the journal, the caches and the cached sessions follow the keychain. May run again. */
export async function updateReferences(
  context: Context,
  rotation: RotationContext,
  from: string,
  to: string,
): Promise<void> {
  const { name } = rotation.identityContext.identity;
  const now = context.clock().awsNow;
  await updateJournal(context, rotation, (journal) => ({
    switchedAt: journal.switchedAt ?? now.toISOString(),
    ...(journal.newKeyId === undefined && asCreated(journal, to)),
  }));
  await updateAwsFacts(context, (facts) => {
    const user = facts.users[from];
    return user === undefined || facts.users[to] ? facts : withUser(facts, to, user);
  });
  await context.state.update(cachedKeyIdsFile, (cached) => {
    if (cached[name]?.accessKeyId === to) return undefined;
    return { ...cached, [name]: { accessKeyId: to } };
  });
  await rebindSessions(context, rotation, from, to);
}

/** A kill came between keychain and journal: the last CreateAccessKey created the key that is in use now. */
function asCreated(journal: RotationJournal, id: string): Partial<RotationJournal> {
  if (id === journal.oldKeyId) return {};
  return { newKeyId: id, madeAt: journal.intents.at(-1), intents: journal.intents.slice(0, -1) };
}

interface CachedSession {
  readonly item: string;
  readonly session: MfaSession | RoleSession;
}

/** Cached sessions of the old key stay in use with the new one, without a new MFA code. */
async function rebindSessions(
  context: Context,
  rotation: RotationContext,
  from: string,
  to: string,
): Promise<void> {
  const all = await readSessions(context, rotation);
  const bound = all.filter(({ session }) => session.signedBy === from);
  const ids = bound.map(({ session }) => session.keys.accessKeyId);
  if (ids.length === 0) return;
  await updateJournal(context, rotation, ({ sessions }) => ({
    sessions: [...new Set([...sessions, ...ids])],
  }));
  for (const each of bound) await rebind(rotation, each, to);
}

/** Drops the sessions made with `key` that AWS ended with it. Errors: AWS_*. */
export async function checkSessions(
  context: Context,
  rotation: RotationContext,
  key: string,
): Promise<void> {
  const { identity, keychain } = rotation.identityContext;
  const journal = await readJournal(context, rotation);
  const { current } = await readStoredKeys(keychain, identity.name);
  const affected = (await readSessions(context, rotation)).filter(
    ({ session }) =>
      session.signedBy === key || journal?.sessions.includes(session.keys.accessKeyId),
  );
  const mfa = affected.find(({ item }) => item === mfaSessionItem(identity.name));
  // AWS ends an MFA session and the role sessions made with it together, so one call serves for all.
  const isMfaAccepted = mfa !== undefined && (await isAccepted(context, rotation, mfa));
  let dropped = 0;
  for (const each of affected) {
    if (isMfaAccepted || (each !== mfa && (await isAccepted(context, rotation, each)))) {
      if (current) await rebind(rotation, each, current.accessKeyId);
    } else {
      await removeCachedSession(context, keychain, each.item);
      dropped += 1;
    }
  }
  await updateJournal(context, rotation, () => ({ areSessionsTested: true }));
  if (dropped > 0) {
    rotation.remarks.push(
      `AWS ended the sessions made with ${key}: the next command needs an MFA code`,
    );
  }
}

async function isAccepted(
  context: Context,
  { identityContext }: RotationContext,
  { session }: CachedSession,
): Promise<boolean> {
  try {
    const aws = await context.aws(session.keys, identityContext.region);
    await aws.getCallerIdentity();
    return true;
  } catch (error) {
    if (isAwstError(error, "AWS_KEY_REJECTED", "AWS_SESSION_EXPIRED")) return false;
    throw error;
  }
}

/** A session that can't be written stays bound to the old key, and is replaced when it is needed. */
async function rebind(
  { identityContext }: RotationContext,
  { item, session }: CachedSession,
  signedBy: string,
): Promise<void> {
  if (session.signedBy === signedBy) return;
  const rebound =
    "codeAt" in session
      ? encodeMfaSession({ ...session, signedBy })
      : encodeRoleSession({ ...session, signedBy });
  await identityContext.keychain.write(item, rebound).catch(ignoreAwstError);
}

async function readSessions(
  context: Context,
  { identityContext }: RotationContext,
): Promise<readonly CachedSession[]> {
  const { name } = identityContext.identity;
  const index = context.state.read(sessionIndexFile);
  const roles = Object.entries(index).filter(
    ([, entry]) => entry.kind === "role" && entry.identity === name,
  );
  const cached: CachedSession[] = [];
  const mfa = decodeMfaSession(await identityContext.keychain.read(mfaSessionItem(name)));
  if (mfa) cached.push({ item: mfaSessionItem(name), session: mfa });
  for (const [item] of roles) {
    const session = decodeRoleSession(await identityContext.keychain.read(item));
    if (session) cached.push({ item, session });
  }
  return cached;
}

/** Records the undo before it changes anything. Errors: FILE_UNWRITABLE, KEYCHAIN_*. */
export async function startUndo(context: Context, rotation: RotationContext): Promise<void> {
  await writeJournal(context, rotation, {
    ...(await readOrRebuildJournal(context, rotation)),
    isUndone: true,
    sessions: [],
    areSessionsTested: false,
  });
}

/** Removes the copies and closes the journal. While a lost key may still appear, its intent stays. */
export async function cleanUp(
  context: Context,
  rotation: RotationContext,
  { run, now, current }: RotationFacts,
): Promise<void> {
  await removeCopies(rotation);
  await updateJournal(context, rotation, (journal) => {
    const isUnsure = run.absent.includes(journal.newKeyId ?? "");
    const intents = [...journal.intents, ...(isUnsure && journal.madeAt ? [journal.madeAt] : [])];
    if (!mayKeyStillAppear({ ...journal, intents }, now)) return undefined;
    const keyId = current ?? journal.oldKeyId;
    return { ...emptied, oldKeyId: keyId, listed: [keyId], intents, sessions: [] };
  });
}

const emptied = {
  newKeyId: undefined,
  madeAt: undefined,
  switchedAt: undefined,
  deactivatedAt: undefined,
  isDeactivationDenied: undefined,
  description: undefined,
  areSessionsTested: undefined,
  isUndone: undefined,
};

/** Another key was stored by hand: the rotation ends, and its keys at AWS stay. */
export async function abandonRotation(
  context: Context,
  rotation: RotationContext,
  { keys, current }: RotationFacts,
): Promise<void> {
  await removeCopies(rotation);
  await updateJournal(context, rotation, () => undefined);
  for (const { accessKeyId: id } of keys.filter((key) => key.accessKeyId !== current)) {
    rotation.remarks.push(
      `the rotation ended because another key was stored; ${id} still exists at AWS: awst key delete ${id}`,
    );
  }
}

async function removeCopies({ identityContext }: RotationContext): Promise<void> {
  const { name } = identityContext.identity;
  await identityContext.keychain.remove(nextKeyItem(name));
  await identityContext.keychain.remove(previousKeyItem(name));
}
