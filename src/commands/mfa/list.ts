// `awst mfa list`: lists the MFA devices of the IAM user.

import { defineCommand } from "../../args/command.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { listDevices } from "../../flows/mfa/list-devices.ts";
import {
  deviceListingJson,
  deviceTable,
  deviceTableNotes,
} from "../../output/mfa/device-report.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa list",
  group: "MFA",
  summary: "list your MFA devices: kind, date, usable from the command line, seed stored",
  details:
    "Security keys and passkeys (FIDO) are listed too, but work in the console only: STS does not accept them. DEFAULT marks the device whose codes awst asks for: the one in the configuration, otherwise the one last used.",
  options: {
    mfaCode,
  },
  examples: [
    { line: "awst mfa list", meaning: "a table" },
    { line: "awst mfa list --json", meaning: "the same as JSON" },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["userName", "the IAM user's name at AWS"],
    ["devices[].name", "the device's name; a hardware token's serial"],
    ["devices[].serial", "the serial that AWS uses"],
    ["devices[].kind", "virtual, hardware, FIDO, SMS or other"],
    ["devices[].enabledAt", "RFC 3339, UTC"],
    ["devices[].usable", "whether STS accepts its codes"],
    ["devices[].stored", "whether its seed is in the keychain"],
    ["devices[].asked", "whether awst asks for its codes"],
    [
      "unfinished.adding, .replacing, .removing",
      "name of a device whose change is not complete, or null",
    ],
  ],
  async run(context: Context, args) {
    const listing = await listDevices(context, args.identity, readUserRequest(args));
    return {
      json: deviceListingJson(listing),
      text: (style) => deviceTable(listing, style),
      notes: deviceTableNotes(listing, args.identity),
    };
  },
});
