// `awst mfa replace [NAME]`: a new device in the place of an old one.

import { replaceDevice } from "../../flows/device/replace-device.ts";
import {
  addedJson,
  addedLines,
  configuredLine,
  goneLine,
  readNewDevice,
} from "../../model/device/device-report.ts";
import { textOption, type Words } from "../../model/words.ts";
import type { World } from "../../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const wish = readNewDevice(words, ["mfa", "replace"]);
  const done = await replaceDevice(world, { ...wish, device: textOption(words, "device") });
  const { added, old, isOldLeft, configured } = done;
  if (words.json) {
    const answer = { version: 1, ...addedJson(added), replaced: old, deleted: !isOldLeft };
    await world.out(`${JSON.stringify(answer)}\n`);
  }
  for (const line of addedLines(added, words.identity)) world.say(line);
  if (old !== added.serial) world.say(goneLine(old, isOldLeft));
  if (configured !== undefined) world.say(configuredLine(configured, added.serial));
}
