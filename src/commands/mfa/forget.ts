// `awst mfa forget`: a device's seed out of the keychain.

import { defineCommand } from "../../args/command.ts";
import { text } from "../../args/options.ts";
import { forgetSeed } from "../../flows/mfa/store-seed.ts";
import { deviceLabel } from "../../model/aws/device-serial.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa forget",
  group: "MFA",
  summary: "take a device's seed out of the keychain",
  details: "The device itself stays as it is: whoever has its seed elsewhere goes on making codes.",
  options: {
    device: text("NAME", "the device, by its name or serial, where there are several"),
  },
  examples: [{ line: "awst mfa forget", meaning: "codes are asked for again" }],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the device's serial, or null: none was stored"],
  ],
  async run(context: Context, args) {
    const { identity, device } = await forgetSeed(context, {
      identity: args.identity,
      device: args.device,
    });
    if (args.json) {
      await context.out(`${JSON.stringify({ version: 1, identity, device: device ?? null })}\n`);
    }
    context.say(
      device === undefined
        ? `no seed of "${identity}" is stored here: nothing to forget`
        : `the seed of ${deviceLabel(device)} is forgotten; the device itself is as it was`,
    );
    return {};
  },
});
