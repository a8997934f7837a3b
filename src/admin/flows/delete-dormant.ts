// Deletes users whose access enforcement disabled long ago: records since when they are without access, warns, and
// off-boards them as `user offboard` does. Each user is read again just before a step, and is not changed where the plan no
// longer fits. A deletion needs a place for the record of what was removed, so the function in AWS deletes no user.

import { AwstError, isAwstError } from "../../model/errors.ts";
import type { GroupRules } from "../model/admin-settings.ts";
import { dayAfter, dayOfTime } from "../model/days.ts";
import {
  accessLeft,
  type DeletionStep,
  decideDeletion,
  deletionStepText,
  policyArn,
  recordNames,
} from "../model/dormant-deletion.ts";
import { dormantTags, endsAccess, type StepState } from "../model/dormant-steps.ts";
import { batches, findAddressFailure, type NoticeUser } from "../model/notices.ts";
import { cutPolicy } from "../model/offboarding.ts";
import { isOver } from "../model/run-cursor.ts";
import type { AdminContext, UserNotifier } from "../ports.ts";
import type { LaterDeletion, PlannedEnforcement } from "./enforce-dormant.ts";
import { findBug, takeSteps } from "./expected-errors.ts";
import { offboardUsers } from "./offboard-user.ts";
import {
  type DeletionPlan,
  type DeletionRules,
  findObjection,
  findRefusal,
  type PlannedDeletion,
  planDeletions,
} from "./plan-deletions.ts";
import type { PlannedOffboarding } from "./plan-offboarding.ts";
import { type AccountPicture, judgeOne, type PicturedUser } from "./read-account.ts";

export interface DeletionResult {
  readonly user: string;
  readonly state: StepState;
  readonly step: DeletionStep;
  /** What was done, in order, also before an error. */
  readonly done: readonly string[];
  readonly error: AwstError | undefined;
}

/** What an enforcement of accounts needs of this file. The function in AWS has none. */
export interface DeletionFlow {
  plan(
    admin: AdminContext,
    picture: AccountPicture,
    judged: readonly PicturedUser[],
    request: Omit<DeletionRules, "groups">,
  ): Promise<DeletionPlan>;
  run(
    admin: AdminContext,
    picture: AccountPicture,
    plan: DeletionPlan,
    options: Omit<DeletionOptions, "groups">,
  ): Promise<readonly DeletionResult[]>;
  /** Returns the deletion of a user whose access is disabled now; undefined: none follows. A failed read is in it. */
  afterDisabling(
    admin: AdminContext,
    picture: AccountPicture,
    planned: Pick<PlannedEnforcement, "picture" | "step">,
    request: Omit<DeletionRules, "groups">,
  ): Promise<LaterDeletion | undefined>;
  /** Records users whose access was disabled just now. Never throws for one user: the next run records that user. */
  record(
    admin: AdminContext,
    picture: AccountPicture,
    users: readonly PicturedUser[],
    options: Omit<DeletionOptions, "groups">,
  ): Promise<void>;
}

/** `groups`: the rules that say which users are programs. */
export function openDeletions(groups: GroupRules): DeletionFlow {
  return {
    plan: (admin, picture, judged, request) =>
      planDeletions(admin, picture, judged, { ...request, groups }),
    run: (admin, picture, plan, options) =>
      runDeletions(admin, picture, plan, { ...options, groups }),
    async afterDisabling(admin, picture, { picture: of, step }, request) {
      const { deleteDays } = request.rules;
      if (deleteDays === undefined || !endsAccess(step, of.judged)) return undefined;
      const day = dayAfter(admin.clock().awsNow.getTime(), deleteDays);
      try {
        const refusal = await findRefusal(admin, picture.details, of, { ...request, groups });
        return refusal === undefined ? { day, unread: undefined } : undefined;
      } catch (error) {
        if (!isAwstError(error) || error.code === "INTERRUPTED") throw error;
        return { day, unread: error };
      }
    },
    async record(admin, picture, users, options) {
      const { actions, deleteDays } = options.rules;
      if (!actions.includes("user") || deleteDays === undefined) return;
      const until = dayAfter(admin.clock().awsNow.getTime(), deleteDays);
      const run = { admin, picture, options: { ...options, groups } };
      for (const each of users) {
        const step = { do: "schedule", until } as const;
        const planned = { picture: each, step, offboarding: undefined };
        await recordNew(run, planned).catch(debugged(admin));
      }
    },
  };
}

