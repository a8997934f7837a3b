// `awst mfa forget`: a device's seed out of the keychain.

import { forgetSeed } from "../../flows/mfa/store-seed.ts";
import { deviceLabel } from "../../model/aws/device-serial.ts";
import { textOption, type Words } from "../../model/words.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const { identity, device } = await forgetSeed(context, {
    identity: words.identity,
    device: textOption(words, "device"),
  });
  if (words.json) {
    await context.out(`${JSON.stringify({ version: 1, identity, device: device ?? null })}\n`);
  }
  context.say(
    device === undefined
      ? `no seed of "${identity}" is stored here: nothing to forget`
      : `the seed of ${deviceLabel(device)} is forgotten; the device itself is as it was`,
  );
}
