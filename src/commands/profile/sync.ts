// `awst profile sync`: the profiles of every account and offered role.

import { defineCommand } from "../../args/command.ts";
import { flag } from "../../args/options.ts";
import { syncProfiles } from "../../flows/profile/sync-profiles.ts";
import { conflictLines } from "../../output/profile/profile-obstacles.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "profile sync",
  group: "Profiles",
  summary: "write the profiles of every account and offered role",
  details: "Owned profiles that are no longer configured go; what others wrote is left alone.",
  options: {
    dryRun: flag("say what would change, and change nothing"),
  },
  examples: [
    { line: "awst profile sync", meaning: "after a change of the configuration" },
    { line: "awst profile sync --dry-run", meaning: "see first" },
  ],
  json: [
    ["dryRun", "whether nothing was changed"],
    ["written, removed, unchanged", "names"],
    ["repaired", "names whose line named a program that is gone"],
    ["conflicts[].name, .file, .why", "left alone: something else stands there"],
    ["unwritable[].name, .why", "names that no section can have"],
  ],
  async run(context: Context, args) {
    const isDryRun = args.dryRun;
    const { needSession, ...done } = await syncProfiles(context, { isDryRun });
    for (const line of conflictLines(done, context.paths)) context.say(line);
    if (needSession)
      context.say('with mode = "keys", `awst assume` writes a profile with its keys');
    if (args.json) {
      await context.out(`${JSON.stringify({ version: 1, dryRun: isDryRun, ...done })}\n`);
      return {};
    }
    const { written, removed, repaired, unchanged } = done;
    const will = isDryRun ? "would be " : "";
    const lines = [
      ...written.map((name) => `${will}written  ${name}`),
      ...repaired.map((name) => `${will}repaired ${name}`),
      ...removed.map((name) => `${will}removed  ${name}`),
    ];
    await context.out(lines.map((line) => `${line}\n`).join(""));
    const count = unchanged.length;
    if (count > 0)
      context.say(`${count} ${count === 1 ? "profile was" : "profiles were"} up to date`);
    return {};
  },
});
