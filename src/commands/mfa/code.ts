// `awst mfa code`: the present code of a device whose seed is kept here, and for how long it is good.

import { generateCode } from "../../flows/mfa/store-seed.ts";
import { deviceLabel } from "../../model/aws/device-serial.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { textOption, type Words } from "../../model/words.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const shown = await generateCode(context, {
    identity: words.identity,
    device: textOption(words, "device"),
  });
  const { identity, device, secondsLeft, wasSent } = shown;
  const code = shown.code.reveal();
  const endsAt = rfc3339(shown.endsAt);
  const answer = { version: 1, identity, device, code, endsAt, secondsLeft, wasSent };
  await context.out(words.json ? `${JSON.stringify(answer)}\n` : `${code}\n`);
  context.say(`${deviceLabel(device)}: ${secondsLeft} s left`);
  if (!wasSent) return;
  context.say(`warning: awst sent this code already, and AWS takes it once: wait for the next one`);
}
