// `awst admin group sort`: each user into the common groups, and into exactly one category.

import { defineCommand } from "../../../args/command.ts";
import { flag, text } from "../../../args/options.ts";
import { AwstError } from "../../../model/errors.ts";
import { countText } from "../../../model/text/count-text.ts";
import type { Context } from "../../../ports.ts";
import { findBug } from "../../flows/expected-errors.ts";
import {
  carryOutSorting,
  isSortedNow,
  type PlannedSorting,
  planSorting,
} from "../../flows/sort-groups.ts";
import type { GroupRules } from "../../model/admin-settings.ts";
import { findCategory, sortCommand } from "../../model/group-rules.ts";
import { openAdmin } from "../../open-admin.ts";
import {
  asOptions,
  confirmPlan,
  guardOptions,
  needsText,
  planOptions,
  readRules,
} from "../../open-command.ts";
import { sortingJson, sortingLines, stoppedText } from "../../output/group-report.ts";
import { carryOut } from "../../stop-calls.ts";

export const command = defineCommand({
  name: "admin group sort",
  group: "Administration",
  summary: "put every user into the common groups and into one category",
  details: `A category is found by its pattern, matched from the start of the user's name; the first that matches counts. Where none matches, a terminal asks, or --default-category answers. Users are never taken out of a group without --fix; protected users stay as they are without --force NAME. ${needsText("group sort")}`,
  options: {
    ...asOptions,
    ...planOptions,
    force: guardOptions.force,
    recipes: text("FILE", "read the rules from this file of AWS-recipes"),
    strict: flag("ask where several patterns match"),
    fix: flag(
      "move users that are in several categories into the one that matches; where none does, a terminal asks",
    ),
    defaultCategory: text(
      "GROUP",
      "the category of users whom no pattern matches; one of the rules",
    ),
  },
  examples: [
    { line: "awst admin group sort --dry-run", meaning: "who would join which group" },
    {
      line: "awst admin group sort --recipes default.json --yes",
      meaning: "by AWS-recipes' rules",
    },
  ],
  json: [
    ["users[].user, .category", "name; its category, or null: to be chosen"],
    ["users[].add, .remove", "groups to join and to leave"],
    ["users[].joined, .left", "groups that it was added to and taken out of, also before an error"],
    [
      "users[].alsoMatching, .tooMany",
      "further categories that match; categories it is in, where they are several",
    ],
    [
      "users[].state, .error",
      "planned, sorted, unchanged (no group follows from the rules), refused (a protected user) or stopped; why, or null",
    ],
  ],
  async run(context: Context, args) {
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    const rules = await readRules(context, settings.groups, args.recipes);
    const { strict, fix } = args;
    const defaultCategory =
      args.defaultCategory === undefined ? undefined : findCategory(rules, args.defaultCategory);
    const { protectedNames } = settings;
    const more = { recipes: args.recipes, guards: { protectedNames, forced: args.force } };
    const options = { strict, fix, defaultCategory, chosen: new Map<string, string>() };
    let users = await planSorting(admin, rules, options, more);
    if (!args.dryRun && (await askForCategories(context, rules, users, options.chosen))) {
      users = await planSorting(admin, rules, options, more);
    }
    const shown = users.filter(
      ({ add, remove, needsCategory, tooMany }) =>
        add.length + remove.length + tooMany.length > 0 || needsCategory,
    );
    const lines = sortingLines(shown);
    // What this command line leaves as it is.
    const open = users.filter(
      ({ needsCategory, tooMany, remove, refusal }) =>
        refusal === undefined && (needsCategory || (tooMany.length > 0 && remove.length === 0)),
    );
    const advice =
      open.length === 0
        ? []
        : [
            `${countText(open.length, "user")} not sorted into one category; to choose it: ${sortCommand(open, args.fullLine)}`,
          ];
    const changing = users.filter(isSortedNow);
    if (args.dryRun || changing.length === 0) {
      const printed = lines.map((line) => `${line}\n`).join("");
      return { json: sortingJson(shown, []), text: printed, notes: advice };
    }
    for (const line of lines) context.say(line);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question: `Change the groups of ${countText(changing.length, "user")}?`,
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    return carryOut(async () => {
      const results = await carryOutSorting(admin, changing);
      const stopped = results.filter(({ error }) => error !== undefined);
      return {
        json: sortingJson(shown, results),
        notes: [
          `sorted ${countText(results.length - stopped.length, "user")}`,
          ...stopped.map(stoppedText),
          ...advice,
        ],
        failure:
          stopped.length === 0
            ? undefined
            : (findBug(results) ??
              new AwstError(
                "ADMIN_INCOMPLETE",
                `${countText(stopped.length, "user")} not sorted; when the cause is repaired, run the command again`,
              )),
      };
    });
  },
});

/** Returns whether anything was asked. Without a terminal the users stay in the list. */
async function askForCategories(
  context: Context,
  { categories }: GroupRules,
  users: readonly PlannedSorting[],
  chosen: Map<string, string>,
): Promise<boolean> {
  const open = users.filter(({ needsCategory, refusal }) => needsCategory && refusal === undefined);
  const terminal = await context.terminal();
  if (open.length === 0 || !terminal.isHere()) return false;
  const choices = [
    ...categories.map(({ group }) => ({ label: group, value: group })),
    { label: "none of them", value: "" },
  ];
  for (const { user } of open) {
    const group = await terminal.choose({ text: `Category of ${user}` }, choices);
    if (group !== "") chosen.set(user, group);
  }
  return true;
}
