// `awst mfa add [NAME]`: a new virtual MFA device.

import { addDevice } from "../../flows/device/add-device.ts";
import { addedJson, addedLines, readNewDevice } from "../../model/device/device-report.ts";
import { textOption, type Words } from "../../model/words.ts";
import type { World } from "../../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const wish = readNewDevice(words, ["mfa", "add"]);
  const user = { ...wish.user, device: textOption(words, "device") };
  const added = await addDevice(world, { ...wish, user });
  if (words.json) await world.out(`${JSON.stringify({ version: 1, ...addedJson(added) })}\n`);
  for (const line of addedLines(added, words.identity)) world.say(line);
}
