// The end of a key that awst made: switched off, and deleted. There is no way back from a deletion, so that
// what the steps' order sees to is looked at once more here.

import { clockName, clockOf } from "../../model/clock.ts";
import { isAwstError } from "../../model/errors.ts";
import type { RotationFacts, Step } from "../../model/rotation/rotation-facts.ts";
import { unanswered } from "../../model/rotation/rotation-journal.ts";
import type { Outcome } from "../../model/rotation/rotation-memory.ts";
import { youngSessionSeconds } from "../../model/session/session-plan.ts";
import { removeDescription } from "./carry-description.ts";
import {
  changeJournal,
  type Hands,
  openOwnIam,
  type RotationNeeds,
  readKeptKeys,
  recordStep,
} from "./rotation-hands.ts";

/** A denial to a young code is final: the key is then deleted without having been inactive. */
export async function deactivateOld(
  world: RotationNeeds,
  hands: Hands,
  key: string,
): Promise<Outcome> {
  const iam = await openOwnIam(world, hands);
  try {
    const { at } = await iam.setAccessKeyStatus(hands.userName, key, "Inactive");
    await changeJournal(world, hands, () => ({ deactivatedAt: at.toISOString() }));
    await recordStep(world, hands, "key-deactivated", { accessKeyId: key });
    return { how: "done" };
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED") || (await isCodeOld(world, hands))) throw error;
    await changeJournal(world, hands, () => ({ isDeactivationDenied: true }));
    hands.remarks.push(`${key} stays active until it is deleted: ${error.message}`);
    return { how: "denied" };
  }
}

/** Errors: AWS could not be asked, or denies it. */
export async function deleteOwn(
  world: RotationNeeds,
  hands: Hands,
  { key, whose }: Extract<Step, { readonly do: "delete" }>,
  { run, journal, keys }: RotationFacts,
): Promise<Outcome> {
  const { held } = await readKeptKeys(world, hands.caller);
  if (held === undefined || held.accessKeyId === key || !run.proved.includes(held.accessKeyId)) {
    throw new Error(`${key} must not be deleted: no other key is held and proved`);
  }
  const description = journal?.description ?? (run.did.includes("carry-description") && "carried");
  if (description === "carried") {
    await removeDescription(world, hands, key, held.accessKeyId);
  }
  const iam = await openOwnIam(world, hands);
  try {
    await iam.deleteAccessKey(hands.userName, key);
  } catch (error) {
    if (!isAwstError(error, "IAM_ABSENT")) throw error;
    return { how: "absent" };
  }
  await recordStep(world, hands, "key-deleted", { accessKeyId: key, whose });
  const createdAt = keys.find((each) => each.accessKeyId === key)?.createdAt;
  if (whose === "leftover" && createdAt) {
    await changeJournal(world, hands, (old) => ({ intents: unanswered(old, createdAt) }));
  }
  return { how: "done" };
}

export async function isCodeOld(world: RotationNeeds, { session }: Hands): Promise<boolean> {
  if (session === undefined) return false;
  const { awsNow } = clockOf(world.state.read(clockName), world.now());
  return awsNow.getTime() - session.codeAt.getTime() > youngSessionSeconds * 1000;
}
