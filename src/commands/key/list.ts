// `awst key list`: the user's own access keys.

import { listKeys } from "../../flows/key/manage-keys.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import type { Words } from "../../model/words.ts";
import { keyListingJson, keyTable } from "../../output/key/key-listing.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const listing = await listKeys(context, words.identity, readUserWish(words, ["key", "list"]));
  const json = `${JSON.stringify(keyListingJson(listing), null, 2)}\n`;
  await context.out(words.json ? json : keyTable(listing));
  if (listing.lastUseIsDenied) {
    context.say("when a key was last used is not told: iam:GetAccessKeyLastUsed is not allowed");
  }
  if (listing.descriptionsAreDenied) {
    context.say("descriptions are not told: iam:ListUserTags is not allowed");
  }
  if (!listing.keys.some((key) => key.heldIn !== undefined)) {
    context.say(`warning: the key that awst holds for "${listing.identity}" is not among these`);
  }
}
