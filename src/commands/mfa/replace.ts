// `awst mfa replace [NAME]`: a new device in the place of an old one.

import { replaceDevice } from "../../flows/mfa/replace-device.ts";
import { textOption, type Words } from "../../model/words.ts";
import {
  addedJson,
  addedLines,
  configuredLine,
  goneLine,
  readNewDevice,
} from "../../output/mfa/device-report.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const wish = readNewDevice(words, ["mfa", "replace"]);
  const done = await replaceDevice(context, { ...wish, device: textOption(words, "device") });
  const { added, old, deletionDenied: isOldLeft, configured } = done;
  if (words.json) {
    const answer = { version: 1, ...addedJson(added), replaced: old, deleted: !isOldLeft };
    await context.out(`${JSON.stringify(answer)}\n`);
  }
  for (const line of addedLines(added, words.identity)) context.say(line);
  if (old !== added.serial) context.say(goneLine(old, isOldLeft));
  if (configured !== undefined) context.say(configuredLine(configured, added.serial));
}
