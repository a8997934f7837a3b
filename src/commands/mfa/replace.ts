// `awst mfa replace [NAME]`: replaces an MFA device with a new one.

import { defineCommand } from "../../args/command.ts";
import { newDeviceOptions, readNewDevice } from "../../args/device-options.ts";
import { optional, text } from "../../args/options.ts";
import { mfaCode } from "../../args/session-options.ts";
import { replaceDevice } from "../../flows/mfa/replace-device.ts";
import {
  addedJson,
  addedLines,
  configuredLine,
  removedLine,
  replacedLine,
} from "../../output/mfa/device-report.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa replace",
  group: "MFA",
  summary: "replace a device, for example with a new phone",
  details:
    "Adds and verifies the new device, then removes the old one, so that one device works at any time. If the policy allows only a device with the user's name, the command asks and removes the old device first. After an interruption the next run resumes: a device that AWS enabled stays enabled, and only has to be verified.",
  arguments: {
    name: optional(
      "NAME",
      "the old device, if a device has this name or serial; otherwise the name of the new one",
    ),
  },
  options: {
    device: text("NAME", "the old device, by name or serial"),
    ...newDeviceOptions,
    mfaCode,
  },
  examples: [
    { line: "awst mfa replace", meaning: "replace the only device, or choose one" },
    { line: "awst mfa replace old-phone", meaning: "replace this device" },
    {
      line: "awst mfa replace new-phone --device old-phone",
      meaning: "and name the new one",
    },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the new device's serial"],
    ["stored", "whether its seed is in the keychain"],
    ["replaced", "the old device's serial"],
    ["deleted", "false: the old device is deactivated only, AWS denied the deletion"],
  ],
  async run(context: Context, args) {
    const request = readNewDevice(args);
    const done = await replaceDevice(context, { ...request, device: args.device });
    const { added, old, deletionDenied, configured } = done;
    return {
      json: { ...addedJson(added), replaced: old, deleted: !deletionDenied },
      notes: successNotes([
        replacedLine(old, added.serial),
        ...addedLines(added, args.identity),
        ...(old === added.serial ? [] : [removedLine(old, deletionDenied)]),
        ...(configured === undefined ? [] : [configuredLine(configured, added.serial)]),
      ]),
    };
  },
});