async function recordNew(run: DeletionRun, planned: PlannedDeletion): Promise<void> {
  const { admin, picture, options } = run;
  const refusal = await findRefusal(admin, picture.details, planned.picture, options);
  if (refusal === undefined) await carryOut(run, planned, []);
}

export interface DeletionOptions extends DeletionRules {
  /** undefined: no warning can be sent, so no user is deleted. */
  readonly notifier: UserNotifier | undefined;
  readonly accountName: string;
}

/** Left of a deadline for what has started: the deletion of one user. */
const reserveMs = 60_000;

/** Never throws for one user. In the order of the plan. */
async function runDeletions(
  admin: AdminContext,
  picture: AccountPicture,
  plan: DeletionPlan,
  options: DeletionOptions,
): Promise<readonly DeletionResult[]> {
  for (const arn of plan.orphans) await removePolicy(admin, arn, []).catch(debugged(admin));
  const results = new Map<PlannedDeletion, DeletionResult>();
  const finish = (
    planned: PlannedDeletion,
    state: DeletionResult["state"],
    { done = [], error }: Partial<Pick<DeletionResult, "done" | "error">> = {},
  ) => {
    const { picture: of, step } = planned;
    results.set(planned, { user: of.user.name, state, step, done, error });
  };
  const attempt: AttemptDeletion = async (planned, work) => {
    const { value, done, error } = await takeSteps(work);
    if (error !== undefined) finish(planned, "stopped", { done, error });
    else finish(planned, value === true ? "done" : "skipped", { done });
  };
  const isLate = () =>
    isOver(admin.deadline, admin.clock().now, reserveMs) ||
    findBug([...results.values()]) !== undefined;
  const run = { admin, picture, options };
  for (const planned of plan.users) {
    if (planned.failure !== undefined) finish(planned, "stopped", { error: planned.failure });
  }
  const left = plan.users.filter((planned) => !results.has(planned));
  const warned = left.filter(({ step }) => step.do === "announce");
  const others = left.filter(({ step }) => step.do !== "announce");
  for (const batch of batches(warned, options.notifier?.usersPerNotice ?? 25)) {
    if (isLate()) break;
    await announce(run, batch, attempt);
  }
  for (const planned of others) {
    const kind = planned.step.do;
    if (kind === "pending" || kind === "postpone") finish(planned, "waiting");
  }
  for (const planned of others) {
    if (results.has(planned)) continue;
    if (isLate()) break;
    await attempt(planned, (done) => carryOut(run, planned, done));
  }
  return plan.users.map((planned) => {
    const { picture: of, step } = planned;
    const late = { user: of.user.name, state: "later", step, done: [] } as const;
    return results.get(planned) ?? { ...late, error: undefined };
  });
}

/** `work` returns false where the user is not what the plan says any more, and adds its steps to `done`. */
type AttemptDeletion = (
  planned: PlannedDeletion,
  work: (done: string[]) => Promise<boolean>,
) => Promise<void>;

interface DeletionRun {
  readonly admin: AdminContext;
  readonly picture: AccountPicture;
  readonly options: DeletionOptions;
}

/** Returns whether the user is still what the plan says: by the dates and by what AWS says now. Errors: AWS_*. */
async function isStillDue(
  { admin, picture, options }: DeletionRun,
  { picture: of, step }: PlannedDeletion,
): Promise<boolean> {
  const { user } = of;
  const fresh = await admin.iam.getUser(user.name);
  if (fresh.id !== user.id) return false;
  const { record, warned } = recordNames(user.id);
  const [recordedAt, warnedAt] = await Promise.all([
    admin.iam.findPolicyDate(policyArn(user.arn, record)),
    admin.iam.findPolicyDate(policyArn(user.arn, warned)),
  ]);
  const dates = { recordedAt, warnedAt };
  const judged = await judgeOne(admin, of, fresh, options.rules, options.protectedNames);
  const { awsNow } = admin.clock();
  const decision = decideDeletion(judged, fresh.tags, dates, options.rules, awsNow);
  if (decision === undefined || !("step" in decision) || decision.step.do !== step.do) return false;
  const objection = await findObjection(admin, picture, of, dates, options.rules);
  return objection === undefined;
}

