// Warns dormant users and disables their access: planned for the account, and decided again from live calls for each
// user just before it is changed. The time until access is disabled starts when a notice was accepted:
// a user without an accepted notice loses no access.

import { AwstError, isAwstError } from "../../model/errors.ts";
import type { UserDetail } from "../model/account-facts.ts";
import type { DormantRules } from "../model/admin-settings.ts";
import { dayOfTime } from "../model/days.ts";
import {
  canAddTags,
  type DormantStep,
  disabledKeys,
  dormantStep,
  dormantStepText,
  dormantTags,
  dueAccess,
  type StepState,
} from "../model/dormant-steps.ts";
import type { JudgedUser } from "../model/dormant-verdict.ts";
import {
  decodeWarnedDays,
  encodeWarnedDays,
  vanishedWarning,
  type WarnedDays,
} from "../model/notice-record.ts";
import {
  accessLine,
  batches,
  findAddressFailure,
  type NoticeUser,
  type UserNotice,
} from "../model/notices.ts";
import { isOver } from "../model/run-cursor.ts";
import type { AdminContext, UserNotifier } from "../ports.ts";
import { absentIsDone, failureFrom, findBug, takeSteps } from "./expected-errors.ts";
import { findGuard, type GuardOptions } from "./guard-users.ts";
import { type AccountPicture, judgeOne, type PicturedUser } from "./read-account.ts";

export interface PlannedEnforcement {
  readonly picture: PicturedUser;
  readonly step: DormantStep;
  /** The day of a warning whose tag another tool removed: the step counts from that day, and the tag is set again. */
  readonly vanished?: string | undefined;
  /** Why the step can't be taken, as far as the plan knows. */
  readonly failure?: AwstError | undefined;
  /** The deletion of a user whose access is disabled now; undefined: no deletion follows. */
  readonly deletionLater?: LaterDeletion | undefined;
}

export interface LaterDeletion {
  /** The day after which the user is deleted. */
  readonly day: string;
  /** Why it is unknown whether a rule keeps the user; the plan then names the day all the same. */
  readonly unread: AwstError | undefined;
}

export interface EnforcementPlan {
  /** In the order of the names. */
  readonly users: readonly PlannedEnforcement[];
  readonly refused: readonly { readonly user: string; readonly reason: string }[];
  /** About whom a call failed: nothing of them is changed. */
  readonly unread: readonly { readonly user: string; readonly error: AwstError }[];
}

export interface EnforcementResult {
  readonly user: string;
  readonly state: StepState;
  readonly step: DormantStep;
  /** What was done, in order, also before an error. */
  readonly done: readonly string[];
  readonly error: AwstError | undefined;
}

export interface EnforceOptions {
  readonly rules: DormantRules;
  readonly protectedNames: readonly string[];
  /** undefined: no notice is sent; the tag alone is the warning. */
  readonly notifier: UserNotifier | undefined;
  readonly accountName: string;
}

/** Reads the guards of those whose access would be disabled. */
export async function planEnforcement(
  admin: AdminContext,
  picture: AccountPicture,
  judged: readonly PicturedUser[],
  rules: DormantRules,
  guards: GuardOptions,
): Promise<EnforcementPlan> {
  const { awsNow } = admin.clock();
  const recorded = await readWarnedDays(admin);
  const steps = judged.flatMap((each): readonly PlannedEnforcement[] => {
    if (each.failure !== undefined) return [];
    const facts = { tags: each.user.tags, judged: each.judged };
    const vanished = vanishedWarning(recorded.get(each.user.id), facts, rules.warnDays, awsNow);
    const tags = withWarning(each.user.tags, vanished);
    const step = dormantStep(each.judged, tags, rules, awsNow);
    return step === undefined ? [] : [{ picture: each, step, vanished }];
  });
  const going = steps
    .filter(({ step }) => step.do === "disable")
    .map(({ picture: each }) => each.user.name);
  const users: PlannedEnforcement[] = [];
  const refused: { user: string; reason: string }[] = [];
  const unread = judged.flatMap(({ user, failure }) =>
    failure === undefined ? [] : [{ user: user.name, error: failure }],
  );
  for (const planned of steps) {
    const { user } = planned.picture;
    try {
      const guard =
        planned.step.do === "disable"
          ? await findGuard(admin, picture.details, user, going, guards)
          : undefined;
      if (guard === undefined) users.push(planned);
      else refused.push({ user: user.name, reason: guard.reason });
    } catch (error) {
      if (!isAwstError(error) || error.code === "INTERRUPTED") throw error;
      unread.push({ user: user.name, error });
    }
  }
  return { users, refused, unread };
}

function withWarning(
  tags: Readonly<Record<string, string>>,
  day: string | undefined,
): Readonly<Record<string, string>> {
  return day === undefined ? tags : { ...tags, [dormantTags.warned]: day };
}

