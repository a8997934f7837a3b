// `awst mfa add [NAME]`: a new virtual MFA device.

import { addDevice } from "../../flows/mfa/add-device.ts";
import { textOption, type Words } from "../../model/words.ts";
import { addedJson, addedLines, readNewDevice } from "../../output/mfa/device-report.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const wish = readNewDevice(words, ["mfa", "add"]);
  const user = { ...wish.user, device: textOption(words, "device") };
  const added = await addDevice(context, { ...wish, user });
  if (words.json) await context.out(`${JSON.stringify({ version: 1, ...addedJson(added) })}\n`);
  for (const line of addedLines(added, words.identity)) context.say(line);
}
