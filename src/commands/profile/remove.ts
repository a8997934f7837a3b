// `awst profile remove [PROFILE…]`: removes profiles that awst owns from AWS's files.

import { defineCommand } from "../../args/command.ts";
import { flag, many } from "../../args/options.ts";
import { removeProfiles } from "../../flows/profile/remove-profiles.ts";
import { blockedLines, removedProfilesText } from "../../output/profile/profile-report.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "profile remove",
  group: "Profiles",
  summary: "remove profiles that awst owns from AWS's files",
  details:
    "Lines that you added to a section stay. A profile that `import --take-over` took over from another tool gets its own lines back. Without names, the command shows what it would remove, and asks.",
  arguments: {
    profiles: many(
      "PROFILE",
      "names that `profile list` prints; default: the profile of every role",
    ),
  },
  options: { yes: flag("do not ask", { short: "y" }) },
  examples: [
    { line: 'awst profile remove "main-account AdminAccess"', meaning: "remove one profile" },
    { line: "awst profile remove", meaning: "remove the profile of every role; asks first" },
  ],
  json: [
    ["removed", "names of the removed profiles"],
    ["restored", "those of them that another tool has again"],
    ["others[].name, .configuration", "profiles of other configurations, which stay"],
    ["conflicts[].name, .file, .why, .line", "profiles that stay because of a line"],
  ],
  async run(context: Context, args) {
    const done = await removeProfiles(context, args.profiles, { isConfirmed: args.yes });
    if (done === undefined) return { notes: ["nothing was removed"], exitStatus: 1 };
    const { removed, others, conflicts } = done;
    return {
      json: done,
      text: (style) => removedProfilesText(done, style),
      notes: [
        ...(removed.length + conflicts.length === 0 ? ["awst owns no profile to remove"] : []),
        ...others.map(
          ({ name, configuration }) =>
            `profile ${JSON.stringify(name)} stays: it belongs to the configuration ${configuration}`,
        ),
        ...blockedLines(conflicts, "the lines of profile", context.paths),
      ],
    };
  },
});
