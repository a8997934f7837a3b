// `awst mfa store`: stores a device's seed in the keychain, so that awst makes its codes.

import { defineCommand } from "../../args/command.ts";
import { flag, text } from "../../args/options.ts";
import { readUserRequest } from "../../args/session-options.ts";
import { storeSeed } from "../../flows/mfa/store-seed.ts";
import { seedFileLine, storedSeedLine } from "../../output/mfa/device-report.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa store",
  group: "MFA",
  summary: "store a device's seed in the keychain, so that awst makes its codes",
  details:
    "The seed is what AWS shows to an app when a device is added: text, an otpauth:// URI, or a QR code. awst reads it from --qr, from stdin, or from a hidden prompt; never from the command line. It first sends a code made from the seed to AWS, and stores only a seed whose code AWS accepts. From then on assume, credential-process and scheduled rotation need no input. This weakens the second factor: any program that runs as you can then make codes too.",
  options: {
    qr: text("FILE", "a PNG picture of the QR code"),
    device: text("NAME", "the device, by name or serial, if the user has several"),
    yes: flag("store the seed without a confirmation", { short: "y" }),
  },
  examples: [
    { line: "awst mfa store", meaning: "type or paste the seed, hidden" },
    { line: "awst mfa store --qr qr.png", meaning: "read a screenshot of the QR code" },
    { line: "pass show aws/otp | awst mfa store --yes", meaning: "read what a program prints" },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the device's serial"],
    ["keychain", "system or file"],
    ["before", "what was stored before: none, same or other"],
  ],
  async run(context: Context, args) {
    const { identity, device, yes, qr: picture } = args;
    const { retry } = readUserRequest(args);
    const stored = await storeSeed(context, { identity, device, picture, isConfirmed: yes, retry });
    if (stored === undefined) return { notes: ["nothing was stored"], exitStatus: 1 };
    const line = storedSeedLine(stored.device, stored.before);
    return {
      json: stored,
      notes: successNotes(picture === undefined ? [line] : [line, seedFileLine(picture)]),
    };
  },
});
