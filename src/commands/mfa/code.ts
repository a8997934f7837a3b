// `awst mfa code`: the present code of a device whose seed is kept here, and for how long it is good.

import { defineCommand } from "../../args/command.ts";
import { text } from "../../args/options.ts";
import { generateCode } from "../../flows/mfa/store-seed.ts";
import { deviceLabel } from "../../model/aws/device-serial.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa code",
  group: "MFA",
  summary: "print the present code of a device whose seed is stored here",
  details:
    "For the console's sign-in page, or another program. It is not marked as used; where awst itself sent it already, that is said.",
  options: {
    device: text("NAME", "the device, by its name or serial, where there are several"),
  },
  examples: [
    { line: "awst mfa code", meaning: "six digits on stdout, the seconds left on stderr" },
    { line: "awst mfa code --json", meaning: "both for a program" },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the device's serial"],
    ["code", "six digits: a secret until they end"],
    ["endsAt", "RFC 3339, UTC, by AWS's clock"],
    ["secondsLeft", "until then"],
    ["wasSent", "whether awst sent it already: AWS takes it once"],
  ],
  async run(context: Context, args) {
    const shown = await generateCode(context, {
      identity: args.identity,
      device: args.device,
    });
    const { identity, device, secondsLeft, wasSent } = shown;
    const code = shown.code.reveal();
    const endsAt = rfc3339(shown.endsAt);
    const answer = { version: 1, identity, device, code, endsAt, secondsLeft, wasSent };
    await context.out(args.json ? `${JSON.stringify(answer)}\n` : `${code}\n`);
    context.say(`${deviceLabel(device)}: ${secondsLeft} s left`);
    if (!wasSent) return {};
    context.say(
      `warning: awst sent this code already, and AWS takes it once: wait for the next one`,
    );
    return {};
  },
});
