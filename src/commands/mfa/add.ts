// `awst mfa add [NAME]`: adds a virtual MFA device.

import { defineCommand } from "../../args/command.ts";
import { newDeviceOptions, readNewDevice } from "../../args/device-options.ts";
import { optional, text } from "../../args/options.ts";
import { mfaCode } from "../../args/session-options.ts";
import { addDevice } from "../../flows/mfa/add-device.ts";
import { addedJson, addedLines } from "../../output/mfa/device-report.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa add",
  group: "MFA",
  summary: "add an authenticator app as an MFA device",
  details:
    "Creates a virtual device, shows its QR code on the terminal, asks for two codes in a row, and verifies the device with a third. Until then its seed is in the keychain. If the command is interrupted before AWS enabled the device, the device is removed again. A device that AWS enabled stays enabled, and the next `mfa add` verifies it. A user's first device needs no code of another.",
  arguments: {
    name: optional(
      "NAME",
      "default: the user's name, which older policies require, or the next free name",
    ),
  },
  options: {
    ...newDeviceOptions,
    device: text("NAME", "the device whose code signs the change, by name or serial"),
    mfaCode,
  },
  examples: [
    { line: "awst mfa add", meaning: "scan the QR code, type three codes" },
    {
      line: "awst mfa add laptop --store",
      meaning: "let awst make the codes of the device from now on",
    },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the new device's serial"],
    ["stored", "whether its seed is in the keychain"],
  ],
  async run(context: Context, args) {
    const request = readNewDevice(args);
    const user = { ...request.user, device: args.device };
    const added = await addDevice(context, { ...request, user });
    return { json: addedJson(added), notes: successNotes(addedLines(added, args.identity)) };
  },
});
