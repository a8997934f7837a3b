// `awst profile sync`: writes the profiles of every account and offered role.

import { defineCommand } from "../../args/command.ts";
import { flag } from "../../args/options.ts";
import { syncProfiles } from "../../flows/profile/sync-profiles.ts";
import { notWrittenError, syncNotes, syncText } from "../../output/profile/profile-report.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "profile sync",
  group: "Profiles",
  summary: "write the profiles of every account and offered role",
  details:
    "Removes owned profiles that are no longer configured. Sections that awst did not write stay unchanged.",
  options: {
    dryRun: flag("print what would change, and change nothing"),
  },
  examples: [
    {
      line: "awst profile sync",
      meaning: "update the profiles after a change of the configuration",
    },
    { line: "awst profile sync --dry-run", meaning: "see the changes first" },
  ],
  json: [
    ["userRegions[].name, .region, .configured", "profiles that stay in a region that you set"],
    ["dryRun", "whether nothing was changed"],
    ["written, removed, unchanged", "names"],
    ["repaired", "names of profiles that called a program which no longer exists"],
    ["conflicts[].name, .file, .why", "skipped: the section has other contents"],
    ["conflicts[].line", "the line that has to be changed first, where there is one"],
    ["unwritable[].name, .why", "profiles that can't be written or removed, and why"],
  ],
  async run(context: Context, { dryRun }) {
    const { needSession, ...synced } = await syncProfiles(context, { isDryRun: dryRun });
    const { missing, ...json } = synced;
    return {
      json: { dryRun, ...json },
      failure: notWrittenError(missing),
      text: (style) => syncText(synced, dryRun, style),
      notes: syncNotes(synced, needSession, context.paths),
    };
  },
});
