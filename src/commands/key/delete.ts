// `awst key delete ID`

import { deleteKey } from "../../flows/key/manage-keys.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import { flagOption, type Words } from "../../model/words.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<number> {
  const [id = ""] = words.arguments;
  const wanted = { identity: words.identity, id, sure: flagOption(words, "yes") };
  const deleted = await deleteKey(context, wanted, readUserWish(words, ["key", "delete"]));
  if (deleted === undefined) {
    context.say("nothing was deleted");
    return 1;
  }
  const { accessKeyId, description } = deleted;
  if (words.json) await context.out(`${JSON.stringify({ version: 1, ...deleted })}\n`);
  context.say(`${accessKeyId} is deleted`);
  if (description === "kept") {
    context.say("if it had a description, that tag stays: taking it away (iam:UntagUser) failed");
  }
  return 0;
}
