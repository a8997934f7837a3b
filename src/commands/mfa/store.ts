// `awst mfa store`: a device's seed into the keychain, so that its codes are made here.

import { defineCommand } from "../../args/command.ts";
import { flag, text } from "../../args/options.ts";
import { readUserRequest } from "../../args/session-options.ts";
import { storeSeed } from "../../flows/mfa/store-seed.ts";
import { deviceLabel } from "../../model/aws/device-serial.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa store",
  group: "MFA",
  summary: "keep a device's seed in the keychain, and make its codes here",
  details:
    "The seed is what an app is shown when a device is added: as text, as an otpauth:// URI, or as a QR code. It is read from --qr, from stdin, or typed, hidden; never from the command line. A code of it is sent to AWS first: what AWS refuses is not stored. From then on assume, credential-process and timed rotation need nobody. That has a price: against somebody who works on this machine as you, a code made on it is no second factor.",
  options: {
    qr: text("FILE", "a PNG picture of the QR code"),
    device: text("NAME", "the device, by its name or serial, where there are several"),
    yes: flag("agree to what it costs, without being asked", { short: "y" }),
  },
  examples: [
    { line: "awst mfa store", meaning: "type or paste it, hidden" },
    { line: "awst mfa store --qr qr.png", meaning: "from a screenshot of the QR code" },
    { line: "pass show aws/otp | awst mfa store --yes", meaning: "from what a program prints" },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the device's serial"],
    ["keychain", "system or file"],
    ["before", "what was stored before: none, same, or other"],
  ],
  async run(context: Context, args) {
    const picture = args.qr;
    const device = args.device;
    const isConfirmed = args.yes;
    const { retry } = readUserRequest(args);
    const wanted = { identity: args.identity, device, picture, isConfirmed, retry };
    const kept = await storeSeed(context, wanted);
    if (kept === undefined) {
      context.say("nothing was stored");
      return { exitStatus: 1 };
    }
    if (args.json) await context.out(`${JSON.stringify({ version: 1, ...kept })}\n`);
    const how = { none: "", same: ", as it was", other: " in the place of another" }[kept.before];
    context.say(`the seed of ${deviceLabel(kept.device)} is stored${how}; AWS took a code of it`);
    if (picture !== undefined) context.say(`${picture} still shows the seed: remove it`);
    return {};
  },
});
