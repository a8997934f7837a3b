// `awst mfa replace [NAME]`: a new device in the place of an old one.

import { defineCommand } from "../../args/command.ts";
import { newDeviceOptions, readNewDevice } from "../../args/device-options.ts";
import { optional, text } from "../../args/options.ts";
import { mfaCode } from "../../args/session-options.ts";
import { replaceDevice } from "../../flows/mfa/replace-device.ts";
import { addedJson, addedLines, configuredLine, goneLine } from "../../output/mfa/device-report.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa replace",
  group: "MFA",
  summary: "a new phone: add a device, prove it, then remove the old one",
  details:
    "In that order, so that one works at any time. Where the policy allows a device named like the user alone, that is said and asked: the old one then goes first. Interrupted anywhere, the next run goes on.",
  arguments: {
    name: optional("NAME", "of the new device, as for `mfa add`"),
  },
  options: {
    device: text("NAME", "the old device, by its name or serial"),
    ...newDeviceOptions,
    mfaCode,
  },
  examples: [
    { line: "awst mfa replace", meaning: "the only device, or a choice" },
    { line: "awst mfa replace --device old-phone", meaning: "this one" },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the new device's serial"],
    ["stored", "whether its seed is kept here"],
    ["replaced", "the old device's serial"],
    ["deleted", "false: the old one is deactivated alone, AWS denied its deletion"],
  ],
  async run(context: Context, args) {
    const wish = readNewDevice(args);
    const done = await replaceDevice(context, { ...wish, device: args.device });
    const { added, old, deletionDenied: isOldLeft, configured } = done;
    if (args.json) {
      const answer = { version: 1, ...addedJson(added), replaced: old, deleted: !isOldLeft };
      await context.out(`${JSON.stringify(answer)}\n`);
    }
    for (const line of addedLines(added, args.identity)) context.say(line);
    if (old !== added.serial) context.say(goneLine(old, isOldLeft));
    if (configured !== undefined) context.say(configuredLine(configured, added.serial));
    return {};
  },
});
