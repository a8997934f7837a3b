// `awst admin user tag NAME K=V…`: sets tags. Other tags, the descriptions of keys among them, stay as they are.

import { defineCommand } from "../../../args/command.ts";
import { many, required } from "../../../args/options.ts";
import { commandLine } from "../../../model/text/command-line.ts";
import { successNotes } from "../../../output/style.ts";
import type { Context } from "../../../ports.ts";
import { takeSteps } from "../../flows/expected-errors.ts";
import { requireUnprotected } from "../../flows/guard-users.ts";
import { requireDetail } from "../../flows/read-user.ts";
import { changeTags, removeText, setText } from "../../flows/tag-user.ts";
import { userNameOf } from "../../model/user-arn.ts";
import { checkOwnTags, planTags, readTags, tagLines } from "../../model/user-tags.ts";
import { openAdmin } from "../../open-admin.ts";
import {
  asOptions,
  confirmPlan,
  guardOptions,
  needsText,
  planOptions,
  typedUser,
} from "../../open-command.ts";
import { stoppedFailure, stoppedJson, stoppedNotes } from "../../output/stopped-report.ts";
import { carryOut } from "../../stop-calls.ts";

export const command = defineCommand({
  name: "admin user tag",
  group: "Administration",
  summary: "set tags of a user",
  details: `A tag without a value (K=) is removed. awst:protected=true protects a user; other tags whose names begin with awst: are written by awst alone. ${needsText("user tag")}`,
  arguments: {
    name: required("NAME", "the user's name; case does not matter"),
    tags: many("K=V", "tags and their values"),
  },
  options: { ...asOptions, ...planOptions, force: guardOptions.force },
  examples: [{ line: "awst admin user tag alice team=platform", meaning: "sets one tag" }],
  json: [
    ["user", "the user's name"],
    ["state", "planned, changed, unchanged or stopped"],
    ["set[]", "names of the tags that are set; of a run that stopped, those that were"],
    ["removed[]", "the same of the tags that are removed"],
    ["error", "why it stopped, or null"],
  ],
  async run(context: Context, args) {
    const wanted = readTags(args.tags);
    checkOwnTags(userNameOf(args.name), wanted);
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    const { name, id, tags } = await requireDetail(admin, await typedUser(args.name, admin));
    const plan = planTags({ name, tags }, wanted);
    const { set } = plan;
    const removed = plan.removed.map((tag) => tag.name);
    const setNames = set.map((tag) => tag.name);
    const json = (state: string) => ({ user: name, state, set: setNames, removed, error: null });
    if (set.length + removed.length === 0) {
      return { json: json("unchanged"), notes: [`${name}: nothing to do`] };
    }
    const { protectedNames } = settings;
    requireUnprotected({ name, tags }, { protectedNames, forced: args.force });
    const line = `${name}: ${tagLines(plan, name).join("; ")}`;
    if (args.dryRun) return { json: json("planned"), text: `${line}\n` };
    context.say(line);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question: `Change the tags of ${name}?`,
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    return carryOut(async () => {
      const guards = { protectedNames, forced: args.force };
      const { done, error } = await takeSteps((steps) =>
        changeTags(admin, { name, id }, plan, guards, steps),
      );
      const result = {
        user: name,
        set: setNames.filter((tag) => done.includes(setText(tag))),
        removed: removed.filter((tag) => done.includes(removeText(tag))),
        ...stoppedJson(error, "changed"),
      };
      if (error !== undefined) {
        const failure = stoppedFailure(error, commandLine(args.fullLine));
        return { json: result, notes: stoppedNotes(name, done), failure };
      }
      return { json: result, notes: successNotes([`changed the tags of ${name}`]) };
    });
  },
});
