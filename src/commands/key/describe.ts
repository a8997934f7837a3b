// `awst key describe ID TEXT`

import { describeKey } from "../../flows/key/manage-keys.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import type { Words } from "../../model/words.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const [id = "", text = ""] = words.arguments;
  const wish = readUserWish(words, ["key", "describe"]);
  const { accessKeyId } = await describeKey(context, { identity: words.identity, id, text }, wish);
  const description = text === "" ? null : text;
  if (words.json)
    await context.out(`${JSON.stringify({ version: 1, accessKeyId, description })}\n`);
  context.say(text === "" ? `${accessKeyId} has no description now` : `${accessKeyId}: ${text}`);
}
