// Plans which users without access are recorded, warned or deleted: by the records of the account, and for those whose
// time has come by what AWS says about them just now. Changes nothing.

import { type AwstError, isAwstError } from "../../model/errors.ts";
import type { AccountDetails } from "../model/account-facts.ts";
import type { DormantRules, GroupRules } from "../model/admin-settings.ts";
import { wasAdministrator } from "../model/administrators.ts";
import { rowOf } from "../model/credential-report.ts";
import {
  type DeletionDates,
  type DeletionDecision,
  type DeletionObjection,
  type DeletionStep,
  decideDeletion,
  findDeletionObjection,
  policyArn,
  recordedUser,
  recordNames,
  serviceCategory,
} from "../model/dormant-deletion.ts";
import type { AdminContext } from "../ports.ts";
import { findGuard } from "./guard-users.ts";
import { type OffboardPlan, type PlannedOffboarding, planOffboarding } from "./plan-offboarding.ts";
import type { AccountPicture, PicturedUser } from "./read-account.ts";
import { findUser } from "./read-user.ts";

export interface DeletionRules {
  readonly rules: DormantRules;
  readonly groups: GroupRules;
  readonly protectedNames: readonly string[];
}

export interface PlannedDeletion {
  readonly picture: PicturedUser;
  readonly step: DeletionStep;
  /** What goes, for the step `delete`. */
  readonly offboarding: PlannedOffboarding | undefined;
  /** Since when the user is recorded as without access. */
  readonly since?: Date | undefined;
  /** Why AWS could not be asked about the user: then nothing is done. */
  readonly failure?: AwstError;
}

export interface DeletionPlan {
  /** In the order of the names. */
  readonly users: readonly PlannedDeletion[];
  readonly refused: readonly { readonly user: string; readonly reason: string }[];
  /** ARNs of records of users that are gone. */
  readonly orphans: readonly string[];
}

/** What the records and the verdicts alone say, by user id. Reads nothing. */
export function decideDeletions(
  picture: AccountPicture,
  judged: readonly PicturedUser[],
  rules: DormantRules,
  now: Date,
): ReadonlyMap<string, DeletionDecision> {
  const decided = judged.flatMap(({ user, judged: verdict }) => {
    const dates = datesIn(picture.details, user);
    const decision = decideDeletion(verdict, user.tags, dates, rules, now);
    return decision === undefined ? [] : [[user.id, decision] as const];
  });
  return new Map(decided);
}

/**
 * Reads only: live what is left of those users whom a step leads to a deletion. What fails for one user is that user's `failure`
 * and changes nothing for the others.
 */
export async function planDeletions(
  admin: AdminContext,
  picture: AccountPicture,
  judged: readonly PicturedUser[],
  request: DeletionRules,
): Promise<DeletionPlan> {
  if (!request.rules.actions.includes("user")) return { users: [], refused: [], orphans: [] };
  const decisions = decideDeletions(picture, judged, request.rules, admin.clock().awsNow);
  const users: PlannedDeletion[] = [];
  const refused: { user: string; reason: string }[] = [];
  for (const each of judged) {
    const { user } = each;
    const decision = decisions.get(user.id);
    if (decision === undefined) continue;
    const dates = datesIn(picture.details, user);
    const planned = { picture: each, offboarding: undefined, since: dates.recordedAt };
    try {
      const checked = await checkDecision(admin, picture, each, decision, dates, request);
      if ("refusal" in checked) refused.push({ user: user.name, reason: checked.refusal });
      else users.push({ ...planned, step: checked.step });
    } catch (error) {
      if (!isAwstError(error) || !("step" in decision)) throw error;
      users.push({ ...planned, step: decision.step, failure: error });
    }
  }
  const isGoing = ({ step, failure }: PlannedDeletion) => step.do === "delete" && !failure;
  const { offboarding, failures } = await planRemoval(admin, users.filter(isGoing), request);
  refused.push(...offboarding.refused);
  const planned = users.flatMap((each): readonly PlannedDeletion[] => {
    if (!isGoing(each)) return [each];
    const { id, name } = each.picture.user;
    const failure = failures.get(name);
    if (failure !== undefined) return [{ ...each, failure }];
    const own = offboarding.users.find(({ inventory }) => inventory.user.id === id);
    return own === undefined ? [] : [{ ...each, offboarding: own }];
  });
  return { users: planned, refused, orphans: orphansIn(picture.details) };
}

function datesIn(
  { managedSince }: AccountDetails,
  { arn, id }: { readonly arn: string; readonly id: string },
): DeletionDates {
  const { record, warned } = recordNames(id);
  return {
    recordedAt: managedSince.get(policyArn(arn, record)),
    warnedAt: managedSince.get(policyArn(arn, warned)),
  };
}

