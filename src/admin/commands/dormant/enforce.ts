// `awst admin dormant enforce`: warns dormant users, and later disables their access, in one account or in many.

import { type CommandResult, defineCommand } from "../../../args/command.ts";
import { AwstError } from "../../../model/errors.ts";
import type { Context } from "../../../ports.ts";
import { stepText } from "../../flows/apply-offboard-step.ts";
import { type DeletionResult, openDeletions } from "../../flows/delete-dormant.ts";
import {
  type AccountsPlan,
  type AccountsResult,
  enforceAccounts,
  planAccounts,
} from "../../flows/enforce-accounts.ts";
import type { EnforcementResult, PlannedEnforcement } from "../../flows/enforce-dormant.ts";
import type { PlannedDeletion } from "../../flows/plan-deletions.ts";
import { formatCursor } from "../../model/run-cursor.ts";
import { lostThings } from "../../model/user-record.ts";
import { openAccounts } from "../../open-accounts.ts";
import { notifierOf } from "../../open-admin.ts";
import {
  accountOptions,
  asOptions,
  confirmPlan,
  guardOptions,
  needsText,
  planOptions,
  resumeOptions,
  withMore,
} from "../../open-command.ts";
import type { UnreadAccount } from "../../output/dormant-report.ts";
import {
  accountTable,
  accountText,
  enforcementJson,
  enforcementLines,
  type PrintedEnforcement,
  type RefusedUser,
  type UnreadUser,
} from "../../output/enforcement-report.ts";
import { carryOut } from "../../stop-calls.ts";

export const command = defineCommand({
  name: "admin dormant enforce",
  group: "Administration",
  summary: "warn dormant users, and later disable what they do not use",
  details: `A dormant user is warned first, as [admin.dormant] notify says: in Slack, by a webhook, an SNS topic or a mail to the tag email. When the notice was accepted, the user gets the tag awst:dormant-warned; warnDays later a run deletes the password and switches the keys off. A user without an accepted notice loses nothing. Each user is read again just before a change. \`awst admin dormant restore\` undoes it. With actions that contain "user" and deleteDays, a user stays without access for deleteDays, gets a warning warnDays before their end, and is then deleted as \`awst admin user offboard\` deletes it. \`awst admin user restore\` makes such a user again. With [admin] accounts the run covers all of them; one that fails stops no other. It also needs what \`user offboard\` needs, where users are deleted. ${needsText("dormant enforce")}`,
  options: { ...asOptions, ...accountOptions, ...planOptions, ...guardOptions, ...resumeOptions },
  examples: [
    { line: "awst admin dormant enforce --dry-run", meaning: "what the next run would do" },
    { line: "awst admin dormant enforce --yes --json", meaning: "from a schedule" },
    { line: "awst admin dormant enforce --yes --stop-after 14m", meaning: "within a time limit" },
  ],
  json: [
    ["users[].user, .account", "name, and the account's 12 digits"],
    ["users[].email, .reason", "the tag email or null, and why"],
    [
      "users[].step, .until",
      "warn, wait, disable or clear; of a user without access: schedule, pending, announce, delete, postpone or unschedule; the day after which access is disabled or the user deleted, for disable the day of a deletion that follows, or null",
    ],
    [
      "users[].untilError",
      "why it is unknown whether a rule keeps the user from that deletion, or null",
    ],
    ["users[].deletion, .lost", "for delete: the steps, and what no restore brings back"],
    ["users[].password, .keys", "what is disabled"],
    [
      "users[].state, .error",
      "planned, done, waiting, skipped (the user is not as planned any more), stopped or later; why, or null",
    ],
    ["users[].done[]", "what was done, in order, also before an error"],
    ["refused[].user, .account, .reason", "users that are protected"],
    ["unread[].user, .account, .error", "users about whom a call failed: not changed, and why"],
    ["accounts[].account, .name, .users", "12 digits, name, number of users or null"],
    ["accounts[].state, .error", "read, failed or later; why, or null"],
    ["next", "where the next run continues, for --from; null if nothing is left"],
    ["error", "why a run changes nothing: the limit on users; or null"],
  ],
  async run(context: Context, args) {
    const deadline =
      args.stopAfter === undefined
        ? undefined
        : new Date(context.now().getTime() + args.stopAfter * 1000);
    const request = { ...args, code: args.mfaCode };
    const accounts = await openAccounts(context, request, { chosen: args.account, deadline });
    const { settings } = accounts;
    const notifier = await notifierOf(context, accounts.session, settings.notify);
    const enforcement = {
      rules: settings.dormant,
      protectedNames: settings.protectedNames,
      forced: args.force,
      maxChanges: args.maxChanges ?? settings.maxChanges,
      from: args.from,
      deadline,
      deletion: openDeletions(settings.groups),
      notifier,
      now: context.now,
    };
    const plan = await planAccounts(accounts, enforcement);
    const shown = shownPlan(plan);
    const isIdle = shown.users.every(
      ({ step, state }) => state === "stopped" || /^(wait|pending|postpone)$/.test(step.do),
    );
    if (args.dryRun || isIdle || plan.excess !== undefined) {
      const nothing = { accounts: [], failed: plan.failed, next: nextOf(plan), bug: undefined };
      return endOf(args.dryRun, plan, nothing);
    }
    for (const line of shown.lines) context.say(line);
    const losing = shown.users.filter(({ step }) => step.do === "disable").length;
    const [deleted, ...others] = shown.users.filter(
      ({ step, state }) => step.do === "delete" && state !== "stopped",
    );
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question:
        deleted === undefined
          ? `Carry this out (users who lose access: ${losing})?`
          : `Carry this out (users who lose access: ${losing}, users deleted for good: ${others.length + 1})?`,
      typedName: deleted?.user,
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    return carryOut(async () => {
      return endOf(args.dryRun, plan, await enforceAccounts(plan, enforcement, notifier));
    });
  },
});

