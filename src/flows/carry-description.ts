// A key's description (a tag of the user's) goes with the key: to the new one after the switch, and off
// the one that is deleted. Many policies allow no tags: that is said, and stops nothing.

import { isAwstError } from "../model/errors.ts";
import { descriptionOf, moveDescription } from "../model/key-description.ts";
import { changeJournal, type Hands, openOwnIam, type RotationNeeds } from "./rotation-hands.ts";

/** Errors: AWS could not be asked. */
export async function carryDescription(
  world: RotationNeeds,
  hands: Hands,
  from: string,
  to: string,
): Promise<void> {
  const iam = await openOwnIam(world, hands);
  const set = (description: "carried" | "none" | "denied") =>
    changeJournal(world, hands, () => ({ description }));
  try {
    const { tags } = await iam.listUserTags(hands.userName);
    const changes = moveDescription(tags, from, to);
    const isCarried = Object.keys(changes.set).length > 0;
    if (isCarried) await iam.tagUser(hands.userName, changes.set);
    await set(isCarried || descriptionOf(tags, to) !== undefined ? "carried" : "none");
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED", "IAM_QUOTA", "AWS_INPUT_REFUSED")) throw error;
    await set("denied");
    hands.remarks.push(`if ${from} had a description, it was not carried over: ${error.message}`);
  }
}

/** Before the key itself goes. What can't be taken away stays behind. */
export async function removeDescription(
  world: RotationNeeds,
  hands: Hands,
  key: string,
): Promise<void> {
  try {
    const iam = await openOwnIam(world, hands);
    await iam.untagUser(hands.userName, [key]);
  } catch (error) {
    if (!isAwstError(error)) throw error;
    hands.remarks.push(`the description of ${key} stays behind as a tag: ${error.message}`);
  }
}
