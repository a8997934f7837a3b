// `awst admin group check`: whether every user is in the common groups and in one category. For CI.

import { defineCommand } from "../../../args/command.ts";
import { text } from "../../../args/options.ts";
import { AwstError } from "../../../model/errors.ts";
import { countText } from "../../../model/text/count-text.ts";
import type { Context } from "../../../ports.ts";
import { planSorting } from "../../flows/sort-groups.ts";
import { followsRules, sortCommand } from "../../model/group-rules.ts";
import { openAdmin } from "../../open-admin.ts";
import { asOptions, needsText, readRules } from "../../open-command.ts";
import { sortingJson, sortingLines } from "../../output/group-report.ts";

export const command = defineCommand({
  name: "admin group check",
  group: "Administration",
  summary: "check that every user is in the common groups and in one category",
  details: `Ends with status 1 and the list of users who do not follow the rules. Protected users, whom \`awst admin group sort\` does not change, are listed and do not count. ${needsText("group check")}`,
  options: {
    ...asOptions,
    recipes: text("FILE", "read the rules from this file of AWS-recipes"),
  },
  examples: [
    { line: "awst admin group check", meaning: "for CI: status 1 if anything is left to sort" },
  ],
  json: [
    ["users[].user, .category", "name; its category, or null: to be chosen"],
    ["users[].add, .remove", "groups to join and to leave"],
    ["users[].joined, .left", "groups that it was added to and taken out of, none by this command"],
    [
      "users[].alsoMatching, .tooMany",
      "further categories that match; categories it is in, where they are several",
    ],
    ["users[].state, .error", "planned: `group sort` changes it; or unchanged; null"],
  ],
  async run(context: Context, args) {
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    const rules = await readRules(context, settings.groups, args.recipes);
    const options = { strict: false, fix: true, defaultCategory: undefined, chosen: new Map() };
    const { recipes } = args;
    const sort = [
      ...["awst", "admin", "group", "sort"],
      ...(recipes === undefined ? [] : ["--recipes", recipes]),
    ];
    const guards = { protectedNames: settings.protectedNames, forced: [] };
    const users = await planSorting(admin, rules, options, { recipes, guards });
    const left = users.filter((each) => !followsRules(each) && each.refusal === undefined);
    const skipped = users.filter(({ refusal }) => refusal !== undefined);
    return {
      json: sortingJson(left, []),
      text: sortingLines(left)
        .map((line) => `${line}\n`)
        .join(""),
      notes: skipped.map(({ user, refusal }) => `${user}: not checked, because ${refusal}`),
      failure:
        left.length === 0
          ? undefined
          : new AwstError(
              "ADMIN_INCOMPLETE",
              `the rules do not hold for ${countText(left.length, "user")}`,
              { hint: sortCommand(left, sort) },
            ),
    };
  },
});
