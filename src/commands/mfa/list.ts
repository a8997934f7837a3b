// `awst mfa list`: the user's own MFA devices.

import { listDevices } from "../../flows/device/list-devices.ts";
import {
  deviceListingJson,
  deviceTable,
  unfinishedLines,
} from "../../model/device/device-listing.ts";
import { mfaLine } from "../../model/device/mfa-line.ts";
import { fidoRemark } from "../../model/device/own-devices.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import type { Words } from "../../model/words.ts";
import type { World } from "../../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const wish = readUserWish(words, ["mfa", "list"]);
  const listing = await listDevices(world, words.identity, wish);
  const json = `${JSON.stringify(deviceListingJson(listing), null, 2)}\n`;
  await world.out(words.json ? json : deviceTable(listing));
  const serials = listing.devices.map(({ serial }) => serial);
  const fido = fidoRemark(serials, words.identity);
  if (fido !== undefined) world.say(fido);
  if (serials.length === 0) {
    world.say(`user ${listing.userName} has no MFA device: ${mfaLine(words.identity, "add")}`);
  }
  for (const line of unfinishedLines(listing, words.identity)) world.say(line);
}
