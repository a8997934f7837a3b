// `awst admin user tag NAME K=V…`: sets tags. Other tags, the descriptions of keys among them, stay as they are.

import { defineCommand } from "../../../args/command.ts";
import { many, required } from "../../../args/options.ts";
import { AwstError } from "../../../model/errors.ts";
import { successNotes } from "../../../output/style.ts";
import type { Context } from "../../../ports.ts";
import { requireUnprotected } from "../../flows/guard-users.ts";
import { requireDetail } from "../../flows/read-user.ts";
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
    ["state", "planned, changed or unchanged"],
    ["set[]", "names of the tags that are set"],
    ["removed[]", "names of the tags that are removed"],
  ],
  async run(context: Context, args) {
    const wanted = readTags(args.tags);
    checkOwnTags(userNameOf(args.name), wanted);
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    const { name, id, tags } = await requireDetail(admin, await typedUser(args.name, admin));
    const plan = planTags({ name, tags }, wanted);
    const { set } = plan;
    const removed = plan.removed.map((tag) => tag.name);
    const json = (state: string) => ({
      user: name,
      state,
      set: set.map((tag) => tag.name),
      removed,
    });
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
      commandLine: args.fullLine,
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    const now = await requireDetail(admin, name);
    requireUnprotected(now, { protectedNames, forced: args.force });
    if (now.id !== id) {
      throw new AwstError("ADMIN_REFUSED", `${name} is another user than in the plan`, {
        hint: "run the command again",
      });
    }
    if (removed.length > 0) await admin.iam.untagUser(name, removed);
    if (set.length > 0) {
      await admin.iam.tagUser(name, Object.fromEntries(set.map((tag) => [tag.name, tag.value])));
    }
    const changed = [...set.map((tag) => tag.name), ...removed];
    admin.record("user-tagged", { user: name, tags: changed.join(" ") });
    return { json: json("changed"), notes: successNotes([`changed the tags of ${name}`]) };
  },
});
