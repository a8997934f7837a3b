// A key's description (a tag of the user's) goes with the key: to the new one after the switch, and off
// the one that is deleted. Many policies allow no tags: that is said, and stops nothing.

import { type AwstError, isAwstError } from "../../model/errors.ts";
import { descriptionOf, moveDescription, type Tags } from "../../model/key/key-description.ts";
import { changeJournal, type Hands, openOwnIam, type RotationNeeds } from "./rotation-hands.ts";

/** Errors: AWS could not be asked. */
export async function carryDescription(
  world: RotationNeeds,
  hands: Hands,
  from: string,
  to: string,
): Promise<void> {
  const set = (description: "carried" | "none" | "denied") =>
    changeJournal(world, hands, () => ({ description }));
  try {
    const tags = await copy(world, hands, from, to);
    await set(descriptionOf(tags, from) === undefined ? "none" : "carried");
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED", "IAM_QUOTA", "AWS_INPUT_REFUSED")) throw error;
    await set("denied");
    hands.remarks.push(`no description was carried over from ${from}: ${reasonOf(error)}`);
  }
}

/** Before the key itself is deleted. What may not be taken away stays. Errors: AWS could not be asked. */
export async function removeDescription(
  world: RotationNeeds,
  hands: Hands,
  key: string,
  heir: string,
): Promise<void> {
  try {
    await copy(world, hands, key, heir);
    const iam = await openOwnIam(world, hands);
    await iam.untagUser(hands.userName, [key]);
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED", "IAM_QUOTA", "AWS_INPUT_REFUSED")) throw error;
    hands.remarks.push(`the description of ${key} stays behind as a tag: ${reasonOf(error)}`);
  }
}

/** The tags as they were. A user may have 50: where there is no room for both, it moves. */
async function copy(world: RotationNeeds, hands: Hands, from: string, to: string): Promise<Tags> {
  const { userName } = hands;
  const iam = await openOwnIam(world, hands);
  const { tags } = await iam.listUserTags(userName);
  const { set, remove } = moveDescription(tags, from, to);
  if (Object.keys(set).length === 0) return tags;
  try {
    await iam.tagUser(userName, set);
  } catch (error) {
    if (!isAwstError(error, "IAM_QUOTA")) throw error;
    await iam.untagUser(userName, remove);
    await iam.tagUser(userName, set);
  }
  return tags;
}

function reasonOf(error: AwstError): string {
  const action = /^AWS denied (\w+)/.exec(error.message)?.[1];
  return action === undefined ? error.message : `iam:${action} is not allowed`;
}
