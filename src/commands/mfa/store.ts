// `awst mfa store`: a device's seed into the keychain, so that its codes are made here.

import { storeSeed } from "../../flows/mfa/store-seed.ts";
import { deviceLabel } from "../../model/aws/device-serial.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import { flagOption, textOption, type Words } from "../../model/words.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<number> {
  const picture = textOption(words, "qr");
  const device = textOption(words, "device");
  const sure = flagOption(words, "yes");
  const { retry } = readUserWish(words, ["mfa", "store"]);
  const wanted = { identity: words.identity, device, picture, sure, retry };
  const kept = await storeSeed(context, wanted);
  if (kept === undefined) {
    context.say("nothing was stored");
    return 1;
  }
  if (words.json) await context.out(`${JSON.stringify({ version: 1, ...kept })}\n`);
  const how = { none: "", same: ", as it was", other: " in the place of another" }[kept.before];
  context.say(`the seed of ${deviceLabel(kept.device)} is stored${how}; AWS took a code of it`);
  if (picture !== undefined) context.say(`${picture} still shows the seed: remove it`);
  return 0;
}
