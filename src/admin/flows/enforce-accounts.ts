// Plans the enforcement of every account of a run, and carries the plans out. A terminal, a schedule and a function in
// AWS call the same two steps. With a deadline, half of the time is for planning; what is left over is `next`.

import type { AwstError } from "../../model/errors.ts";
import type { AccountTarget } from "../model/account-targets.ts";
import type { DormantRules } from "../model/admin-settings.ts";
import { defaultLimit } from "../model/dormant-steps.ts";
import { findAddressFailure } from "../model/notices.ts";
import { isBefore, planningEnd, type RunCursor } from "../model/run-cursor.ts";
import type { AdminAccounts, AdminContext, UserNotifier } from "../ports.ts";
import type { DeletionFlow, DeletionResult } from "./delete-dormant.ts";
import {
  type EnforcementPlan,
  type EnforcementResult,
  enforcePlan,
  findStepFailure,
  type PlannedEnforcement,
  planEnforcement,
} from "./enforce-dormant.ts";
import { failureFrom, findBug } from "./expected-errors.ts";
import { findExcess, type GuardOptions } from "./guard-users.ts";
import { type DeletionPlan, limitDeletions, type PlannedDeletion } from "./plan-deletions.ts";
import {
  type AccountPicture,
  judgeAccount,
  type PicturedUser,
  readAccount,
} from "./read-account.ts";
import { type FailedAccount, runAccounts } from "./run-accounts.ts";

export interface EnforcementRequest extends GuardOptions {
  readonly rules: DormantRules;
  /** --max-changes; undefined: 10, or 2 % of the users but at most 50. */
  readonly maxChanges: number | undefined;
  /** Where the run before stopped. */
  readonly from: RunCursor | undefined;
  readonly deadline: Date | undefined;
  /** undefined: no user is deleted, whatever the rules say. */
  readonly deletion: DeletionFlow | undefined;
  /** Names the users in the plan who can't be warned; undefined: no notice is sent. */
  readonly notifier?: Pick<UserNotifier, "needsEmail"> | undefined;
  now(): Date;
}

export interface PlannedAccount {
  readonly target: AccountTarget;
  readonly admin: AdminContext;
  /** For deletions alone, since it is large; undefined where users are not deleted. */
  readonly picture: AccountPicture | undefined;
  readonly users: readonly PicturedUser[];
  readonly plan: EnforcementPlan;
  readonly deletions: DeletionPlan;
  /** Time of the credential report; undefined: every user was read live. */
  readonly reportMadeAt: Date | undefined;
  readonly notes: readonly string[];
}

export interface AccountsPlan {
  readonly accounts: readonly PlannedAccount[];
  readonly failed: readonly FailedAccount[];
  /** Not planned for want of time. */
  readonly later: readonly AccountTarget[];
  /** Why the plan is not carried out: too many users would lose access. */
  readonly excess: AwstError | undefined;
}

/** How many users one run deletes at most, where neither a flag nor the configuration says so. */
const maxDeletions = 10;

const noDeletions: DeletionPlan = { users: [], refused: [], orphans: [] };

/** Reads only. Where too many users would lose access, the plan is whole, and `excess` says so. */
export async function planAccounts(
  accounts: AdminAccounts,
  request: EnforcementRequest,
): Promise<AccountsPlan> {
  const { rules, protectedNames, from, deadline, now } = request;
  const until = planningEnd(deadline, now());
  const plan = async (admin: AdminContext, target: AccountTarget) => {
    const picture = await readAccount(admin);
    const all = await judgeAccount(admin, picture, rules, protectedNames);
    const users = all.filter(({ user }) => !isBefore(from, target.id, user.name));
    const flow = rules.actions.includes("user") ? request.deletion : undefined;
    const deletionRules = { rules, protectedNames };
    const enforcement = await planEnforcement(admin, picture, users, rules, request);
    const complete = async (planned: PlannedEnforcement): Promise<PlannedEnforcement> => ({
      ...planned,
      failure: findStepFailure(planned.picture.user, planned.step, request.notifier),
      deletionLater: await flow?.afterDisabling(admin, picture, planned, deletionRules),
    });
    const deletions = await flow?.plan(admin, picture, users, deletionRules);
    return {
      picture: flow && picture,
      users,
      plan: { ...enforcement, users: await Promise.all(enforcement.users.map(complete)) },
      deletions: deletions === undefined ? noDeletions : withFailures(deletions, request.notifier),
      reportMadeAt: picture.report?.madeAt,
      notes: picture.notes,
    };
  };
  const { done, failed, later } = await runAccounts(accounts, plan, { from, until, now });
  const all = done.map(({ target, admin, value }) => ({ target, admin, ...value }));
  const deletions = limitDeletions(
    all.map((each) => each.deletions),
    request.maxChanges ?? maxDeletions,
  );
  const planned = all.map((each, at) => ({ ...each, deletions: deletions[at] ?? noDeletions }));
  const losing = planned.flatMap(({ plan: { users } }) =>
    users.filter(({ step }) => step.do === "disable"),
  );
  const users = planned.reduce((sum, each) => sum + each.users.length, 0);
  const excess = findExcess(losing.length, request.maxChanges ?? defaultLimit(users));
  return { accounts: planned, failed, later, excess };
}

