// The moment of a rotation: another key becomes the one in use. The one before it is put aside first, and
// everything is read back; a kill between two writes leaves a key that works in its place.

import { AwstError, isAwstError } from "../../model/errors.ts";
import { decodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem, nextKeyItem, previousKeyItem } from "../../model/keychain/items.ts";
import type { RotationJournal } from "../../model/rotation/rotation-journal.ts";
import { withUser } from "../../model/session/learned.ts";
import { decodeKeyNotes, keyNotesName } from "../../model/session/warm-state.ts";
import { holdKey } from "../key/hold-key.ts";
import { changeLearned } from "../session/learn-user.ts";
import {
  askClock,
  changeJournal,
  type Hands,
  putKey,
  type RotationNeeds,
  readKey,
} from "./rotation-hands.ts";
import { stampSessions } from "./stamp-sessions.ts";

const shortWaitMs = 5_000;

/** Errors: KEYCHAIN_*; KEY_MISSING when somebody put in another key meanwhile. */
export async function switchKeys(
  world: RotationNeeds,
  hands: Hands,
  from: string,
  to: string,
): Promise<void> {
  const { caller } = hands;
  const { name } = caller.identity;
  await asNobodyTypes(world, hands, () =>
    holdKey(world, caller, "key rotate", async () => {
      await exchange(world, hands, { from, to, aside: previousKeyItem(name) });
      await noteKeys(world, hands, from, to);
      await caller.keychain.remove(nextKeyItem(name)).catch(ignoreItsRefusal);
    }),
  );
}

/** The same the other way round: the new key is kept until it is deleted at AWS. */
export async function switchBack(
  world: RotationNeeds,
  hands: Hands,
  from: string,
  to: string,
): Promise<void> {
  const { caller } = hands;
  const { name } = caller.identity;
  await asNobodyTypes(world, hands, () =>
    holdKey(world, caller, "key rotate --undo", async () => {
      await exchange(world, hands, { from, to, aside: nextKeyItem(name) });
      await noteKeys(world, hands, from, to);
      await caller.keychain.remove(previousKeyItem(name)).catch(ignoreItsRefusal);
    }),
  );
}

/** What follows the keychain. May be done again. */
export async function noteKeys(
  world: RotationNeeds,
  hands: Hands,
  from: string,
  to: string,
): Promise<void> {
  const { name } = hands.caller.identity;
  const now = await askClock(world);
  await changeJournal(world, hands, (journal) => ({
    switchedAt: journal.switchedAt ?? now.toISOString(),
    ...(journal.newKeyId === undefined && answered(journal, to)),
  }));
  await changeLearned(world, (learned) => {
    const user = learned.users[from];
    return user === undefined || learned.users[to] ? learned : withUser(learned, to, user);
  });
  await world.state.update(keyNotesName, (old) => {
    const notes = decodeKeyNotes(old);
    return notes[name]?.accessKeyId === to ? undefined : { ...notes, [name]: { accessKeyId: to } };
  });
  await stampSessions(world, hands, from, to);
}

/** A kill came between the keychain and the journal: the last create is the one that made this key. */
function answered(journal: RotationJournal, to: string): Partial<RotationJournal> {
  if (to === journal.oldKeyId) return {};
  return { newKeyId: to, madeAt: journal.intents.at(-1), intents: journal.intents.slice(0, -1) };
}

/** While somebody is asked for a code, that code is to go out with the key it was asked for. WAIT_TIMED_OUT. */
export async function whileNobodyTypes<T>(
  world: RotationNeeds,
  { caller }: Hands,
  work: () => Promise<T>,
): Promise<T> {
  const how = { holder: `key rotate (process ${world.processId})`, waitMs: shortWaitMs };
  return (await world.locks()).hold(`code-${caller.identity.name}`, how, work);
}

/** Better so; but both keys work now, and a question may stand for hours. */
async function asNobodyTypes(
  world: RotationNeeds,
  hands: Hands,
  work: () => Promise<void>,
): Promise<void> {
  let isBegun = false;
  try {
    await whileNobodyTypes(world, hands, async () => {
      isBegun = true;
      await work();
    });
  } catch (error) {
    if (isBegun || !isAwstError(error, "WAIT_TIMED_OUT")) throw error;
    await work();
  }
}

async function exchange(
  world: RotationNeeds,
  { caller }: Hands,
  { from, to, aside }: { readonly from: string; readonly to: string; readonly aside: string },
): Promise<void> {
  const item = keyItem(caller.identity.name);
  const held = decodeAccessKey(await caller.keychain.read(item));
  if (held?.accessKeyId !== from) {
    throw new AwstError("KEY_MISSING", `${from} is no longer the key in the keychain`);
  }
  const other = await readKey(world, caller, to);
  await putKey(world, caller, aside, held);
  try {
    await putKey(world, caller, item, other);
  } catch (error) {
    await putKey(world, caller, item, held).catch(ignoreItsRefusal);
    throw error;
  }
}

/** The next look at the keychain tells what became of it. */
function ignoreItsRefusal(error: unknown): void {
  if (!isAwstError(error)) throw error;
}
