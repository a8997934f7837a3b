// `awst profile list`: lists the profiles that awst owns or would write, and the state of each.

import { defineCommand } from "../../args/command.ts";
import { listProfiles } from "../../flows/profile/sync-profiles.ts";
import {
  profilesJson,
  profileTable,
  profileTableNotes,
} from "../../output/profile/profile-report.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "profile list",
  group: "Profiles",
  summary: "list the profiles that awst owns or would write, and their state",
  examples: [
    { line: "awst profile list", meaning: "a table" },
    { line: "awst profile list --json", meaning: "the same as JSON" },
  ],
  json: [
    ["profiles[].name", "the name for AWS_PROFILE"],
    ["profiles[].file", "path of the file that contains the profile, or would"],
    [
      "profiles[].state",
      "up to date, outdated, missing, conflict, unwritable, unreadable, left over, keys, no keys or own",
    ],
    ["profiles[].why", "the reason for conflict, unwritable and unreadable, or null"],
    ["profiles[].line", "the line that has to be changed first, or null"],
    [
      "profiles[].account, .role, .identity",
      "the account, role and identity of the profile, or null",
    ],
    [
      "unreadableLines[].file, .line, .message, .hint",
      "lines that other tools refuse or misread, and what to change",
    ],
  ],
  async run(context: Context) {
    const { profiles, problems } = await listProfiles(context);
    return {
      json: () => profilesJson(profiles, problems, context.paths),
      text: (style) => profileTable(profiles, context.paths, style),
      notes: profileTableNotes(profiles, problems, context.paths),
    };
  },
});
