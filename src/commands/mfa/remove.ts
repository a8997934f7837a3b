// `awst mfa remove [NAME]`: removes an MFA device.

import { defineCommand } from "../../args/command.ts";
import { flag, optional, text } from "../../args/options.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { removeDevice } from "../../flows/mfa/remove-device.ts";
import { configuredLine, removedLine } from "../../output/mfa/device-report.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa remove",
  group: "MFA",
  summary: "remove an MFA device",
  details:
    "Asks, deactivates the device and then deletes it, in an MFA session. The last device that makes codes is removed only with --force. If AWS denies the deletion, the device no longer works, and only its name stays in use.",
  arguments: {
    name: optional("NAME", "the device, by name or serial; needed where there are several"),
  },
  options: {
    device: text("NAME", "the same as NAME"),
    force: flag("remove even the last device that makes codes"),
    yes: flag("do not ask", { short: "y" }),
    mfaCode,
  },
  conflicts: { device: ["name"] },
  examples: [{ line: "awst mfa remove old-phone", meaning: "a lost phone" }],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the serial of the removed device"],
    ["deleted", "false: deactivated only, AWS denied the deletion"],
  ],
  async run(context: Context, args) {
    const removed = await removeDevice(context, {
      identity: args.identity,
      device: args.name ?? args.device,
      force: args.force,
      isConfirmed: args.yes,
      user: readUserRequest(args),
    });
    if (removed === undefined) return { exitStatus: 1, notes: ["no device was removed"] };
    const { identity, serial, deletionDenied, others, configured } = removed;
    const done = removedLine(serial, deletionDenied);
    return {
      json: { identity, device: serial, deleted: !deletionDenied },
      notes: successNotes(
        configured === undefined ? [done] : [done, configuredLine(configured, others[0])],
      ),
    };
  },
});
