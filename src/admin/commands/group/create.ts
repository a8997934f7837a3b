// `awst admin group create`: the common and category groups that are missing.

import { defineCommand } from "../../../args/command.ts";
import { text } from "../../../args/options.ts";
import { successNotes } from "../../../output/style.ts";
import type { Context } from "../../../ports.ts";
import { createGroups, missingGroups } from "../../flows/sort-groups.ts";
import { openAdmin } from "../../open-admin.ts";
import { asOptions, confirmPlan, needsText, planOptions, readRules } from "../../open-command.ts";
import { stoppedJson } from "../../output/stopped-report.ts";
import { carryOut } from "../../stop-calls.ts";

export const command = defineCommand({
  name: "admin group create",
  group: "Administration",
  summary: "create the common and category groups that are missing",
  details: `The groups are those of [admin.groups], or of a file of AWS-recipes. ${needsText("group create")}`,
  options: {
    ...asOptions,
    ...planOptions,
    recipes: text("FILE", "read the rules from this file of AWS-recipes"),
  },
  examples: [
    {
      line: "awst admin group create --recipes default.json",
      meaning: "groups of AWS-recipes' file",
    },
  ],
  json: [
    ["state", "planned, created, unchanged, or stopped: the groups are those that were made"],
    ["groups[]", "the groups that were missing"],
    ["error", "why it stopped, or null"],
  ],
  async run(context: Context, args) {
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    const rules = await readRules(context, settings.groups, args.recipes);
    const missing = await missingGroups(admin, rules);
    const json = (state: string) => ({ state, groups: missing, error: null });
    if (missing.length === 0) return { json: json("unchanged"), notes: ["every group is there"] };
    const lines = missing.map((group) => `create group ${group}`);
    if (args.dryRun)
      return { json: json("planned"), text: lines.map((line) => `${line}\n`).join("") };
    for (const line of lines) context.say(line);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question:
        missing.length === 1 ? "Create this group?" : `Create these ${missing.length} groups?`,
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    return carryOut(async () => {
      const { created, error } = await createGroups(admin, missing);
      return {
        json: { groups: created, ...stoppedJson(error, "created") },
        notes: successNotes(created.length === 0 ? [] : [`created ${created.join(", ")}`]),
        failure: error,
      };
    });
  },
});
