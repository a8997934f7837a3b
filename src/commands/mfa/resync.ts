// `awst mfa resync`: a device whose clock has drifted.

import { defineCommand } from "../../args/command.ts";
import { text } from "../../args/options.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { resyncDevice } from "../../flows/mfa/resync-device.ts";
import { deviceLabel } from "../../model/aws/device-serial.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa resync",
  group: "MFA",
  summary: "tell AWS how far a device's clock has drifted",
  details:
    "Two codes, one right after the other. For hardware tokens; a phone's clock is better set to automatic time.",
  options: {
    device: text("NAME", "the device, by its name or serial"),
    mfaCode,
  },
  examples: [{ line: "awst mfa resync", meaning: "when right codes are refused" }],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the device's serial"],
  ],
  async run(context: Context, args) {
    const { identity, device } = await resyncDevice(context, {
      identity: args.identity,
      device: args.device,
      user: readUserRequest(args),
    });
    if (args.json) await context.out(`${JSON.stringify({ version: 1, identity, device })}\n`);
    context.say(`AWS goes by the clock of ${deviceLabel(device)} now; the next code is good again`);
    return {};
  },
});
