// The moment of a rotation: another key becomes the one in use. The one before it is put aside first, and
// everything is read back; a kill between two writes leaves a key that works in its place.

import { AwstError, isAwstError } from "../../model/errors.ts";
import { decodeAccessKey } from "../../model/key/access-key.ts";
import {
  keyItem,
  mfaSessionItem,
  nextKeyItem,
  previousKeyItem,
} from "../../model/keychain/items.ts";
import type { RotationJournal } from "../../model/rotation/rotation-journal.ts";
import { withUser } from "../../model/session/aws-facts.ts";
import { cachedKeyIdsName, decodeCachedKeyIds } from "../../model/session/config-cache.ts";
import {
  decodeMfaSession,
  decodeRoleSession,
  encodeMfaSession,
  encodeRoleSession,
  type MfaSession,
  type RoleSession,
} from "../../model/session/session.ts";
import { decodeSessionIndex, sessionIndexName } from "../../model/session/session-index.ts";
import type { Needs } from "../../ports.ts";
import { holdKey } from "../key/key-ages.ts";
import { askAws } from "../session/ask-aws.ts";
import { dropSession } from "../session/cache-session.ts";
import { updateAwsFacts } from "../session/lookup-user.ts";
import {
  type RotationContext,
  type RotationNeeds,
  readAwsTime,
  readJournal,
  readKey,
  readStoredKeys,
  updateJournal,
  writeKey,
} from "./rotation-context.ts";

const shortWaitMs = 5_000;

/** Errors: KEYCHAIN_*; KEY_MISSING when somebody put in another key meanwhile. */
export async function switchKeys(
  context: RotationNeeds,
  hands: RotationContext,
  from: string,
  to: string,
): Promise<void> {
  const { identityContext } = hands;
  const { name } = identityContext.identity;
  await asNobodyTypes(context, hands, () =>
    holdKey(context, identityContext, "key rotate", async () => {
      await exchange(context, hands, { from, to, aside: previousKeyItem(name) });
      await updateReferences(context, hands, from, to);
      await identityContext.keychain.remove(nextKeyItem(name)).catch(ignoreItsRefusal);
    }),
  );
}

/** The same the other way round: the new key is kept until it is deleted at AWS. */
export async function switchBack(
  context: RotationNeeds,
  hands: RotationContext,
  from: string,
  to: string,
): Promise<void> {
  const { identityContext } = hands;
  const { name } = identityContext.identity;
  await asNobodyTypes(context, hands, () =>
    holdKey(context, identityContext, "key rotate --undo", async () => {
      await exchange(context, hands, { from, to, aside: nextKeyItem(name) });
      await updateReferences(context, hands, from, to);
      await identityContext.keychain.remove(previousKeyItem(name)).catch(ignoreItsRefusal);
    }),
  );
}

/** What follows the keychain. May be done again. */
export async function updateReferences(
  context: RotationNeeds,
  hands: RotationContext,
  from: string,
  to: string,
): Promise<void> {
  const { name } = hands.identityContext.identity;
  const now = await readAwsTime(context);
  await updateJournal(context, hands, (journal) => ({
    switchedAt: journal.switchedAt ?? now.toISOString(),
    ...(journal.newKeyId === undefined && answered(journal, to)),
  }));
  await updateAwsFacts(context, (learned) => {
    const user = learned.users[from];
    return user === undefined || learned.users[to] ? learned : withUser(learned, to, user);
  });
  await context.state.update(cachedKeyIdsName, (old) => {
    const notes = decodeCachedKeyIds(old);
    return notes[name]?.accessKeyId === to ? undefined : { ...notes, [name]: { accessKeyId: to } };
  });
  await rebindSessions(context, hands, from, to);
}

/** A kill came between the keychain and the journal: the last create is the one that made this key. */
function answered(journal: RotationJournal, to: string): Partial<RotationJournal> {
  if (to === journal.oldKeyId) return {};
  return { newKeyId: to, madeAt: journal.intents.at(-1), intents: journal.intents.slice(0, -1) };
}

/** While somebody is asked for a code, that code is to go out with the key it was asked for. WAIT_TIMED_OUT. */
export async function whileNobodyTypes<T>(
  context: RotationNeeds,
  { identityContext }: RotationContext,
  work: () => Promise<T>,
): Promise<T> {
  const how = { holder: `key rotate (process ${context.processId})`, waitMs: shortWaitMs };
  return (await context.locks()).hold(`code-${identityContext.identity.name}`, how, work);
}

