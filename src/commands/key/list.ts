// `awst key list`: the user's own access keys.

import { listKeys } from "../../flows/key/list-keys.ts";
import { keyListingJson, keyTable } from "../../model/key/key-listing.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import type { Words } from "../../model/words.ts";
import type { World } from "../../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const listing = await listKeys(world, words.identity, readUserWish(words, ["key", "list"]));
  const json = `${JSON.stringify(keyListingJson(listing), null, 2)}\n`;
  await world.out(words.json ? json : keyTable(listing));
  if (listing.lastUseIsDenied) {
    world.say("when a key was last used is not told: iam:GetAccessKeyLastUsed is not allowed");
  }
  if (listing.descriptionsAreDenied) {
    world.say("descriptions are not told: iam:ListUserTags is not allowed");
  }
  if (!listing.keys.some((key) => key.heldIn !== undefined)) {
    world.say(`warning: the key that awst holds for "${listing.identity}" is not among these`);
  }
}
