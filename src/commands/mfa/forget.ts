// `awst mfa forget`: a device's seed out of the keychain.

import { forgetSeed } from "../../flows/device/forget-seed.ts";
import { deviceLabel } from "../../model/aws/device-serial.ts";
import { textOption, type Words } from "../../model/words.ts";
import type { World } from "../../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const { identity, device } = await forgetSeed(world, {
    identity: words.identity,
    device: textOption(words, "device"),
  });
  if (words.json) {
    await world.out(`${JSON.stringify({ version: 1, identity, device: device ?? null })}\n`);
  }
  world.say(
    device === undefined
      ? `no seed of "${identity}" is stored here: nothing to forget`
      : `the seed of ${deviceLabel(device)} is forgotten; the device itself is as it was`,
  );
}
