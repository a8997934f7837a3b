// `awst mfa code`: the present code of a device whose seed is kept here, and for how long it is good.

import { showCode } from "../../flows/device/show-code.ts";
import { deviceLabel } from "../../model/aws/device-serial.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { textOption, type Words } from "../../model/words.ts";
import type { World } from "../../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const shown = await showCode(world, {
    identity: words.identity,
    device: textOption(words, "device"),
  });
  const { identity, device, secondsLeft, wasSent } = shown;
  const code = shown.code.reveal();
  const endsAt = rfc3339(shown.endsAt);
  const answer = { version: 1, identity, device, code, endsAt, secondsLeft, wasSent };
  await world.out(words.json ? `${JSON.stringify(answer)}\n` : `${code}\n`);
  world.say(`${deviceLabel(device)}: ${secondsLeft} s left`);
  if (!wasSent) return;
  world.say(`warning: awst sent this code already, and AWS takes it once: wait for the next one`);
}
