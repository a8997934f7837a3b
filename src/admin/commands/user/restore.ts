// `awst admin user restore NAME`: brings back a user who was off-boarded.

import { defineCommand } from "../../../args/command.ts";
import { required } from "../../../args/options.ts";
import { AwstError } from "../../../model/errors.ts";
import { commandLine } from "../../../model/text/command-line.ts";
import { successNotes } from "../../../output/style.ts";
import type { Context } from "../../../ports.ts";
import { takeSteps } from "../../flows/expected-errors.ts";
import { planRestore, restoreText, restoreUser } from "../../flows/restore-user.ts";
import { requireTypedPath } from "../../model/user-arn.ts";
import { openAdmin } from "../../open-admin.ts";
import { asOptions, confirmPlan, needsText, planOptions, typedUser } from "../../open-command.ts";
import { stoppedFailure, stoppedJson, stoppedNotes } from "../../output/stopped-report.ts";
import { carryOut } from "../../stop-calls.ts";

export const command = defineCommand({
  name: "admin user restore",
  group: "Administration",
  summary: "bring back a user who was off-boarded",
  details: `Before the deletion: keys and other credentials are as they were before the cut. After it: a new user with the same path, tags, groups, policies, boundary and public keys, from the record on this machine; the plan says what does not come back. The password is made anew. ${needsText("user restore")}`,
  arguments: { name: required("NAME", "the user's name") },
  options: { ...asOptions, ...planOptions },
  examples: [{ line: "awst admin user restore alice", meaning: "shows the plan, and asks" }],
  json: [
    ["user", "the user's name"],
    ["kind", "switch on: the user was there; create: it was deleted"],
    ["state", "planned, restored or stopped"],
    ["steps[]", "what is done, in order; of a run that stopped, what was done before"],
    ["missing[]", "steps whose group or policy is gone"],
    ["lost[]", "what does not come back"],
    ["inactive[]", "keys and other credentials that were inactive, and stay so"],
    ["error", "why it stopped, or null"],
  ],
  async run(context: Context, args) {
    const { admin } = await openAdmin(context, { ...args, code: args.mfaCode });
    const plan = await planRestore(admin, await typedUser(args.name, admin));
    if (plan.kind === "create") requireTypedPath(args.name, plan.record?.path);
    const { user, kind, lost } = plan;
    const planned = plan.steps.map(restoreText);
    const inactive = plan.inactive.map(({ what }) => what);
    const inactiveLines = plan.inactive.map(
      ({ what, line }) => `stays inactive: ${what}; to switch it on: ${line}`,
    );
    const lines = [
      `${user}: ${planned.join("; ")}`,
      ...(lost.length === 0 ? [] : [`cannot be restored: ${lost.join("; ")}`]),
      ...inactiveLines,
    ];
    if (args.dryRun) {
      const text = lines.map((line) => `${line}\n`).join("");
      const state = { state: "planned", error: null };
      return { json: { user, kind, steps: planned, missing: [], lost, inactive, ...state }, text };
    }
    for (const line of lines) context.say(line);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question: `Restore ${user}?`,
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    return carryOut(async () => {
      const {
        value: missing = [],
        done,
        error,
      } = await takeSteps((steps) => restoreUser(admin, plan, steps));
      const state = stoppedJson(error, "restored");
      const json = { user, kind, steps: done, missing, lost, inactive, ...state };
      if (error !== undefined) {
        const failure = stoppedFailure(error, commandLine(args.fullLine));
        return { json, notes: stoppedNotes(user, done), failure };
      }
      return {
        json,
        notes: successNotes([
          `restored ${user}`,
          ...missing.map((each) => `not done, because it no longer exists: ${each}`),
          ...inactiveLines,
          `to give the user a password: awst admin user password ${user}`,
        ]),
        failure:
          missing.length === 0
            ? undefined
            : new AwstError(
                "ADMIN_INCOMPLETE",
                `${user} is restored without ${missing.length} of its parts`,
              ),
      };
    });
  },
});
