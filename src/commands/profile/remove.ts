// `awst profile remove [PROFILE…]`: takes profiles that awst owns out of AWS's files.

import { removeProfiles } from "../../flows/profile/remove-profiles.ts";
import type { Words } from "../../model/words.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const { removed } = await removeProfiles(context, words.arguments);
  if (words.json) await context.out(`${JSON.stringify({ version: 1, removed })}\n`);
  else await context.out(removed.map((name) => `removed  ${name}\n`).join(""));
  if (removed.length === 0) context.say("there is no profile of awst's to remove");
}
