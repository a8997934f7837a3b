// `awst mfa resync`: corrects AWS's record of a device's clock.

import { defineCommand } from "../../args/command.ts";
import { text } from "../../args/options.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { resyncDevice } from "../../flows/mfa/resync-device.ts";
import { resyncedLine } from "../../output/mfa/device-report.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa resync",
  group: "MFA",
  summary: "correct the drift of a device's clock at AWS",
  details:
    "Asks for two codes in a row. For hardware tokens; on a phone, turn on automatic time instead.",
  options: {
    device: text("NAME", "the device, by name or serial"),
    mfaCode,
  },
  examples: [{ line: "awst mfa resync", meaning: "AWS refuses correct codes" }],
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
    return { json: { identity, device }, notes: successNotes([resyncedLine(device)]) };
  },
});