function nextOf({ later: [first] }: AccountsPlan): AccountsResult["next"] {
  return first && { account: first.id, user: undefined };
}

/** `results.accounts` is empty where nothing was carried out. */
function endOf(
  dryRun: boolean,
  plan: AccountsPlan,
  { accounts, next, bug }: AccountsResult,
): CommandResult {
  const isCarriedOut = accounts.length > 0;
  const unread = unreadOf(plan);
  const all = plan.accounts.map((planned) => {
    const enforced = accounts.find(({ target }) => target.id === planned.target.id);
    const { results = [], deletionResults = [] } = enforced ?? {};
    return {
      id: planned.target.id,
      name: planned.target.name,
      users: planned.users.length,
      refused: planned.plan.refused.length + planned.deletions.refused.length,
      results: [
        ...planned.plan.users.map((each) =>
          toPrinted(
            each,
            planned.target.id,
            results.find(({ user }) => user === each.picture.user.name),
          ),
        ),
        ...planned.deletions.users.map((each) =>
          toPrinted(
            each,
            planned.target.id,
            deletionResults.find(({ user }) => user === each.picture.user.name),
          ),
        ),
      ],
    };
  });
  const users = all.flatMap(({ results }) => results);
  const { lines, where, refused, unreadUsers } = shownPlan(plan);
  const stopped = users.filter(({ state }) => state === "stopped");
  const odd = users.filter(({ state }) => state === "stopped" || state === "skipped");
  const done = users.filter(({ state }) => state === "done").length;
  const cursor = next && formatCursor(next);
  const failure =
    bug ?? failureOf(dryRun, plan, { stopped: stopped.length, unreadUsers, unread, cursor });
  return {
    json: enforcementJson(
      users,
      { refused, unreadUsers },
      all,
      unread,
      cursor,
      plan.excess?.message,
    ),
    text: (style) =>
      `${isCarriedOut ? "" : lines.map((line) => `${line}\n`).join("")}${accountTable(all, unread, style)}`,
    notes: [
      ...plan.accounts.flatMap(({ target, notes }) =>
        notes.map((note) => `${where(target.id)}${note}`),
      ),
      ...(isCarriedOut ? enforcementLines(odd, where) : []),
      ...unread.flatMap(({ id, name, error }) =>
        error === undefined ? [] : [`${accountText(id, name)}: ${error}`],
      ),
      ...(lines.length === 0 && !isCarriedOut
        ? ["no access has to be disabled, and no user warned"]
        : []),
      ...(isCarriedOut
        ? [`users changed: ${done}${done > 0 ? "; in force within minutes" : ""}`]
        : []),
    ],
    ...(failure !== undefined && { failure }),
  };
}

