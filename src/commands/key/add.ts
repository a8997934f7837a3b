// `awst key add`: a long-term access key into the keychain.

import { addKey } from "../../flows/key/store-key.ts";
import { textOption, type Words } from "../../model/words.ts";
import { describeStoredKey, storedKeyLines } from "../../output/key/key-report.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const csv = textOption(words, "csv");
  const stored = await addKey(context, { identity: words.identity, csv });
  if (words.json)
    await context.out(`${JSON.stringify({ version: 1, ...describeStoredKey(stored) })}\n`);
  for (const line of storedKeyLines(stored)) context.say(line);
  if (csv !== undefined && csv !== "-") context.say(`${csv} still holds the key: remove it`);
}
