// `awst admin user offboard NAME…`: cuts users off, and deletes them with everything that belongs to them.

import { defineCommand } from "../../../args/command.ts";
import { duration, flag, many } from "../../../args/options.ts";
import { AwstError } from "../../../model/errors.ts";
import { commandLine } from "../../../model/text/command-line.ts";
import type { Context } from "../../../ports.ts";
import { stepText } from "../../flows/apply-offboard-step.ts";
import { findBug } from "../../flows/expected-errors.ts";
import { findExcess } from "../../flows/guard-users.ts";
import { offboardUsers } from "../../flows/offboard-user.ts";
import { type OffboardPlan, planOffboarding } from "../../flows/plan-offboarding.ts";
import { openAdmin } from "../../open-admin.ts";
import {
  asOptions,
  confirmPlan,
  guardOptions,
  needsText,
  planOptions,
  typedUser,
  wholeDays,
  withMore,
} from "../../open-command.ts";
import {
  isActiveUser,
  isUnchanged,
  offboardJson,
  offboardPlanLines,
  offboardResultLines,
  type PrintedPlan,
} from "../../output/offboard-report.ts";
import { carryOut } from "../../stop-calls.ts";

const defaultLimit = 10;

export const command = defineCommand({
  name: "admin user offboard",
  group: "Administration",
  summary: "cut a user off, then delete the user and everything that belongs to it",
  details: `First everything is denied to the user, then keys and other credentials are switched off and the password is deleted; the deny is removed last. A run that was interrupted is finished by the next one. Sessions of roles outlive the user: the plan shows them, and --end-sessions ends them for this user alone. \`awst admin user restore\` brings a user back. A role that may put policies on users has the power of an administrator. ${needsText("user offboard")}`,
  arguments: { names: many("NAME", "the users' names; case does not matter") },
  options: {
    ...asOptions,
    ...planOptions,
    ...guardOptions,
    grace: duration("TIME", "cut off now, and delete by a later run after this time: 30d", {
      examples: ["7d", "30d"],
      needsUnit: true,
    }),
    cutOnly: flag("cut off, and do not delete"),
    due: flag("delete the users whose time has come, without NAME"),
    missingOk: flag("succeed also for a user that does not exist, as Terraform needs"),
    endSessions: flag("also end the role sessions of these users, and no others"),
  },
  conflicts: { cutOnly: ["grace", "due"], due: ["grace"] },
  examples: [
    { line: "awst admin user offboard alice --dry-run", meaning: "see what would be deleted" },
    {
      line: "awst admin user offboard alice --grace 30d --end-sessions",
      meaning: "cut off at once, delete in a month",
    },
    {
      line: "awst admin user offboard --due --yes",
      meaning: "delete those whose time has come, from a schedule",
    },
  ],
  json: [
    [
      "users[].user, .userId, .state",
      "planned, cut, deleted, unchanged (cut off already) or stopped",
    ],
    ["users[].cut[], .deletion[], .done[]", "the steps planned, and those taken"],
    ["users[].deleteAfter", "the day from which --due deletes the user, or null"],
    ["users[].lost[]", "what no restore brings back"],
    ["users[].lastUsed", "of password or keys, RFC 3339, or null"],
    ["users[].sessions[].role, .until", "role sessions that may last, and until when"],
    [
      "users[].sessions[].forcesSessionName, .ended",
      "whether the role's trust policy forces the session name; whether they were ended",
    ],
    ["users[].foreignRoles[]", "roles of other accounts that were not read"],
    ["users[].error", "why it stopped, or null"],
    ["refused[].user, .reason", "users that are protected"],
    ["gone[], unknown[]", "off-boarded before; never there"],
    ["failed[].user, .error", "users whom AWS did not let awst read: not changed, and why"],
    ["error", "why a run changes nothing: the limit on users; or null"],
  ],
  async run(context: Context, args) {
    if (args.names.length === 0 && !args.due) {
      throw new AwstError("USAGE", "no user is named", { hint: "awst admin user offboard NAME" });
    }
    if (args.names.length > 0 && args.due) {
      throw new AwstError("USAGE", "--due takes no NAME: it means all users whose time has come", {
        hint: "awst admin user offboard --due",
      });
    }
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    const graceDays = args.grace === undefined ? 0 : wholeDays(args.grace);
    const names = await Promise.all(args.names.map((name) => typedUser(name, admin)));
    const limit = args.maxChanges ?? settings.maxChanges ?? defaultLimit;
    const plan = await planOffboarding(admin, {
      names,
      due: args.due,
      graceDays: args.cutOnly ? undefined : graceDays,
      protectedNames: settings.protectedNames,
      forced: args.force,
      // A dry run shows everybody.
      limit: args.dryRun ? undefined : limit,
    });
    const { users, refused, gone, unknown, failed } = plan;
    const isAllUnread = [users, refused, gone, unknown].every(({ length }) => length === 0);
    if (isAllUnread && failed[0] !== undefined) throw failed[0].error;
    const printed = toPrinted(plan);
    const excess = findExcess(plan.users.length, limit);
    const { awsNow } = admin.clock();
    const lines = offboardPlanLines(printed, awsNow);
    const wanted = args.missingOk ? { ...plan, unknown: [] } : plan;
    const isDone = printed.users.every((each) => isUnchanged(each) && each.sessions.length === 0);
    const isIdle = users.length === 0 || (isDone && !args.endSessions);
    if (args.dryRun || isIdle || excess !== undefined) {
      const notes = lines.length === 0 ? ["no user is due to be deleted"] : [];
      const json = offboardJson(printed, [], excess?.message);
      const other = failureOf(wanted, 0);
      const failure = excess === undefined ? other : withMore(excess, other?.message);
      return { json, text: toText(lines), notes, failure };
    }
    for (const line of lines) context.say(line);
    const active = printed.users.find((each) => isActiveUser(each, awsNow));
    const going = plan.users.map(({ inventory }) => inventory.user.name);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question: `${args.cutOnly || graceDays > 0 ? "Cut off" : "Delete"} ${going.join(", ")}?`,
      typedName: active?.inventory.user.name,
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    const endSessions = args.endSessions || (await wantsSessionsEnded(context, plan, args.yes));
    return carryOut(async () => {
      const results = await offboardUsers(admin, plan, { endSessions });
      const stopped = results.filter(({ state }) => state === "stopped").length;
      return {
        json: offboardJson(printed, results, undefined),
        notes: offboardResultLines(results),
        failure: findBug(results) ?? failureOf(wanted, stopped),
      };
    });
  },
});

