// `awst admin user show NAME`: everything that belongs to one user.

import { defineCommand } from "../../../args/command.ts";
import { required } from "../../../args/options.ts";
import type { Context } from "../../../ports.ts";
import { requireUser } from "../../flows/read-user.ts";
import { openAdmin } from "../../open-admin.ts";
import { asOptions, needsText, typedUser } from "../../open-command.ts";
import { inventoryJson, inventoryText } from "../../output/user-report.ts";

export const command = defineCommand({
  name: "admin user show",
  group: "Administration",
  summary: "show everything that belongs to a user",
  details: `That is what \`awst admin user offboard\` would remove. ${needsText("user show")}`,
  arguments: { name: required("NAME", "the user's name; case does not matter") },
  options: asOptions,
  examples: [
    { line: "awst admin user show alice", meaning: "keys, devices, groups, policies, tags" },
  ],
  json: [
    ["user, userId, arn, createdAt", "who"],
    ["tags[].key, .value", "the user's tags"],
    ["boundary", "ARN of the permissions boundary, or null"],
    ["passwordCreatedAt", "RFC 3339, UTC, or null: no password"],
    ["keys[].id, .status, .createdAt", "access keys"],
    [
      "devices[], unassignedDevices[]",
      "serials of MFA devices; virtual ones of that name that are not assigned",
    ],
    ["sshKeys[], certificates[], serviceCredentials[]", "each with id and status"],
    ["groups[], inlinePolicies[], attachedPolicies[]", "names; ARNs"],
  ],
  async run(context: Context, args) {
    const { admin } = await openAdmin(context, { ...args, code: args.mfaCode });
    const inventory = await requireUser(admin, await typedUser(args.name, admin));
    return { json: inventoryJson(inventory), text: inventoryText(inventory) };
  },
});
