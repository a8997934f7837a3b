// `awst key add`: a long-term access key into the keychain.

import { addKey } from "../../flows/key/add-key.ts";
import { describeStoredKey, storedKeyLines } from "../../model/key/key-report.ts";
import { textOption, type Words } from "../../model/words.ts";
import type { World } from "../../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const csv = textOption(words, "csv");
  const stored = await addKey(world, { identity: words.identity, csv });
  if (words.json)
    await world.out(`${JSON.stringify({ version: 1, ...describeStoredKey(stored) })}\n`);
  for (const line of storedKeyLines(stored)) world.say(line);
  if (csv !== undefined && csv !== "-") world.say(`${csv} still holds the key: remove it`);
}