/** The warning is recorded once it was accepted: sent but not recorded is sent again. */
async function announce(
  run: DeletionRun,
  batch: readonly PlannedDeletion[],
  attempt: AttemptDeletion,
): Promise<void> {
  const { admin, options } = run;
  const { notifier } = options;
  const ready: PlannedDeletion[] = [];
  for (const planned of batch) {
    await attempt(planned, async () => {
      if (!(await isStillDue(run, planned))) return false;
      requireAddress(planned, notifier);
      ready.push(planned);
      return true;
    });
  }
  if (ready.length === 0) return;
  const sending = admin.uninterrupted(async () =>
    notifier?.send({
      kind: "deletion",
      account: { id: admin.accountId, name: options.accountName },
      users: ready.map(noticeUser),
    }),
  );
  const failure = await sending.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  for (const planned of ready) {
    await attempt(planned, async (done) => {
      if (failure !== undefined) throw failure.error;
      done.push("send the warning");
      const { arn, id } = planned.picture.user;
      const name = recordNames(id).warned;
      // One that is too old gives way to a new one, with a new date.
      await removePolicy(admin, policyArn(arn, name), done);
      await makePolicy(admin, name, done);
      recordStep(admin, planned, policyArn(arn, name));
      return true;
    });
  }
}

/** Errors: NOTICE_FAILED. */
function requireAddress(
  { picture: { user } }: PlannedDeletion,
  notifier: UserNotifier | undefined,
): void {
  if (notifier === undefined) {
    throw new AwstError("NOTICE_FAILED", `${user.name} can't be warned: there is no notifier`);
  }
  const failure = notifier.needsEmail ? findAddressFailure(user) : undefined;
  if (failure !== undefined) throw failure;
}

function noticeUser({ picture: { user }, step }: PlannedDeletion): NoticeUser {
  const disabled = user.tags[dormantTags.disabled];
  return {
    name: user.name,
    email: user.tags["email"],
    until: step.do === "announce" ? step.until : undefined,
    lines: [disabled === undefined ? "without access" : `without access since ${disabled}`],
  };
}

async function carryOut(
  run: DeletionRun,
  planned: PlannedDeletion,
  done: string[],
): Promise<boolean> {
  const { admin } = run;
  const { user } = planned.picture;
  const { record, warned } = recordNames(user.id);
  if (planned.step.do === "unschedule") {
    // The first record is removed last: a warning without it means nothing.
    for (const name of [warned, record]) await removePolicy(admin, policyArn(user.arn, name), done);
    recordStep(admin, planned, policyArn(user.arn, record));
    return true;
  }
  if (!(await isStillDue(run, planned))) return false;
  if (planned.step.do === "schedule") {
    await makePolicy(admin, record, done);
    recordStep(admin, planned, policyArn(user.arn, record));
    return true;
  }
  if (planned.offboarding === undefined) return false;
  await deleteUser(admin, planned.offboarding, done);
  for (const name of [warned, record]) {
    await removePolicy(admin, policyArn(user.arn, name), done).catch(debugged(admin));
  }
  return true;
}

/** `delete-after` is today: a run that is stopped after the cut is finished by `user offboard --due` too. */
async function deleteUser(
  admin: AdminContext,
  offboarding: PlannedOffboarding,
  done: string[],
): Promise<void> {
  const deleteAfter = dayOfTime(admin.clock().awsNow.getTime());
  const users = [{ ...offboarding, deleteAfter }];
  const [result] = await offboardUsers(
    admin,
    { users, ended: [] },
    {
      endSessions: false,
      refusalFor: (inventory) => accessLeft(inventory)?.reason,
    },
  );
  done.push(...(result?.steps ?? []));
  if (result?.error !== undefined) throw result.error;
}

/** A lost response to an earlier request made it: then it is there. */
async function makePolicy({ iam }: AdminContext, name: string, done: string[]): Promise<void> {
  try {
    await iam.createPolicy({ ...cutPolicy(undefined), name });
  } catch (error) {
    if (!isAwstError(error, "IAM_EXISTS")) throw error;
  }
  done.push(`create policy ${name}`);
}

async function removePolicy({ iam }: AdminContext, arn: string, done: string[]): Promise<void> {
  try {
    await iam.deletePolicy(arn);
    done.push(`delete policy ${arn.split("/").at(-1)}`);
  } catch (error) {
    if (!isAwstError(error, "IAM_ABSENT")) throw error;
  }
}

/** A record of a user who is gone is removed by the next run. */
function debugged({ debug }: AdminContext): (error: unknown) => void {
  return (error) => {
    if (!isAwstError(error)) throw error;
    debug(error.message);
  };
}

function recordStep(admin: AdminContext, { picture, step }: PlannedDeletion, policy: string): void {
  const facts = { user: picture.user.name, step: deletionStepText(step), policy };
  admin.record(`dormant-${step.do}`, facts);
}
