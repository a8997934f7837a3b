// Sessions outlive the key they were made with, or they don't: reports of AWS conflict. So they are
// stamped with the new key at the switch, that nobody is asked for a code meanwhile, and tried once the
// old key stopped working: those that AWS refuses are dropped.

import { isAwstError } from "../../model/errors.ts";
import { mfaSessionItem } from "../../model/keychain/items.ts";
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
import { askAws } from "../session/ask-aws.ts";
import { dropSession } from "../session/keep-session.ts";
import {
  changeJournal,
  type Hands,
  type RotationNeeds,
  readJournal,
  readKeptKeys,
} from "./rotation-hands.ts";

interface Kept {
  readonly item: string;
  readonly session: MfaSession | RoleSession;
}

/** What can't be stamped is made anew when it is needed, with a code if need be. */
export async function stampSessions(
  world: RotationNeeds,
  hands: Hands,
  from: string,
  to: string,
): Promise<void> {
  const all = await readSessions(world, hands);
  const kept = all.filter(({ session }) => session.signedBy === from);
  const ids = kept.map(({ session }) => session.keys.accessKeyId);
  if (ids.length === 0) return;
  await changeJournal(world, hands, ({ sessions }) => ({
    sessions: [...new Set([...sessions, ...ids])],
  }));
  for (const each of kept) await stamp(hands, each, to);
}

/** Those made with `key`, which stopped working. Errors: AWS could not be asked. */
export async function testSessions(
  world: RotationNeeds,
  hands: Hands,
  key: string,
): Promise<{ readonly alive: number; readonly dropped: number }> {
  const { identity, keychain } = hands.caller;
  const journal = await readJournal(world, identity.name);
  const { held } = await readKeptKeys(world, hands.caller);
  const meant = (await readSessions(world, hands)).filter(
    ({ session }) =>
      session.signedBy === key || journal?.sessions.includes(session.keys.accessKeyId),
  );
  const mfa = meant.find(({ item }) => item === mfaSessionItem(identity.name));
  // What lives although its key does not proves it for all that came of it.
  const areAlive = mfa !== undefined && (await isTaken(world, hands, mfa));
  let alive = 0;
  for (const each of meant) {
    if (areAlive || (each !== mfa && (await isTaken(world, hands, each)))) {
      alive += 1;
      if (held) await stamp(hands, each, held.accessKeyId);
    } else {
      await dropSession(world, keychain, each.item);
    }
  }
  return { alive, dropped: meant.length - alive };
}

async function isTaken(world: RotationNeeds, hands: Hands, { session }: Kept): Promise<boolean> {
  try {
    await askAws(world, session.keys, hands.caller.region, (aws) => aws.getCallerIdentity());
    return true;
  } catch (error) {
    if (isAwstError(error, "AWS_KEY_REJECTED", "AWS_SESSION_EXPIRED")) return false;
    throw error;
  }
}

async function stamp(hands: Hands, { item, session }: Kept, signedBy: string): Promise<void> {
  if (session.signedBy === signedBy) return;
  const stamped =
    "codeAt" in session
      ? encodeMfaSession({ ...session, signedBy })
      : encodeRoleSession({ ...session, signedBy });
  try {
    await hands.caller.keychain.write(item, stamped);
  } catch (error) {
    if (!isAwstError(error)) throw error;
  }
}

async function readSessions(world: Needs<"state">, { caller }: Hands): Promise<readonly Kept[]> {
  const name = caller.identity.name;
  const index = decodeSessionIndex(world.state.read(sessionIndexName));
  const roles = Object.entries(index).filter(
    ([, note]) => note.kind === "role" && note.identity === name,
  );
  const kept: Kept[] = [];
  const mfa = decodeMfaSession(await caller.keychain.read(mfaSessionItem(name)));
  if (mfa) kept.push({ item: mfaSessionItem(name), session: mfa });
  for (const [item] of roles) {
    const session = decodeRoleSession(await caller.keychain.read(item));
    if (session) kept.push({ item, session });
  }
  return kept;
}
