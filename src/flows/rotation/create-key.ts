// A new key: the intent first, on the disk; one request, whatever comes of it; and then, before anything
// else, into the keychain and read back. What has no answer is found again by the intent.

import { isAwstError } from "../../model/errors.ts";
import { nextKeyItem } from "../../model/keychain/items.ts";
import type { RotationFacts } from "../../model/rotation/rotation-facts.ts";
import { emptyJournal, mayComeToLight } from "../../model/rotation/rotation-journal.ts";
import { noteAges } from "../key/key-ages.ts";
import {
  beginJournal,
  changeJournal,
  type Hands,
  openOwnIam,
  putKey,
  type RotationNeeds,
} from "./rotation-hands.ts";

/** FILE_UNWRITABLE: then nothing is begun. */
export async function recordIntent(
  world: RotationNeeds,
  hands: Hands,
  facts: RotationFacts,
): Promise<void> {
  const { caller, graceSeconds } = hands;
  const { journal, keys, now } = facts;
  const open = mayComeToLight(journal, now) ? (journal?.intents ?? []) : [];
  await beginJournal(world, caller.identity.name, {
    ...emptyJournal(facts.held ?? caller.key.accessKeyId, graceSeconds),
    listed: keys.map((key) => key.accessKeyId),
    intents: [...open, (hands.listedAt ?? now).toISOString()],
  });
}

/** A refusal that proves nothing was made takes the intent back. */
export async function createKey(world: RotationNeeds, hands: Hands): Promise<void> {
  const iam = await openOwnIam(world, hands);
  try {
    const { accessKeyId, secretAccessKey, createdAt } = await iam.createAccessKey(hands.userName);
    hands.made = { accessKeyId, secretAccessKey, source: "keychain", at: createdAt };
  } catch (error) {
    if (isAwstError(error) && error.fate === "nothing-done") {
      await changeJournal(world, hands, ({ intents }) => ({ intents: intents.slice(0, -1) }));
    }
    throw error;
  }
}

/** Errors: KEYCHAIN_*. The journal knows the id either way. */
export async function storeKeyMade(world: RotationNeeds, hands: Hands): Promise<void> {
  const { made, caller } = hands;
  if (made === undefined) throw new Error("no key was made that could be stored");
  const { name } = caller.identity;
  try {
    await putKey(world, caller, nextKeyItem(name), made);
    world.state.record("key-made", { identity: name, accessKeyId: made.accessKeyId });
    await noteAges(world, [{ accessKeyId: made.accessKeyId, createdAt: made.at }]);
  } finally {
    await changeJournal(world, hands, ({ intents }) => ({
      newKeyId: made.accessKeyId,
      madeAt: made.at.toISOString(),
      intents: intents.slice(0, -1),
    }));
    hands.made = undefined;
  }
}