/** Better so; but both keys work now, and a question may stand for hours. */
async function asNobodyTypes(
  context: RotationNeeds,
  hands: RotationContext,
  work: () => Promise<void>,
): Promise<void> {
  let isBegun = false;
  try {
    await whileNobodyTypes(context, hands, async () => {
      isBegun = true;
      await work();
    });
  } catch (error) {
    if (isBegun || !isAwstError(error, "WAIT_TIMED_OUT")) throw error;
    await work();
  }
}

async function exchange(
  context: RotationNeeds,
  { identityContext }: RotationContext,
  { from, to, aside }: { readonly from: string; readonly to: string; readonly aside: string },
): Promise<void> {
  const item = keyItem(identityContext.identity.name);
  const held = decodeAccessKey(await identityContext.keychain.read(item));
  if (held?.accessKeyId !== from) {
    throw new AwstError("KEY_MISSING", `${from} is no longer the key in the keychain`);
  }
  const other = await readKey(context, identityContext, to);
  await writeKey(context, identityContext, aside, held);
  try {
    await writeKey(context, identityContext, item, other);
  } catch (error) {
    await writeKey(context, identityContext, item, held).catch(ignoreItsRefusal);
    throw error;
  }
}

/** The next look at the keychain tells what became of it. */
function ignoreItsRefusal(error: unknown): void {
  if (!isAwstError(error)) throw error;
}

interface Kept {
  readonly item: string;
  readonly session: MfaSession | RoleSession;
}

/** What can't be stamped is made anew when it is needed, with a code if need be. */
export async function rebindSessions(
  context: RotationNeeds,
  hands: RotationContext,
  from: string,
  to: string,
): Promise<void> {
  const all = await readSessions(context, hands);
  const kept = all.filter(({ session }) => session.signedBy === from);
  const ids = kept.map(({ session }) => session.keys.accessKeyId);
  if (ids.length === 0) return;
  await updateJournal(context, hands, ({ sessions }) => ({
    sessions: [...new Set([...sessions, ...ids])],
  }));
  for (const each of kept) await stamp(hands, each, to);
}

/** Those made with `key`, which stopped working. Errors: AWS could not be asked. */
export async function checkSessions(
  context: RotationNeeds,
  hands: RotationContext,
  key: string,
): Promise<{ readonly alive: number; readonly dropped: number }> {
  const { identity, keychain } = hands.identityContext;
  const journal = await readJournal(context, identity.name);
  const { current: held } = await readStoredKeys(context, hands.identityContext);
  const meant = (await readSessions(context, hands)).filter(
    ({ session }) =>
      session.signedBy === key || journal?.sessions.includes(session.keys.accessKeyId),
  );
  const mfa = meant.find(({ item }) => item === mfaSessionItem(identity.name));
  // What lives although its key does not proves it for all that came of it.
  const areAlive = mfa !== undefined && (await isTaken(context, hands, mfa));
  let alive = 0;
  for (const each of meant) {
    if (areAlive || (each !== mfa && (await isTaken(context, hands, each)))) {
      alive += 1;
      if (held) await stamp(hands, each, held.accessKeyId);
    } else {
      await dropSession(context, keychain, each.item);
    }
  }
  return { alive, dropped: meant.length - alive };
}

async function isTaken(
  context: RotationNeeds,
  hands: RotationContext,
  { session }: Kept,
): Promise<boolean> {
  try {
    await askAws(context, session.keys, hands.identityContext.region, (aws) =>
      aws.getCallerIdentity(),
    );
    return true;
  } catch (error) {
    if (isAwstError(error, "AWS_KEY_REJECTED", "AWS_SESSION_EXPIRED")) return false;
    throw error;
  }
}

async function stamp(
  hands: RotationContext,
  { item, session }: Kept,
  signedBy: string,
): Promise<void> {
  if (session.signedBy === signedBy) return;
  const stamped =
    "codeAt" in session
      ? encodeMfaSession({ ...session, signedBy })
      : encodeRoleSession({ ...session, signedBy });
  try {
    await hands.identityContext.keychain.write(item, stamped);
  } catch (error) {
    if (!isAwstError(error)) throw error;
  }
}

async function readSessions(
  context: Needs<"state">,
  { identityContext }: RotationContext,
): Promise<readonly Kept[]> {
  const name = identityContext.identity.name;
  const index = decodeSessionIndex(context.state.read(sessionIndexName));
  const roles = Object.entries(index).filter(
    ([, note]) => note.kind === "role" && note.identity === name,
  );
  const kept: Kept[] = [];
  const mfa = decodeMfaSession(await identityContext.keychain.read(mfaSessionItem(name)));
  if (mfa) kept.push({ item: mfaSessionItem(name), session: mfa });
  for (const [item] of roles) {
    const session = decodeRoleSession(await identityContext.keychain.read(item));
    if (session) kept.push({ item, session });
  }
  return kept;
}