/** A user without an address is never warned, and so never deleted. */
function withFailures(
  plan: DeletionPlan,
  notifier: Pick<UserNotifier, "needsEmail"> | undefined,
): DeletionPlan {
  const users = plan.users.map((planned): PlannedDeletion => {
    const isWarned = planned.step.do === "announce" && notifier?.needsEmail === true;
    const failure =
      planned.failure ?? (isWarned ? findAddressFailure(planned.picture.user) : undefined);
    return failure === undefined ? planned : { ...planned, failure };
  });
  return { ...plan, users };
}

export interface EnforcedAccount extends PlannedAccount {
  readonly results: readonly EnforcementResult[];
  readonly deletionResults: readonly DeletionResult[];
}

export interface AccountsResult {
  readonly accounts: readonly EnforcedAccount[];
  readonly failed: readonly FailedAccount[];
  /** Where the next run continues; undefined: everything was done. */
  readonly next: RunCursor | undefined;
  /** A bug ended the run: what was done before it is in `accounts`. */
  readonly bug: AwstError | undefined;
}

/**
 * Never throws for one account or user; a bug ends the run. One account after the other: the notifier takes them in this
 * order. Errors: the plan's excess, and then nothing is changed anywhere.
 */
export async function enforceAccounts(
  plan: AccountsPlan,
  request: EnforcementRequest,
  notifier: UserNotifier | undefined,
): Promise<AccountsResult> {
  if (plan.excess !== undefined) throw plan.excess;
  const { rules, protectedNames, deadline } = request;
  const accounts: EnforcedAccount[] = [];
  let next: RunCursor | undefined;
  let bug: AwstError | undefined;
  for (const planned of plan.accounts) {
    if (bug !== undefined) break;
    const { target, picture, deletions } = planned;
    const admin = { ...planned.admin, deadline };
    const options = { rules, protectedNames, notifier, accountName: target.name };
    const flow = request.deletion;
    let deletionResults: readonly DeletionResult[] = [];
    let results: readonly EnforcementResult[] = [];
    try {
      // Deletions first: records that count no more are removed before access is disabled again.
      if (picture !== undefined) {
        deletionResults = (await flow?.run(admin, picture, deletions, options)) ?? [];
      }
      bug = findBug(deletionResults);
      if (bug === undefined) results = await enforcePlan(admin, planned.plan, options);
      bug ??= findBug(results);
      const disabled = planned.plan.users.filter(
        ({ step }, at) => step.do === "disable" && results[at]?.state === "done",
      );
      const users = disabled.map((each) => each.picture);
      if (picture !== undefined && bug === undefined) {
        await flow?.record(admin, picture, users, options);
      }
    } catch (error) {
      bug = failureFrom(error);
    }
    accounts.push({ ...planned, results, deletionResults });
    const late = [...deletionResults, ...results]
      .filter(({ state }) => state === "later")
      .map(({ user }) => user)
      .sort();
    if (late[0] !== undefined) next ??= { account: target.id, user: late[0] };
  }
  const [unplanned] = plan.later;
  if (unplanned !== undefined) next ??= { account: unplanned.id, user: undefined };
  return { accounts, failed: plan.failed, next, bug };
}

/** The first error of what the run was to do; undefined: all of it was done, or is left for the next run. */
export function firstError({ accounts, failed, bug }: AccountsResult): AwstError | undefined {
  const ofUsers = accounts.flatMap(({ plan, results, deletionResults }) =>
    [...results, ...deletionResults, ...plan.unread].flatMap(({ error }) => error ?? []),
  );
  return bug ?? failed[0]?.error ?? ofUsers[0];
}
