// `awst key delete ID`

import { deleteKey } from "../../flows/key/delete-key.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import { flagOption, type Words } from "../../model/words.ts";
import type { World } from "../../ports.ts";

export async function run(world: World, words: Words): Promise<number> {
  const [id = ""] = words.arguments;
  const wanted = { identity: words.identity, id, sure: flagOption(words, "yes") };
  const deleted = await deleteKey(world, wanted, readUserWish(words, ["key", "delete"]));
  if (deleted === undefined) {
    world.say("nothing was deleted");
    return 1;
  }
  const { accessKeyId, description } = deleted;
  if (words.json) await world.out(`${JSON.stringify({ version: 1, ...deleted })}\n`);
  world.say(`${accessKeyId} is deleted`);
  if (description === "kept") {
    world.say("if it had a description, that tag stays: taking it away (iam:UntagUser) failed");
  }
  return 0;
}
