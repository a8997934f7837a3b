// `awst mfa add [NAME]`: a new virtual MFA device.

import { defineCommand } from "../../args/command.ts";
import { newDeviceOptions, readNewDevice } from "../../args/device-options.ts";
import { optional, text } from "../../args/options.ts";
import { mfaCode } from "../../args/session-options.ts";
import { addDevice } from "../../flows/mfa/add-device.ts";
import { addedJson, addedLines } from "../../output/mfa/device-report.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa add",
  group: "MFA",
  summary: "add an authenticator app, from the QR code to the first accepted code",
  details:
    "Makes a virtual device, shows its QR code on the terminal, takes two codes in a row and proves it with a third. Until then its seed lies in the keychain: interrupted, the device is removed again, or, where AWS denies that, finished by the next `mfa add`. A user's first device needs no code of another.",
  arguments: {
    name: optional(
      "NAME",
      "default: the user's name, which old policies demand; else the next that is free",
    ),
  },
  options: {
    ...newDeviceOptions,
    device: text("NAME", "whose code is asked for, to be allowed to"),
    mfaCode,
  },
  examples: [
    { line: "awst mfa add", meaning: "scan, type three codes" },
    { line: "awst mfa add laptop --store", meaning: "its codes are made here; nobody is asked" },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the new device's serial"],
    ["stored", "whether its seed is kept here"],
  ],
  async run(context: Context, args) {
    const wish = readNewDevice(args);
    const user = { ...wish.user, device: args.device };
    const added = await addDevice(context, { ...wish, user });
    if (args.json) await context.out(`${JSON.stringify({ version: 1, ...addedJson(added) })}\n`);
    for (const line of addedLines(added, args.identity)) context.say(line);
    return {};
  },
});
