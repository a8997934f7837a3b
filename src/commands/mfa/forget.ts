// `awst mfa forget`: deletes a device's seed from the keychain.

import { defineCommand } from "../../args/command.ts";
import { text } from "../../args/options.ts";
import { forgetSeed } from "../../flows/mfa/store-seed.ts";
import { deletedSeedLine } from "../../output/mfa/device-report.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa forget",
  group: "MFA",
  summary: "delete a device's seed from the keychain",
  details:
    "The device itself is unchanged: an app that has its seed still makes codes. It also works after the configuration was deleted.",
  options: {
    device: text("NAME", "the device, by name or serial, if the user has several"),
  },
  examples: [{ line: "awst mfa forget", meaning: "from now on awst asks for codes again" }],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the device's serial, or null: no seed was stored"],
  ],
  async run(context: Context, args) {
    const { identity, device } = await forgetSeed(context, {
      identity: args.identity,
      device: args.device,
    });
    return {
      json: { identity, device: device ?? null },
      notes:
        device === undefined
          ? [deletedSeedLine(identity, device)]
          : successNotes([deletedSeedLine(identity, device)]),
    };
  },
});
