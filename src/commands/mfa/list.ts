// `awst mfa list`: the user's own MFA devices.

import { defineCommand } from "../../args/command.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { listDevices } from "../../flows/mfa/list-devices.ts";
import { fidoNote, mfaCommand } from "../../model/mfa/own-devices.ts";
import {
  deviceListingJson,
  deviceTable,
  unfinishedLines,
} from "../../output/mfa/device-listing.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "mfa list",
  group: "MFA",
  summary: "own MFA devices: kind, since when, usable here, seed stored here",
  details:
    "Security keys and passkeys (FIDO) are listed too: they are for the console, STS takes no answer of theirs. ASKED marks the device whose codes are asked for: the one of the configuration, else the one last used.",
  options: {
    mfaCode,
  },
  examples: [
    { line: "awst mfa list", meaning: "a table" },
    { line: "awst mfa list --json", meaning: "the same for a program" },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["userName", "the IAM user's name at AWS"],
    ["devices[].name", "its name; a hardware token's serial"],
    ["devices[].serial", "as AWS names it"],
    ["devices[].kind", "virtual, hardware, FIDO, SMS or other"],
    ["devices[].enabledAt", "RFC 3339, UTC"],
    ["devices[].usable", "whether STS takes its codes"],
    ["devices[].stored", "whether its seed is kept here"],
    ["devices[].asked", "whether its codes are asked for"],
    [
      "unfinished.adding, .replacing, .removing",
      "name of a device with which that was begun, or null",
    ],
  ],
  async run(context: Context, args) {
    const wish = readUserRequest(args);
    const listing = await listDevices(context, args.identity, wish);
    const json = `${JSON.stringify(deviceListingJson(listing), null, 2)}\n`;
    await context.out(args.json ? json : deviceTable(listing));
    const serials = listing.devices.map(({ serial }) => serial);
    const fido = fidoNote(serials, args.identity);
    if (fido !== undefined) context.say(fido);
    if (serials.length === 0) {
      context.say(
        `user ${listing.userName} has no MFA device: ${mfaCommand(args.identity, "add")}`,
      );
    }
    for (const line of unfinishedLines(listing, args.identity)) context.say(line);
    return {};
  },
});
