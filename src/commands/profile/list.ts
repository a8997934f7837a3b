// `awst profile list`: the profiles awst owns or would write, and what is the matter with each.

import { defineCommand } from "../../args/command.ts";
import { listProfiles } from "../../flows/profile/sync-profiles.ts";
import { textTable } from "../../output/text-table.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "profile list",
  group: "Profiles",
  summary: "the profiles awst owns in AWS's files, and those in its way",
  examples: [
    { line: "awst profile list", meaning: "a table" },
    { line: "awst profile list --json", meaning: "for a program" },
  ],
  json: [
    ["profiles[].name", "as AWS_PROFILE takes it"],
    ["profiles[].file", "path of the file it stands in, or would"],
    [
      "profiles[].state",
      "up to date, outdated, missing, conflict, unwritable, left over, keys or own",
    ],
    ["profiles[].why", "what is the matter with it, or null"],
    ["profiles[].account, .role, .identity", "what it is of, or null"],
  ],
  async run(context: Context, args) {
    const profiles = await listProfiles(context);
    const paths = { config: context.paths.awsConfig, credentials: context.paths.awsCredentials };
    if (args.json) {
      const rows = profiles.map((each) => ({
        ...each,
        file: paths[each.file],
        account: each.account ?? null,
        role: each.role ?? null,
        identity: each.identity ?? null,
        why: each.why ?? null,
      }));
      await context.out(`${JSON.stringify({ version: 1, profiles: rows })}\n`);
      return {};
    }
    const rows = profiles.map(({ name, state, file, why }) => [
      name,
      why === undefined ? state : `${state}: ${why}`,
      paths[file],
    ]);
    if (rows.length > 0) await context.out(textTable([["PROFILE", "STATE", "FILE"], ...rows]));
    if (profiles.some(({ state }) => ["missing", "outdated", "left over"].includes(state))) {
      context.say("`awst profile sync` writes what is missing and takes out what is left over");
    }
    return {};
  },
});
