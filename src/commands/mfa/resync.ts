// `awst mfa resync`: a device whose clock has drifted.

import { resyncDevice } from "../../flows/mfa/resync-device.ts";
import { deviceLabel } from "../../model/aws/device-serial.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import { textOption, type Words } from "../../model/words.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const { identity, device } = await resyncDevice(context, {
    identity: words.identity,
    device: textOption(words, "device"),
    user: readUserWish(words, ["mfa", "resync"]),
  });
  if (words.json) await context.out(`${JSON.stringify({ version: 1, identity, device })}\n`);
  context.say(`AWS goes by the clock of ${deviceLabel(device)} now; the next code is good again`);
}