/** Asked by default on a terminal: a user of awst works in role sessions only. */
async function wantsSessionsEnded(
  context: Context,
  plan: OffboardPlan,
  isConfirmed: boolean,
): Promise<boolean> {
  const roles = new Set(plan.users.flatMap(({ sessions }) => sessions.map(({ role }) => role)));
  if (isConfirmed || roles.size === 0) return false;
  const text = `End their role sessions too (${[...roles].join(", ")})?`;
  return (await context.terminal()).confirm({ text });
}

function toPrinted(plan: OffboardPlan): PrintedPlan {
  const users = plan.users.map((planned) => ({
    ...planned,
    cut: planned.cut.map(stepText),
    deletion: planned.deletion.map(stepText),
  }));
  return { ...plan, users };
}

function failureOf(plan: OffboardPlan, stopped: number): AwstError | undefined {
  const { refused, unknown, failed } = plan;
  const parts = [
    ...(refused.length === 0 ? [] : [`${refused.map(({ user }) => user).join(", ")} not changed`]),
    ...(failed.length === 0 ? [] : [`${failed.map(({ user }) => user).join(", ")} not read`]),
    ...(unknown.length === 0 ? [] : [`no user ${unknown.join(", ")}`]),
    ...(stopped === 0 ? [] : [`${stopped} not finished: run the command again`]),
  ];
  if (parts.length === 0) return undefined;
  const list = unknown.length === 0 ? undefined : "awst admin user list";
  return new AwstError("ADMIN_INCOMPLETE", parts.join("; "), {
    hint: hintOf(refused) ?? list,
  });
}

/** What the administrator who typed the command can do comes first. */
function hintOf(refused: OffboardPlan["refused"]): string | undefined {
  const first = refused.find(({ remedy }) => remedy !== "another administrator") ?? refused[0];
  if (first === undefined) return undefined;
  const { user, remedy } = first;
  if (remedy === "force") return `--force ${user}`;
  const line = commandLine(["awst", "admin", "user", "offboard", user]);
  return remedy === "cut off again" ? line : `another user who can administer IAM types: ${line}`;
}

function toText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
