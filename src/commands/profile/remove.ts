// `awst profile remove [PROFILE…]`: takes profiles that awst owns out of AWS's files.

import { removeProfiles } from "../../flows/profile/remove-profiles.ts";
import type { Words } from "../../model/words.ts";
import type { World } from "../../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const { removed } = await removeProfiles(world, words.arguments);
  if (words.json) await world.out(`${JSON.stringify({ version: 1, removed })}\n`);
  else await world.out(removed.map((name) => `removed  ${name}\n`).join(""));
  if (removed.length === 0) world.say("there is no profile of awst's to remove");
}
