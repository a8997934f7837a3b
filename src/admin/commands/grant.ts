// `awst admin grant USER ACCOUNT/ROLE --for 30m --reason TEXT`: lets a user assume a role until a time.

import { defineCommand } from "../../args/command.ts";
import { duration, flag, required, text } from "../../args/options.ts";
import { typedLine, wholeHint, withArguments } from "../../args/whole-line.ts";
import { AwstError } from "../../model/errors.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { Context } from "../../ports.ts";
import { takeSteps } from "../flows/expected-errors.ts";
import { grantAccess, grantStepText, planGrant } from "../flows/grant-access.ts";
import { roleAccounts } from "../flows/read-role.ts";
import { maxGrantSeconds, minGrantSeconds } from "../model/grants.ts";
import { findRoleToGrant, openAdmin, openRoleAccount } from "../open-admin.ts";
import {
  asOptions,
  confirmPlan,
  guardOptions,
  needsText,
  planOptions,
  typedUser,
} from "../open-command.ts";
import { grantedNotes, grantJson, grantPlanLines } from "../output/grant-report.ts";
import { stoppedFailure, stoppedJson, stoppedNotes } from "../output/stopped-report.ts";
import { carryOut } from "../stop-calls.ts";

export const command = defineCommand({
  name: "admin grant",
  group: "Administration",
  summary: "let a user assume a role until a time, and no longer",
  details: `Puts a policy on the user that allows sts:AssumeRole on this role with MFA; its condition ends it by AWS's clock, even if no administrator removes it. The same grant asked for again changes nothing. A role session that is made just before the end outlives it by at most its own length, which the plan shows; --exact ends it too. awst first adds up the user's inline policies, for which AWS allows 2,048 characters together. ${needsText("grant")}`,
  arguments: {
    user: required("USER", "the user's name; case does not matter"),
    role: required("ACCOUNT/ROLE", "the role, or its ARN"),
  },
  options: {
    ...asOptions,
    for: duration("TIME", "how long: from 1m to 12h", {
      least: minGrantSeconds,
      most: maxGrantSeconds,
      expected: "a time from 1m to 12h",
      examples: ["30m", "4h"],
    }),
    reason: text("TEXT", "why, for the list of grants and the history"),
    approvedBy: text("TEXT", "who agreed, for the history"),
    exact: flag("end the role sessions with the grant, by a policy on the role"),
    extend: flag("grant it although a grant is live that ends earlier"),
    managed: flag("use a managed policy, where the user's inline policies have no free characters"),
    anyway: flag("grant it although it has no effect, or its end has none"),
    roleAs: text("ACCOUNT/ROLE", "an administrator's role in the account of the role"),
    ...planOptions,
    force: guardOptions.force,
  },
  examples: [
    {
      line: 'awst admin grant alice production/AdminAccess --for 30m --reason "ticket 4711"',
      meaning: "half an hour, then it is over",
    },
    {
      line: "awst admin grant alice production/AdminAccess --for 2h --reason deploy --exact --role-as production/AdminAccess",
      meaning: "sessions end with the grant, in another account",
    },
  ],
  json: [
    ["id", "of the grant, for `awst admin revoke`"],
    ["user, account, role", "who may assume what"],
    ["until", "when it ends, by AWS's clock"],
    ["state", "planned, granted, unchanged where it was granted before, or stopped"],
    ["steps[]", "what is done, in order; of a run that stopped, what was done and not undone"],
    ["sessionsUntil", "until when a role session made inside may last"],
    ["notes[]", "what to know before"],
    ["line", "what the user types"],
    ["error", "why it stopped, or null"],
  ],
  async run(context: Context, args) {
    const { reason, for: seconds } = args;
    if (seconds === undefined) throw missing("--for", "--for 30m");
    if (!reason?.trim()) throw missing("--reason", "--reason TEXT");
    checkText("--reason", reason);
    checkText("--approved-by", args.approvedBy ?? "");
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    const partition = admin.caller?.arn.split(":")[1] ?? "aws";
    const typed = typedLine(command, args.fullLine);
    const lineFor = (wanted: string) => withArguments(typed, 1, [wanted]);
    const found = await findRoleToGrant(context, args.role, partition, lineFor);
    const { arn, account, role } = found;
    const { roleAs } = args;
    const other =
      roleAs === undefined
        ? undefined
        : await openRoleAccount(context, { ...args, as: roleAs, code: args.mfaCode });
    const accounts = roleAccounts(admin, other);
    const userName = await typedUser(args.user, admin);
    const plan = await planGrant(admin, accounts, {
      userName,
      roleArn: arn,
      seconds,
      kind: args.managed ? "managed" : "inline",
      exact: args.exact,
      extend: args.extend,
      protectedNames: settings.protectedNames,
      forced: args.force,
    });
    const { facts } = plan;
    // A note that ends with an option becomes the line to type.
    const notes = plan.planned.notes.map((note) => wholeHint(note, typed));
    const planned = { ...plan.planned, notes };
    const steps = planned.steps.map(grantStepText);
    const name = `${account}/${role}`;
    const line = commandLine(["awst", "assume", account, role]);
    const lines = grantPlanLines(planned, steps, name, facts.now);
    const [doubt, ...more] = args.anyway ? [] : planned.doubts;
    const failure =
      doubt === undefined
        ? undefined
        : new AwstError("ADMIN_REFUSED", doubt, {
            hint: "--anyway",
            more,
          });
    const json = { account, role, steps, line };
    if (args.dryRun || steps.length === 0 || failure !== undefined) {
      const state = steps.length === 0 ? "unchanged" : "planned";
      const printed = lines.map((each) => `${each}\n`).join("");
      return { json: grantJson(planned, { ...json, state }), text: printed, failure };
    }
    for (const each of lines) context.say(each);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question: `Grant this to ${planned.user.name}?`,
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    return carryOut(async () => {
      const why = { reason, approvedBy: args.approvedBy };
      const { done, error } = await takeSteps((each) =>
        grantAccess(admin, accounts, plan, why, each),
      );
      const result = grantJson(planned, { ...json, ...stoppedJson(error, "granted"), steps: done });
      if (error !== undefined) {
        const failure = stoppedFailure(error, commandLine(args.fullLine));
        return {
          json: result,
          notes: stoppedNotes(`${planned.user.name}: ${name}`, done),
          failure,
        };
      }
      return {
        json: result,
        notes: grantedNotes(planned, line, name),
      };
    });
  },
});

function missing(name: string, hint: string): AwstError {
  return new AwstError("USAGE", `${name} is missing`, { hint });
}

const maxTextLength = 500;

function checkText(name: string, typed: string): void {
  if (typed.length > maxTextLength) {
    throw new AwstError("USAGE", `${name} has more than ${maxTextLength} characters`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would change what a terminal shows.
  if (/[\u0000-\u001f\u007f]/.test(typed)) {
    throw new AwstError("USAGE", `${name} must be one line, without control characters`);
  }
}