/** undefined where all was done that the plan says, or will be. */
function failureOf(
  dryRun: boolean,
  { excess }: AccountsPlan,
  left: {
    readonly stopped: number;
    readonly unreadUsers: readonly UnreadUser[];
    readonly unread: readonly UnreadAccount[];
    readonly cursor: string | undefined;
  },
): AwstError | undefined {
  const { stopped, unreadUsers, unread, cursor } = left;
  const failed = unread.filter(({ error }) => error !== undefined).length;
  if (stopped + unreadUsers.length + failed > 0) {
    const what = [
      ...(unreadUsers.length > 0 ? [`users not read: ${unreadUsers.length}`] : []),
      ...(stopped > 0 ? [`users not finished: ${stopped}`] : []),
      ...(failed > 0 ? [`accounts failed: ${failed}`] : []),
    ];
    const message = `${what.join(", ")}${dryRun ? "" : "; run the command again"}`;
    if (excess !== undefined) return withMore(excess, message);
    const hint = cursor === undefined ? undefined : `--from ${cursor}`;
    return new AwstError("ADMIN_INCOMPLETE", message, { hint });
  }
  if (excess !== undefined) return excess;
  if (cursor === undefined) return undefined;
  return new AwstError("ADMIN_INCOMPLETE", `stopped in time; the rest begins at ${cursor}`, {
    hint: `--from ${cursor}`,
  });
}

function unreadOf({ failed, later }: AccountsPlan): readonly UnreadAccount[] {
  return [
    ...failed.map(({ target, error }) => ({ ...target, error: error.message })),
    ...later.map((target) => ({ ...target, error: undefined })),
  ];
}

function shownPlan({ accounts, failed, later }: AccountsPlan) {
  const isOne = accounts.length + failed.length + later.length <= 1;
  const names = new Map(accounts.map(({ target }) => [target.id, target.name]));
  const where = (id: string) => (isOne ? "" : `${names.get(id) ?? id}: `);
  const users = accounts.flatMap(({ target, plan, deletions }) =>
    [...plan.users, ...deletions.users].map((each) => toPrinted(each, target.id)),
  );
  const refused = accounts.flatMap(({ target, plan, deletions }) =>
    [...plan.refused, ...deletions.refused].map(
      (each): RefusedUser => ({ ...each, account: target.id }),
    ),
  );
  const refusedLines = refused.map(
    ({ user, account, reason }) => `${where(account)}${user}: not changed, because ${reason}`,
  );
  const unreadUsers = accounts.flatMap(({ target, plan }) =>
    plan.unread.map(
      ({ user, error }): UnreadUser => ({ user, account: target.id, error: error.message }),
    ),
  );
  const unreadLines = unreadUsers.map(
    ({ user, account, error }) => `${where(account)}${user}: not changed, not read: ${error}`,
  );
  const lines = [...enforcementLines(users, where), ...refusedLines, ...unreadLines];
  return { users, refused, unreadUsers, where, lines };
}

function toPrinted(
  planned: PlannedEnforcement | PlannedDeletion,
  account: string,
  result?: EnforcementResult | DeletionResult,
): PrintedEnforcement {
  const { picture, step } = planned;
  const { user, judged } = picture;
  const going = "offboarding" in planned ? planned.offboarding : undefined;
  const { failure } = planned;
  const later = "deletionLater" in planned ? planned.deletionLater : undefined;
  const error = result?.error ?? failure;
  return {
    user: user.name,
    account,
    email: user.tags["email"],
    reason: judged.reason,
    step,
    deletion: going && [...going.cut, ...going.deletion].map(stepText),
    lost: going && lostThings(going.inventory),
    deletionLater: later && { day: later.day, unread: later.unread?.message },
    state: result?.state ?? (failure && "stopped"),
    done: result?.done ?? [],
    error: error?.message,
    remedy: error?.hint,
  };
}
