// `awst mfa remove`: a device goes.

import { removeDevice } from "../../flows/device/remove-device.ts";
import { configuredLine, goneLine } from "../../model/device/device-report.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import { flagOption, textOption, type Words } from "../../model/words.ts";
import type { World } from "../../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const removed = await removeDevice(world, {
    identity: words.identity,
    device: textOption(words, "device"),
    force: flagOption(words, "force"),
    user: readUserWish(words, ["mfa", "remove"]),
  });
  const { identity, serial, isLeft, others, configured } = removed;
  if (words.json) {
    const answer = { version: 1, identity, device: serial, deleted: !isLeft };
    await world.out(`${JSON.stringify(answer)}\n`);
  }
  world.say(goneLine(serial, isLeft));
  if (configured !== undefined) world.say(configuredLine(configured, others[0]));
}
