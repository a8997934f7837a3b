// awst export switch-roles: every offered role as configuration of the browser extension AWS Extend Switch
// Roles. No secret is in it, and nothing is called.

import { defineCommand } from "../../args/command.ts";
import { listSwitchRoles } from "../../flows/console/switch-roles.ts";
import { extensionConfiguration } from "../../model/console/switch-roles.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "export switch-roles",
  group: "Profiles",
  summary: "print every offered role for the browser extension AWS Extend Switch Roles",
  details:
    "The text goes into the extension's configuration as it is. Roles that the console can't switch to (an ExternalId, session tags, a source identity, session policies, reached via another) are left out, and said. Nothing is called; no secret is in it.",
  examples: [
    { line: "awst export switch-roles > switch-roles.ini", meaning: "to paste from" },
    { line: "awst export switch-roles --json", meaning: "with a link for each, for bookmarks" },
  ],
  json: [
    ["roles[].account, .accountId, .role, .region", "what can be switched to"],
    ["roles[].link", "the console's switch-role link; no secret"],
    ["leftOut[].account, .role, .why", "what can't"],
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
