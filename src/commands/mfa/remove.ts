// `awst mfa remove`: a device goes.

import { removeDevice } from "../../flows/mfa/remove-device.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import { flagOption, textOption, type Words } from "../../model/words.ts";
import { configuredLine, goneLine } from "../../output/mfa/device-report.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const removed = await removeDevice(context, {
    identity: words.identity,
    device: textOption(words, "device"),
    force: flagOption(words, "force"),
    user: readUserWish(words, ["mfa", "remove"]),
  });
  const { identity, serial, deletionDenied: isLeft, others, configured } = removed;
  if (words.json) {
    const answer = { version: 1, identity, device: serial, deleted: !isLeft };
    await context.out(`${JSON.stringify(answer)}\n`);
  }
  context.say(goneLine(serial, isLeft));
  if (configured !== undefined) context.say(configuredLine(configured, others[0]));
}
