// Two keys are all AWS allows. One that awst did not make is in the way of a rotation: which is whose, how
// old, how used, is said; it is deleted only when a person types its id.

import { AwstError } from "../../model/errors.ts";
import { keyFactsText } from "../../model/key/key-listing.ts";
import type { RotationFacts } from "../../model/rotation/rotation-facts.ts";
import { readLastUse } from "../key/list-keys.ts";
import { type Hands, openOwnIam, type RotationNeeds } from "./rotation-hands.ts";

/** Returns when it is deleted. CONFIRMATION_NEEDED with nobody to ask; IAM_QUOTA when it is to stay. */
export async function askAboutKey(
  world: RotationNeeds,
  hands: Hands,
  facts: RotationFacts,
  stranger: string,
): Promise<void> {
  const iam = await openOwnIam(world, hands);
  const lines: string[] = [];
  for (const key of facts.keys) {
    const { accessKeyId } = key;
    const whose = accessKeyId === facts.held ? "awst's" : "not awst's";
    const lastUse = await readLastUse(world, iam, accessKeyId);
    lines.push(`${accessKeyId} (${whose}; ${keyFactsText({ ...key, lastUse }, facts.now)})`);
  }
  const message = `${hands.userName} has two access keys, all that AWS allows: ${lines.join(", ")}`;
  const terminal = hands.unattended ? undefined : await world.terminal();
  if (!terminal?.isHere()) {
    throw new AwstError("CONFIRMATION_NEEDED", `${message}; awst deletes none it did not make`, {
      hint: `if nobody needs it: awst key delete ${stranger}`,
    });
  }
  world.say(message);
  const text = `To delete ${stranger} for good, type its id; Enter leaves all as it is`;
  const typed = (await terminal.askText({ text })).trim();
  if (typed !== stranger) {
    throw new AwstError("IAM_QUOTA", `nothing was changed: ${stranger} stays, and leaves no room`, {
      hint: `once nobody needs it: awst key delete ${stranger}`,
    });
  }
  await iam.deleteAccessKey(hands.userName, stranger);
  const { name } = hands.caller.identity;
  world.state.record("key-deleted", { identity: name, accessKeyId: stranger, asked: true });
}
