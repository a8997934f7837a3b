// `awst key describe ID TEXT`

import { describeKey } from "../../flows/key/describe-key.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import type { Words } from "../../model/words.ts";
import type { World } from "../../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const [id = "", text = ""] = words.arguments;
  const wish = readUserWish(words, ["key", "describe"]);
  const { accessKeyId } = await describeKey(world, { identity: words.identity, id, text }, wish);
  const description = text === "" ? null : text;
  if (words.json) await world.out(`${JSON.stringify({ version: 1, accessKeyId, description })}\n`);
  world.say(text === "" ? `${accessKeyId} has no description now` : `${accessKeyId}: ${text}`);
}
