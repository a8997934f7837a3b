// `awst admin dormant restore NAME`: gives back the keys that enforcement switched off.

import { defineCommand } from "../../../args/command.ts";
import { required } from "../../../args/options.ts";
import { commandLine } from "../../../model/text/command-line.ts";
import { successNotes } from "../../../output/style.ts";
import type { Context } from "../../../ports.ts";
import { takeSteps } from "../../flows/expected-errors.ts";
import {
  type DormantRestoring,
  dormantRestoringSteps,
  planDormantRestoring,
  restoreDormant,
} from "../../flows/restore-dormant.ts";
import { openAdmin } from "../../open-admin.ts";
import { asOptions, confirmPlan, needsText, planOptions, typedUser } from "../../open-command.ts";
import { stoppedFailure, stoppedJson, stoppedNotes } from "../../output/stopped-report.ts";
import { carryOut } from "../../stop-calls.ts";

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
    ["state", "planned, restored or stopped"],
    ["steps[]", "what is done, in order; of a run that stopped, what was done before"],
    ["keys[]", "ids of the keys that were off"],
    ["hasPassword", "whether the user has a console password"],
    ["error", "why it stopped, or null"],
  ],
  async run(context: Context, args) {
    const { admin } = await openAdmin(context, { ...args, code: args.mfaCode });
    const plan = await planDormantRestoring(admin, await typedUser(args.name, admin));
    const steps = dormantRestoringSteps(plan);
    const line = `${plan.user}: ${steps.join("; ")}`;
    if (args.dryRun) {
      return { json: jsonOf(plan, steps, { state: "planned", error: null }), text: `${line}\n` };
    }
    context.say(line);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question: `Restore ${plan.user}?`,
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    return carryOut(async () => {
      const {
        value: restored = plan,
        done,
        error,
      } = await takeSteps((each) => restoreDormant(admin, plan, each));
      const { user, keys, hasPassword } = restored;
      const json = jsonOf(restored, done, stoppedJson(error, "restored"));
      if (error !== undefined) {
        const failure = stoppedFailure(error, commandLine(args.fullLine));
        return { json, notes: stoppedNotes(user, done), failure };
      }
      const notes = [
        `restored ${user}: ${keys.length === 0 ? "no key was off" : keys.join(", ")}`,
        ...(hasPassword ? [] : [`to give the user a password: awst admin user password ${user}`]),
      ];
      return { json, notes: successNotes(notes) };
    });
  },
});

function jsonOf(
  { user, keys, hasPassword }: DormantRestoring,
  steps: readonly string[],
  state: { readonly state: string; readonly error: string | null },
): object {
  return { user, steps, keys, hasPassword, ...state };
}
