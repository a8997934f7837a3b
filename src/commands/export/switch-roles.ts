// awst export switch-roles: prints every offered role as configuration of the browser extension AWS Extend Switch
// Roles. The text contains no secret, and AWS is not called.

import { defineCommand } from "../../args/command.ts";
import { listSwitchRoles } from "../../flows/console/switch-roles.ts";
import { extensionConfiguration } from "../../model/console/switch-roles.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "export switch-roles",
  group: "Profiles",
  summary: "print the roles for the browser extension AWS Extend Switch Roles",
  details:
    "Paste the text into the extension's configuration. Roles that the console can't switch to are skipped with a note: those with an ExternalId, session tags, a source identity or session policies, and those reached via another role. AWS is not called, and the text contains no secret.",
  examples: [
    { line: "awst export switch-roles > switch-roles.ini", meaning: "to paste from" },
    { line: "awst export switch-roles --json", meaning: "with a link for each, for bookmarks" },
  ],
  json: [
    ["roles[].account, .accountId, .role, .region", "roles that the console can switch to"],
    ["roles[].link", "the switch-role link; it contains no secret"],
    ["leftOut[].account, .role, .why", "roles that it can't switch to, and why"],
  ],
  async run(context: Context, args) {
    const { roles, leftOut } = await listSwitchRoles(context, args.identity);
    const listed = roles.map(({ account, role, region, link }) => ({
      account: account.name,
      accountId: account.id,
      role,
      region,
      link,
    }));
    const skipped = leftOut.map(({ account, role, why }) => `skipped ${account} ${role}: ${why}`);
    return {
      json: { roles: listed, leftOut },
      text: extensionConfiguration(roles),
      notes: args.json ? [] : skipped,
    };
  },
});
