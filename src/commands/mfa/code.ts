// `awst mfa code`: prints the current code of a device whose seed is in the keychain.

import { defineCommand } from "../../args/command.ts";
import { text } from "../../args/options.ts";
import { generateCode } from "../../flows/mfa/store-seed.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { codeLines } from "../../output/mfa/device-report.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa code",
  group: "MFA",
  summary: "print the current code of a device whose seed is stored",
  details:
    "For the console's sign-in page, or another program. The code does not count as used; a note is printed if awst sent the code already.",
  options: {
    device: text("NAME", "the device, by name or serial, if the user has several"),
  },
  examples: [
    { line: "awst mfa code", meaning: "six digits on stdout, the seconds left on stderr" },
    { line: "awst mfa code --json", meaning: "the code, its end and the seconds left as JSON" },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the device's serial"],
    ["code", "six digits; a secret until it expires"],
    ["endsAt", "RFC 3339, UTC, by AWS's clock"],
    ["secondsLeft", "seconds until then"],
    ["wasSent", "whether awst sent it already: AWS accepts a code once"],
  ],
  skipsBackgroundReports: () => true,
  async run(context: Context, args) {
    const { identity, device, ...made } = await generateCode(context, {
      identity: args.identity,
      device: args.device,
    });
    const { secondsLeft, wasSent } = made;
    const code = made.code.reveal();
    return {
      json: { identity, device, code, endsAt: rfc3339(made.endsAt), secondsLeft, wasSent },
      text: `${code}\n`,
      notes: codeLines(device, made),
    };
  },
});