async function readWarnedDays(admin: AdminContext): Promise<WarnedDays> {
  return decodeWarnedDays(await admin.notices?.read(admin.accountId));
}

/** Left of a deadline for what has started: a notice with its retries, and the calls for its users. */
const reserveMs = 20_000;

/** Never throws for one user: the result has the error, and the others are done. In the order of the plan. */
export async function enforcePlan(
  admin: AdminContext,
  plan: EnforcementPlan,
  options: EnforceOptions,
): Promise<readonly EnforcementResult[]> {
  const results = new Map<PlannedEnforcement, EnforcementResult>();
  const finish: EnforcementRun["finish"] = (planned, state, { done = [], error } = {}) => {
    const { picture, step } = planned;
    results.set(planned, { user: picture.user.name, state, step, done, error });
  };
  const isLate = () =>
    isOver(admin.deadline, admin.clock().now, reserveMs) ||
    findBug([...results.values()]) !== undefined;
  const warned = new Map(await readWarnedDays(admin));
  const run: EnforcementRun = { admin, options, warned, finish };
  const notified = plan.users.filter(({ step }) => needsNotice(step));
  for (const batch of batches(notified, options.notifier?.usersPerNotice ?? 25)) {
    if (isLate()) break;
    await notifyAndCommit(run, batch);
    await writeWarnedDays(admin, warned);
  }
  for (const planned of plan.users.filter(({ step }) => !needsNotice(step))) {
    if (isLate()) break;
    if (planned.step.do === "wait" && planned.vanished === undefined) {
      const { id, tags } = planned.picture.user;
      const day = tags[dormantTags.warned];
      if (day !== undefined) warned.set(id, day);
      finish(planned, "waiting");
      continue;
    }
    await attempt(run, planned, async (done) => {
      const ready = await prepare(run, planned);
      if (ready === undefined) return finish(planned, "skipped");
      await commit(run, ready, done);
      finish(planned, planned.step.do === "wait" ? "waiting" : "done", { done });
    });
  }
  await writeWarnedDays(admin, warned);
  return plan.users.map((planned) => {
    const { picture, step } = planned;
    const late = { user: picture.user.name, state: "later", step, done: [] } as const;
    return results.get(planned) ?? { ...late, error: undefined };
  });
}

interface EnforcementRun {
  readonly admin: AdminContext;
  readonly options: EnforceOptions;
  /** Changed as users are warned and disabled. */
  readonly warned: Map<string, string>;
  readonly finish: (
    planned: PlannedEnforcement,
    state: EnforcementResult["state"],
    more?: { readonly done?: readonly string[]; readonly error?: AwstError | undefined },
  ) => void;
}

/** A user who was looked at just now, and is still what the plan says. */
interface ReadyUser {
  readonly planned: PlannedEnforcement;
  readonly fresh: UserDetail;
  readonly judged: JudgedUser;
  readonly step: DormantStep;
}

/** Whether a notice comes before the step. */
function needsNotice(step: DormantStep): boolean {
  return step.do === "warn" || (step.do === "disable" && step.isUnnotified === true);
}

async function attempt(
  { finish }: EnforcementRun,
  planned: PlannedEnforcement,
  work: (done: string[]) => Promise<void>,
): Promise<void> {
  const { done, error } = await takeSteps(work);
  if (error !== undefined) finish(planned, "stopped", { done, error });
}

/** Sends one notice for all users of the batch, and then records it for each. Without an accepted notice nothing
 *  of them is changed. */
async function notifyAndCommit(
  run: EnforcementRun,
  batch: readonly PlannedEnforcement[],
): Promise<void> {
  const ready: ReadyUser[] = [];
  for (const planned of batch) {
    await attempt(run, planned, async () => {
      const found = await prepare(run, planned);
      if (found === undefined) run.finish(planned, "skipped");
      else ready.push(found);
    });
  }
  for (const kind of ["warn", "disable"] as const) {
    const same = ready.filter(({ step }) => step.do === kind);
    if (same.length === 0) continue;
    try {
      await run.admin.uninterrupted(async () => run.options.notifier?.send(noticeOf(run, same)));
    } catch (error) {
      const failure = failureFrom(error);
      for (const { planned } of same) run.finish(planned, "stopped", { error: failure });
      continue;
    }
    for (const each of same) {
      await attempt(run, each.planned, async (done) => {
        if (run.options.notifier !== undefined) done.push("send the notice");
        await commit(run, each, done);
        run.finish(each.planned, "done", { done });
      });
    }
  }
}

