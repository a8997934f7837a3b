// `awst mfa remove`: a device goes.

import { defineCommand } from "../../args/command.ts";
import { flag, text } from "../../args/options.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { removeDevice } from "../../flows/mfa/remove-device.ts";
import { configuredLine, goneLine } from "../../output/mfa/device-report.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa remove",
  group: "MFA",
  summary: "remove an MFA device",
  details:
    "Deactivates it, then deletes it, inside an MFA session. The last device that makes codes stays, unless --force says otherwise. Where AWS denies the deletion, its name stays taken and that is all.",
  options: {
    device: text("NAME", "the device, by its name or serial"),
    force: flag("even if no device for codes is left"),
    mfaCode,
  },
  examples: [{ line: "awst mfa remove --device old-phone", meaning: "a phone that is gone" }],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the serial of the device that was removed"],
    ["deleted", "false: deactivated alone, AWS denied its deletion"],
  ],
  async run(context: Context, args) {
    const removed = await removeDevice(context, {
      identity: args.identity,
      device: args.device,
      force: args.force,
      user: readUserRequest(args),
    });
    const { identity, serial, deletionDenied: isLeft, others, configured } = removed;
    if (args.json) {
      const answer = { version: 1, identity, device: serial, deleted: !isLeft };
      await context.out(`${JSON.stringify(answer)}\n`);
    }
    context.say(goneLine(serial, isLeft));
    if (configured !== undefined) context.say(configuredLine(configured, others[0]));
    return {};
  },
});
