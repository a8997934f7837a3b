// `awst mfa list`: the user's own MFA devices.

import { listDevices } from "../../flows/mfa/list-devices.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import { fidoNote, mfaCommand } from "../../model/mfa/own-devices.ts";
import type { Words } from "../../model/words.ts";
import {
  deviceListingJson,
  deviceTable,
  unfinishedLines,
} from "../../output/mfa/device-listing.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const wish = readUserWish(words, ["mfa", "list"]);
  const listing = await listDevices(context, words.identity, wish);
  const json = `${JSON.stringify(deviceListingJson(listing), null, 2)}\n`;
  await context.out(words.json ? json : deviceTable(listing));
  const serials = listing.devices.map(({ serial }) => serial);
  const fido = fidoNote(serials, words.identity);
  if (fido !== undefined) context.say(fido);
  if (serials.length === 0) {
    context.say(`user ${listing.userName} has no MFA device: ${mfaCommand(words.identity, "add")}`);
  }
  for (const line of unfinishedLines(listing, words.identity)) context.say(line);
}