function noticeOf({ admin, options }: EnforcementRun, users: readonly ReadyUser[]): UserNotice {
  return {
    kind: users[0]?.step.do === "warn" ? "warning" : "disabled",
    account: { id: admin.accountId, name: options.accountName },
    users: users.map(
      ({ fresh, judged, step }): NoticeUser => ({
        name: fresh.name,
        email: fresh.tags["email"],
        until: step.do === "warn" ? step.until : undefined,
        lines: dueAccess(judged, options.rules).map((each) => accessLine(each, fresh.tags)),
      }),
    ),
  };
}

/** Returns undefined where the user is not what the plan says any more: used, protected or restored meanwhile.
 *  Errors: IAM_QUOTA without space for the tags, NOTICE_FAILED without an address. */
async function prepare(
  { admin, options }: EnforcementRun,
  planned: PlannedEnforcement,
): Promise<ReadyUser | undefined> {
  const { picture, vanished } = planned;
  const { name, id } = picture.user;
  const fresh = await admin.iam.getUser(name);
  if (fresh.id !== id) return undefined;
  const judged = await judgeOne(admin, picture, fresh, options.rules, options.protectedNames);
  const tags = withWarning(fresh.tags, vanished);
  const step = dormantStep(judged, tags, options.rules, admin.clock().awsNow);
  if (step === undefined || step.do !== planned.step.do) return undefined;
  const failure = findStepFailure(fresh, step, options.notifier);
  if (failure !== undefined) throw failure;
  return { planned, fresh, judged, step };
}

/** Returns why a step can't be taken for this user: for a plan, and just before the step. */
export function findStepFailure(
  user: Pick<UserDetail, "name" | "tags">,
  step: DormantStep,
  notifier: Pick<UserNotifier, "needsEmail"> | undefined,
): AwstError | undefined {
  const isTagged = step.do === "warn" || step.do === "disable";
  if (isTagged && !canAddTags(user.tags)) {
    const message = `${user.name} has no space for the tags of awst: AWS allows 50`;
    return new AwstError("IAM_QUOTA", message, { hint: "remove tags that are not needed" });
  }
  const isWarned = needsNotice(step) && notifier?.needsEmail === true;
  return isWarned ? findAddressFailure(user) : undefined;
}

/** The state is tagged before access is disabled, so that `restore` knows the keys of a run that was stopped. */
async function commit(
  { admin, warned }: EnforcementRun,
  { planned, fresh, step }: ReadyUser,
  done: string[],
): Promise<void> {
  const { iam } = admin;
  const { name, id } = fresh;
  const day = dayOfTime(admin.clock().awsNow.getTime());
  if (step.do === "warn") {
    await iam.tagUser(name, { [dormantTags.warned]: day });
    done.push(`tag ${dormantTags.warned}`);
    warned.set(id, day);
  }
  if (step.do === "wait") {
    await iam.tagUser(name, { [dormantTags.warned]: planned.vanished ?? day });
    done.push(`tag ${dormantTags.warned}`);
    admin.say(
      `${name}: another tool removed the tag ${dormantTags.warned}: set again. In Terraform: ignore_tags { key_prefixes = ["awst:"] }`,
    );
  }
  if (step.do === "clear") {
    await iam.untagUser(name, [dormantTags.warned]);
    done.push(`remove the tag ${dormantTags.warned}`);
    warned.delete(id);
  }
  if (step.do === "disable") {
    await disable(admin, fresh, step, day, done);
    warned.delete(id);
  }
  admin.record(`dormant-${step.do}`, { user: name, step: dormantStepText(step) });
}

async function disable(
  { iam }: AdminContext,
  { name, tags }: UserDetail,
  step: Extract<DormantStep, { readonly do: "disable" }>,
  day: string,
  done: string[],
): Promise<void> {
  const keys = disabledKeys(tags, step.keys);
  const state = { [dormantTags.disabled]: day, ...(keys !== "" && { [dormantTags.keys]: keys }) };
  await iam.tagUser(name, state);
  done.push(`tag ${Object.keys(state).join(", ")}`);
  for (const key of step.keys) {
    await iam.setAccessKeyStatus(name, key, "Inactive").catch(absentIsDone);
    done.push(`disable key ${key}`);
  }
  if (step.password) {
    await iam.deleteLoginProfile(name).catch(absentIsDone);
    done.push("delete the password for good");
  }
  if (tags[dormantTags.warned] !== undefined) {
    await iam.untagUser(name, [dormantTags.warned]);
    done.push(`remove the tag ${dormantTags.warned}`);
  }
}

/** The tags are the state; a record that can't be written costs no more than another warning. */
async function writeWarnedDays(admin: AdminContext, warned: WarnedDays): Promise<void> {
  try {
    await admin.notices?.write(admin.accountId, encodeWarnedDays(warned));
  } catch (error) {
    admin.debug(failureFrom(error).message);
  }
}