function orphansIn({ managed, users }: AccountDetails): readonly string[] {
  const ids = new Set(users.map(({ id }) => id));
  return [...managed.keys()].filter((arn) => {
    const id = recordedUser(arn);
    return id !== undefined && !ids.has(id);
  });
}

/** What guards the user, and what AWS says about the user's credentials just now, can change a decision. */
async function checkDecision(
  admin: AdminContext,
  picture: AccountPicture,
  planned: PicturedUser,
  decision: DeletionDecision,
  dates: DeletionDates,
  request: DeletionRules,
): Promise<DeletionDecision> {
  if ("refusal" in decision || !isChecked(decision.step)) return decision;
  const reason = await findRefusal(admin, picture.details, planned, request);
  if (reason !== undefined) return { refusal: reason };
  const objection = await findObjection(admin, picture, planned, dates, request.rules);
  if (objection === undefined) return decision;
  const isRecorded = dates.recordedAt !== undefined;
  return objection.isDisproof && isRecorded
    ? { step: { do: "unschedule", why: objection.reason } }
    : { refusal: objection.reason };
}

/** Steps that lead to a deletion; the others need no proof. */
function isChecked({ do: kind }: DeletionStep): boolean {
  return kind === "schedule" || kind === "announce" || kind === "delete";
}

/** --force changes none of these: `awst admin user offboard NAME` is for them. */
export async function findRefusal(
  admin: AdminContext,
  details: AccountDetails,
  { user }: PicturedUser,
  { groups, protectedNames }: DeletionRules,
): Promise<string | undefined> {
  // By the policies alone: one who is cut off, or only tagged so, is an administrator here too.
  if (wasAdministrator(user, details)) return `${user.name} can administer IAM`;
  const guard = await findGuard(admin, details, user, [user.name], { protectedNames, forced: [] });
  return guard?.reason ?? serviceCategory(user, groups);
}

/** Errors: AWS_*. */
export async function findObjection(
  admin: AdminContext,
  picture: AccountPicture,
  { user }: PicturedUser,
  { recordedAt }: DeletionDates,
  rules: DormantRules,
): Promise<DeletionObjection | undefined> {
  const inventory = await findUser(admin, user.name);
  if (inventory?.user.id !== user.id)
    return { reason: "the user no longer exists", isDisproof: true };
  const listed = picture.users.get(user.name);
  const row = listed && picture.report && rowOf(picture.report.rows, listed);
  const keyUses = new Map<string, Date | "unknown" | undefined>();
  for (const { id } of inventory.keys) keyUses.set(id, await lastUseOf(admin, id));
  const evidence = { inventory, keyUses, keysChangedAt: row?.allKeysChangedAt };
  return findDeletionObjection(evidence, recordedAt, rules, admin.clock().awsNow);
}

async function lastUseOf({ iam }: AdminContext, id: string): Promise<Date | "unknown" | undefined> {
  try {
    return (await iam.lastUseOf(id)).usedAt;
  } catch (error) {
    if (!isAwstError(error, "IAM_ABSENT")) throw error;
    return "unknown";
  }
}

interface PlannedRemoval {
  readonly offboarding: Pick<OffboardPlan, "users" | "refused">;
  /** By user name. */
  readonly failures: ReadonlyMap<string, AwstError>;
}

/** What fails for all of them is the failure of each. */
async function planRemoval(
  admin: AdminContext,
  going: readonly PlannedDeletion[],
  { protectedNames }: DeletionRules,
): Promise<PlannedRemoval> {
  const names = going.map(({ picture }) => picture.user.name);
  const nothing = { users: [], refused: [] };
  if (names.length === 0) return { offboarding: nothing, failures: new Map() };
  const how = { due: false, graceDays: 0, protectedNames, forced: [] };
  try {
    const offboarding = await planOffboarding(admin, { names, ...how });
    const failures = new Map(offboarding.failed.map(({ user, error }) => [user, error]));
    return { offboarding, failures };
  } catch (error) {
    if (!isAwstError(error)) throw error;
    return { offboarding: nothing, failures: new Map(names.map((name) => [name, error])) };
  }
}

/**
 * Returns the plans with the deletions that one run carries out: those of the users who are without access for longest.
 * The limit stops no other step, so that a schedule still warns and disables.
 */
export function limitDeletions(
  plans: readonly DeletionPlan[],
  limit: number,
): readonly DeletionPlan[] {
  const going = plans.flatMap(({ users }) =>
    users.filter(({ step, failure }) => step.do === "delete" && !failure),
  );
  const oldest = [...going].sort((a, b) => Number(a.since) - Number(b.since));
  const postponed = new Set(oldest.slice(limit));
  return plans.map((plan) => ({
    ...plan,
    users: plan.users.map(
      (each): PlannedDeletion =>
        postponed.has(each)
          ? { ...each, step: { do: "postpone", limit }, offboarding: undefined }
          : each,
    ),
  }));
}
