// `awst admin dormant restore NAME`: gives back the keys that enforcement switched off.

import { defineCommand } from "../../../args/command.ts";
import { required } from "../../../args/options.ts";
import { successNotes } from "../../../output/style.ts";
import type { Context } from "../../../ports.ts";
import {
  type DormantRestoring,
  planDormantRestoring,
  restoreDormant,
} from "../../flows/restore-dormant.ts";
import { restoredTag } from "../../model/restoring.ts";
import { openAdmin } from "../../open-admin.ts";
import { asOptions, confirmPlan, needsText, planOptions, typedUser } from "../../open-command.ts";

export const command = defineCommand({
  name: "admin dormant restore",
  group: "Administration",
  summary: "switch on the keys of a user that was disabled as dormant",
  details: `The user counts as used from today on. A password is made anew. ${needsText("dormant restore")}`,
  arguments: { name: required("NAME", "the user's name; case does not matter") },
  options: { ...asOptions, ...planOptions },
  examples: [{ line: "awst admin dormant restore alice", meaning: "keys on, warning off" }],
  json: [
    ["user", "the user's name"],
    ["state", "planned or restored"],
    ["keys[]", "ids of the keys that are switched on"],
    ["hasPassword", "whether the user has a console password"],
  ],
  async run(context: Context, args) {
    const { admin } = await openAdmin(context, { ...args, code: args.mfaCode });
    const plan = await planDormantRestoring(admin, await typedUser(args.name, admin));
    const steps = [
      ...plan.keys.map((key) => `switch on key ${key}`),
      `tag ${restoredTag}`,
      `remove the ${plan.removedTags.length === 1 ? "tag" : "tags"} ${plan.removedTags.join(", ")}`,
    ];
    const line = `${plan.user}: ${steps.join("; ")}`;
    if (args.dryRun) return { json: jsonOf(plan, "planned"), text: `${line}\n` };
    context.say(line);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question: `Restore ${plan.user}?`,
      commandLine: args.fullLine,
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    const restored = await restoreDormant(admin, plan);
    const { user, keys, hasPassword } = restored;
    const notes = [
      `restored ${user}: ${keys.length === 0 ? "no key was off" : keys.join(", ")}`,
      ...(hasPassword ? [] : [`to give the user a password: awst admin user password ${user}`]),
    ];
    return { json: jsonOf(restored, "restored"), notes: successNotes(notes) };
  },
});

function jsonOf({ user, keys, hasPassword }: DormantRestoring, state: string): object {
  return { user, state, keys, hasPassword };
}
