// `awst profile remove [PROFILE…]`: removes profiles that awst owns from AWS's files.

import { defineCommand } from "../../args/command.ts";
import { many } from "../../args/options.ts";
import { removeProfiles } from "../../flows/profile/remove-profiles.ts";
import { removedProfilesText } from "../../output/profile/profile-report.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "profile remove",
  group: "Profiles",
  summary: "remove profiles that awst owns from AWS's files",
  arguments: {
    profiles: many(
      "PROFILE",
      "names that `profile list` prints; default: the profile of every role",
    ),
  },
  examples: [
    { line: 'awst profile remove "main-account AdminAccess"', meaning: "remove one profile" },
    { line: "awst profile remove", meaning: "remove the profile of every role" },
  ],
  json: [["removed", "names of the removed profiles"]],
  async run(context: Context, args) {
    const { removed } = await removeProfiles(context, args.profiles);
    return {
      json: { removed },
      text: (style) => removedProfilesText(removed, style),
      notes: removed.length === 0 ? ["awst owns no profile to remove"] : [],
    };
  },
});
