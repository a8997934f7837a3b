// `awst profile remove [PROFILE…]`: takes profiles that awst owns out of AWS's files.

import { defineCommand } from "../../args/command.ts";
import { many } from "../../args/options.ts";
import { removeProfiles } from "../../flows/profile/remove-profiles.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "profile remove",
  group: "Profiles",
  summary: "take profiles that awst owns out of AWS's files",
  arguments: {
    profiles: many("PROFILE", "names as `profile list` has them; none: every role's profile"),
  },
  examples: [
    { line: 'awst profile remove "main-account AdminAccess"', meaning: "one of them" },
    { line: "awst profile remove", meaning: "those of every role" },
  ],
  json: [["removed", "names"]],
  async run(context: Context, args) {
    const { removed } = await removeProfiles(context, args.profiles);
    if (args.json) await context.out(`${JSON.stringify({ version: 1, removed })}\n`);
    else await context.out(removed.map((name) => `removed  ${name}\n`).join(""));
    if (removed.length === 0) context.say("there is no profile of awst's to remove");
    return {};
  },
});
