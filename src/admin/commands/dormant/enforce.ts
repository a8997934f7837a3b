// `awst admin dormant enforce`: warns dormant users, and later disables their access.

import { defineCommand } from "../../../args/command.ts";
import { AwstError } from "../../../model/errors.ts";
import type { Context } from "../../../ports.ts";
import {
  type EnforcementResult,
  enforcePlan,
  type PlannedEnforcement,
  planEnforcement,
} from "../../flows/enforce-dormant.ts";
import { checkNumber } from "../../flows/guard-users.ts";
import { judgeAccount, readAccount } from "../../flows/read-account.ts";
import { usualLimit } from "../../model/dormant-steps.ts";
import { openAdmin } from "../../open-admin.ts";
import {
  asOptions,
  confirmPlan,
  guardOptions,
  needsText,
  planOptions,
} from "../../open-command.ts";
import {
  enforcementJson,
  enforcementLines,
  type PrintedEnforcement,
} from "../../output/dormant-report.ts";

export const command = defineCommand({
  name: "admin dormant enforce",
  group: "Administration",
  summary: "warn dormant users, and later disable what they do not use",
  details: `The first run tags a dormant user (awst:dormant-warned) and prints the email to write to; after warnDays a later run deletes the password and switches the keys off. Each user is read again just before a change. \`awst admin dormant restore\` undoes it. ${needsText(
    ["TagUser", "UntagUser", "UpdateAccessKey", "DeleteLoginProfile", "GetUser"],
  )} It also needs what \`dormant report\` needs.`,
  options: { ...asOptions, ...planOptions, ...guardOptions },
  examples: [
    { line: "awst admin dormant enforce --dry-run", meaning: "what the next run would do" },
    { line: "awst admin dormant enforce --yes --json", meaning: "from a schedule" },
  ],
  json: [
    ["users[].user, .email, .reason", "who, the tag email or null, and why"],
    [
      "users[].step, .until",
      "warn, wait, disable or clear; the day from which access is disabled, or null",
    ],
    ["users[].password, .keys", "what is disabled"],
    ["users[].state, .error", "planned, done, waiting, changed or stopped; why, or null"],
    ["refused[].user, .reason", "users that are protected"],
  ],
  async run(context: Context, args) {
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    const { dormant: rules, protectedNames, maxChanges } = settings;
    const picture = await readAccount(admin);
    const judged = await judgeAccount(admin, picture, rules, protectedNames);
    const guards = { protectedNames, forced: args.force };
    const plan = await planEnforcement(admin, picture, judged, rules, guards);
    const changing = plan.users.filter(({ step }) => step.do === "disable");
    checkNumber(changing.length, args.maxChanges ?? maxChanges ?? usualLimit(judged.length));
    const printed = plan.users.map((each) => toPrinted(each));
    const refusedLines = plan.refused.map(
      ({ user, reason }) => `${user}: not changed, because ${reason}`,
    );
    const lines = [...enforcementLines(printed), ...refusedLines];
    const isIdle = plan.users.every(({ step }) => step.do === "wait");
    if (args.dryRun || isIdle) {
      return {
        json: enforcementJson(printed, plan.refused),
        text: lines.map((line) => `${line}\n`).join(""),
        notes: picture.notes,
      };
    }
    for (const line of lines) context.say(line);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question: `Carry this out (${changing.length} users lose access)?`,
      commandLine: args.commandLine,
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    const results = await enforcePlan(admin, plan, rules, protectedNames);
    const done = plan.users.map((each) =>
      toPrinted(
        each,
        results.find(({ user }) => user === each.picture.user.name),
      ),
    );
    const stopped = results.filter(({ state }) => state === "stopped").length;
    const odd = done.filter(({ state }) => state === "stopped" || state === "changed");
    const count = results.filter(({ state }) => state === "done").length;
    return {
      json: enforcementJson(done, plan.refused),
      notes: [...enforcementLines(odd), `${count} users changed; in force within minutes`],
      failure:
        stopped === 0
          ? undefined
          : new AwstError(
              "ADMIN_INCOMPLETE",
              `${stopped} users not finished: run the command again`,
            ),
    };
  },
});

function toPrinted(
  { picture, step }: PlannedEnforcement,
  result?: EnforcementResult,
): PrintedEnforcement {
  const { user, judged } = picture;
  return {
    user: user.name,
    email: user.tags["email"],
    reason: judged.reason,
    step,
    state: result?.state,
    error: result?.error?.message,
  };
}
