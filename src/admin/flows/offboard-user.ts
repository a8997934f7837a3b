// Off-boards users: plans from what AWS says, and carries the plan out. Every round reads the user again, so that a
// run which was stopped anywhere is finished by the next one, and what appeared meanwhile is taken along.

import { AwstError, isAwstError } from "../../model/errors.ts";
import {
  type AccountDetails,
  type AccountUser,
  isSameName,
  type UserInventory,
} from "../model/account-facts.ts";
import { assumableRoles, foreignRolesOf } from "../model/administrators.ts";
import { dayAfter, dayOfTime } from "../model/days.ts";
import {
  cutPolicyDocument,
  cutPolicyName,
  cutSteps,
  cutTags,
  emptyingSteps,
  isDue,
  lastSteps,
  type OffboardStep,
  whyNotCut,
} from "../model/offboarding.ts";
import {
  endedPolicies,
  endingPolicy,
  type LastingSessions,
  lastingSessions,
} from "../model/role-sessions.ts";
import { encodeRecord, recordOf } from "../model/user-record.ts";
import type { AdminContext } from "../ports.ts";
import { applyOffboardStep, stepText } from "./apply-offboard-step.ts";
import { findGuard, type GuardOptions, isProtected } from "./guard-users.ts";
import { findRecord, findUser } from "./read-user.ts";

export interface OffboardRequest extends GuardOptions {
  readonly names: readonly string[];
  /** Also every user whose day of deletion has come. */
  readonly due: boolean;
  /** Days between cut and deletion; 0: at once; undefined: cut only. */
  readonly graceDays: number | undefined;
  /** Takes the error of one user; undefined: it is an error of the plan. */
  readonly onFailure?: (user: string, error: AwstError) => void;
}

export interface PlannedOffboarding {
  readonly inventory: UserInventory;
  /** Whether the user was not named, and is deleted because an earlier run cut him off. */
  readonly isDue: boolean;
  readonly cut: readonly OffboardStep[];
  /** [] where the user is not deleted by this run. */
  readonly deletion: readonly OffboardStep[];
  /** `2026-12-27`, where a later run deletes the user. */
  readonly deleteAfter: string | undefined;
  readonly sessions: readonly LastingSessions[];
  /** Roles of other accounts that the user may be allowed to assume. */
  readonly foreignRoles: readonly string[];
  /** Of password or keys; undefined: no use is known. */
  readonly lastUsed: Date | undefined;
}

export interface RefusedOffboarding {
  readonly user: string;
  /** Why the user is not changed. */
  readonly reason: string;
  /** What changes that: --force, the user's name without --due, or another user who runs the command. */
  readonly remedy: "force" | "cut off again" | "another administrator";
}

export interface OffboardPlan {
  readonly users: readonly PlannedOffboarding[];
  readonly refused: readonly RefusedOffboarding[];
  /** Off-boarded before: a record says so. */
  readonly gone: readonly string[];
  readonly unknown: readonly string[];
  /** Denies on roles whose sessions are over. */
  readonly ended: readonly { readonly role: string; readonly policy: string }[];
  readonly accountUsers: number;
}

export interface OffboardResult {
  readonly user: string;
  readonly state: "cut" | "deleted" | "stopped";
  readonly deleteAfter: string | undefined;
  /** What was done, in order. */
  readonly steps: readonly string[];
  readonly endedSessions: readonly string[];
  readonly error: AwstError | undefined;
}

/** A round does all steps that AWS's answers ask for; more than one where something new appeared. */
const mostRounds = 8;

/** Reads only. Errors: AWS_*; a user that can't be read is an error of the plan, without `onFailure`. */
export async function planOffboarding(
  admin: AdminContext,
  request: OffboardRequest,
): Promise<OffboardPlan> {
  const details = await admin.iam.accountDetails();
  const { awsNow } = admin.clock();
  const due = request.due ? details.users.filter((user) => isDue(user, awsNow)) : [];
  const names = unique([...request.names, ...due.map(({ name }) => name)]);
  const maxSeconds = new Map(
    (await admin.iam.listRoles()).map(({ name, maxSessionSeconds }) => [name, maxSessionSeconds]),
  );
  const users: PlannedOffboarding[] = [];
  const refused: RefusedOffboarding[] = [];
  const gone: string[] = [];
  const unknown: string[] = [];
  const planOne = async (name: string) => {
    const user = details.users.find((each) => isSameName(each.name, name));
    const inventory = user && (await findUser(admin, user.name));
    if (user === undefined || inventory === undefined) {
      const record = await findRecord(admin, name);
      (record === undefined ? unknown : gone).push(name);
      return;
    }
    const isDueNow = due.includes(user);
    const notCut = isDueNow ? await findWhyNotCut(admin, inventory) : undefined;
    if (notCut !== undefined) {
      refused.push({ user: user.name, reason: `${user.name} ${notCut}`, remedy: "cut off again" });
      return;
    }
    const guard = await findGuard(admin, details, user, names, request);
    if (guard !== undefined) {
      const { reason, canBeForced } = guard;
      refused.push({
        user: user.name,
        reason,
        remedy: canBeForced ? "force" : "another administrator",
      });
    } else
      users.push(await planUser(admin, details, maxSeconds, user, inventory, isDueNow, request));
  };
  for (const name of names) {
    try {
      await planOne(name);
    } catch (error) {
      if (request.onFailure === undefined || !isAwstError(error)) throw error;
      request.onFailure(name, error);
    }
  }
  const ended = endedPolicies(details.roles, maxSeconds, awsNow);
  return { users, refused, gone, unknown, ended, accountUsers: details.users.length };
}

async function planUser(
  admin: AdminContext,
  details: AccountDetails,
  maxSeconds: ReadonlyMap<string, number>,
  user: AccountUser,
  inventory: UserInventory,
  isDueNow: boolean,
  request: OffboardRequest,
): Promise<PlannedOffboarding> {
  const { awsNow } = admin.clock();
  const graceDays = isDueNow ? 0 : request.graceDays;
  const deleteAfter = graceDays ? dayAfter(awsNow.getTime(), graceDays) : undefined;
  return {
    inventory,
    isDue: isDueNow,
    cut: cutSteps(inventory, { day: dayOfTime(awsNow.getTime()), deleteAfter }),
    deletion:
      graceDays === 0 ? [...emptyingSteps(inventory), ...lastSteps(withoutOthers(inventory))] : [],
    deleteAfter,
    sessions: lastingSessions(user, assumableRoles(user, details), maxSeconds, awsNow),
    foreignRoles: foreignRolesOf(user, details),
    lastUsed: await findLastUse(admin, inventory),
  };
}

export interface OffboardHow {
  /** Also ends the user's sessions of the roles that he may assume. */
  readonly endSessions: boolean;
  /** Why the user must not be cut off now, as AWS describes him just before the first step; undefined: nothing. */
  readonly refusalFor?: (inventory: UserInventory) => string | undefined;
}

/** Never throws for one user: his result has the error, and the others are done. */
export async function offboardUsers(
  admin: AdminContext,
  plan: OffboardPlan,
  how: OffboardHow,
): Promise<readonly OffboardResult[]> {
  for (const { role, policy } of plan.ended) {
    await admin.iam.deleteRolePolicy(role, policy).catch((error: unknown) => {
      if (!isAwstError(error)) throw error;
      admin.debug(error.message);
    });
  }
  const results: OffboardResult[] = [];
  for (const planned of plan.users) results.push(await offboardOne(admin, planned, how));
  return results;
}

async function offboardOne(
  admin: AdminContext,
  planned: PlannedOffboarding,
  how: OffboardHow,
): Promise<OffboardResult> {
  const { user } = planned.inventory;
  const steps: string[] = [];
  const endedSessions: string[] = [];
  const result = (state: OffboardResult["state"], error?: AwstError): OffboardResult => {
    const facts = { user: user.name, state, steps: steps.length };
    admin.record("user-off-boarded", error === undefined ? facts : { ...facts, error: error.code });
    return {
      user: user.name,
      state,
      deleteAfter: planned.deleteAfter,
      steps,
      endedSessions,
      error,
    };
  };
  try {
    const now = await findUser(admin, user.name);
    if (now === undefined) return result("deleted");
    checkUnchanged(admin, planned.inventory, now);
    if (planned.isDue) await checkStillDue(admin, now);
    const reason = how.refusalFor?.(now);
    if (reason !== undefined) throw refusal(`${user.name}: ${reason}`);
    await writeRecord(admin, now);
    await cutUser(admin, now, planned.deleteAfter, steps);
    if (how.endSessions) await endSessions(admin, planned.sessions, endedSessions);
    if (planned.deletion.length === 0) return result("cut");
    await deleteUser(admin, user, planned.deleteAfter, steps);
    return result("deleted");
  } catch (error) {
    if (!isAwstError(error)) throw error;
    return result("stopped", error);
  }
}

/** Takes along what is new, and says so. Errors: ADMIN_REFUSED for another user of the same name, or a new tag. */
function checkUnchanged(admin: AdminContext, planned: UserInventory, now: UserInventory): void {
  const { user } = now;
  if (user.id !== planned.user.id) {
    throw refusal(`${user.name} is another user than the one planned for (${user.id})`);
  }
  if (isProtected(user) && !isProtected(planned.user)) {
    throw refusal(`${user.name} was protected meanwhile`);
  }
  const added = now.keys.filter(({ id }) => !planned.keys.some((old) => old.id === id));
  for (const { id } of added) admin.say(`${user.name} has a new access key, ${id}: taken along`);
  if (now.loginProfile !== undefined && planned.loginProfile === undefined) {
    admin.say(`${user.name} has a new password: taken along`);
  }
}

/** Errors: ADMIN_REFUSED for a user who was restored, or got access, since the plan. */
async function checkStillDue(admin: AdminContext, now: UserInventory): Promise<void> {
  const { user } = now;
  const { awsNow } = admin.clock();
  const reason = isDue(user, awsNow)
    ? await findWhyNotCut(admin, now)
    : "is not to be deleted any more";
  if (reason !== undefined) throw refusal(`${user.name} ${reason}`);
}

async function findWhyNotCut(
  admin: AdminContext,
  inventory: UserInventory,
): Promise<string | undefined> {
  const { name, id } = inventory.user;
  const record = await findRecord(admin, name);
  return whyNotCut(inventory, record?.userId === id);
}

/** Keeps the record of an interrupted run: it shows what the user had before. Errors: FILE_UNWRITABLE. */
async function writeRecord(admin: AdminContext, inventory: UserInventory): Promise<void> {
  const { user, sshKeys } = inventory;
  const old = await findRecord(admin, user.name);
  if (old?.userId === user.id && user.tags[cutTags.at] !== undefined) return;
  const bodies = await Promise.all(
    sshKeys.map(async ({ id }) => [id, await admin.iam.getSshKeyBody(user.name, id)] as const),
  );
  const record = recordOf(inventory, new Map(bodies), admin.clock().awsNow);
  await admin.records.write(admin.accountId, user.name, encodeRecord(record));
}

/** All steps are tried, since each removes access. Errors: that of the first step which failed. */
async function cutUser(
  admin: AdminContext,
  first: UserInventory,
  deleteAfter: string | undefined,
  done: string[],
): Promise<void> {
  const day = dayOfTime(admin.clock().awsNow.getTime());
  let inventory: UserInventory | undefined = first;
  let failure: AwstError | undefined;
  let tagsFit = true;
  for (let round = 1; round <= mostRounds; round++) {
    if (inventory?.user.id !== first.user.id) return;
    const steps = cutSteps(inventory, { day, deleteAfter }).filter(
      (step) => tagsFit || step.do !== "tag",
    );
    if (steps.length === 0) return;
    failure = undefined;
    for (const step of steps) {
      try {
        await applyOffboardStep(admin, inventory.user, step);
        done.push(stepText(step));
      } catch (error) {
        if (!isAwstError(error)) throw error;
        admin.debug(error.message);
        if (step.do === "tag" && isAwstError(error, "IAM_QUOTA")) tagsFit = false;
        else failure ??= error;
      }
    }
    if (failure !== undefined && !isTransient(failure)) throw failure;
    if (failure !== undefined) await admin.sleep(2_000 * round);
    inventory = await findUser(admin, inventory.user.name);
  }
  throw failure ?? refusal(`${first.user.name} gets new credentials all the time`);
}

/** Stops at the first step that fails: MFA devices stay while a key is there. Errors: AWS_*, IAM_*. */
async function deleteUser(
  admin: AdminContext,
  { name: userName, id }: { readonly name: string; readonly id: string },
  deleteAfter: string | undefined,
  done: string[],
): Promise<void> {
  let failure: AwstError | undefined;
  for (let round = 1; round <= mostRounds; round++) {
    const found = await findUser(admin, userName);
    // A user of another id is a new one, made meanwhile.
    if (found?.user.id !== id) return;
    // Also puts the deny back, where the last step of an earlier round met a new password or key.
    await cutUser(admin, found, deleteAfter, done);
    const steps = emptyingSteps(found);
    failure = undefined;
    try {
      for (const step of steps.length > 0 ? steps : lastSteps(found)) {
        await applyOffboardStep(admin, found.user, step);
        done.push(stepText(step));
      }
    } catch (error) {
      if (!isAwstError(error) || !isTransient(error)) throw error;
      failure = error;
      await admin.sleep(2_000 * round);
    }
  }
  if ((await findUser(admin, userName))?.user.id !== id) return;
  throw failure ?? refusal(`${userName} is still there after its deletion`);
}

/** For a plan: the deny is there by the time of the last steps. */
function withoutOthers(inventory: UserInventory): UserInventory {
  const deny = { name: cutPolicyName, document: cutPolicyDocument };
  return { ...inventory, inlinePolicies: [deny] };
}

async function endSessions(
  admin: AdminContext,
  sessions: readonly LastingSessions[],
  ended: string[],
): Promise<void> {
  const cutAt = admin.clock().awsNow;
  for (const each of sessions) {
    if (each.isFixed) continue;
    await admin.iam.putRolePolicy(each.role, endingPolicy(each, cutAt));
    ended.push(each.role);
  }
}

/** A conflict with a change that is still under way, which a later round may not meet. */
function isTransient(error: AwstError): boolean {
  return isAwstError(error, "IAM_CONFLICT", "IAM_ABSENT");
}

function refusal(message: string): AwstError {
  return new AwstError("ADMIN_REFUSED", message, { hint: "run the command again for a new plan" });
}

async function findLastUse(
  { iam }: AdminContext,
  { user, keys }: UserInventory,
): Promise<Date | undefined> {
  const uses = await Promise.all(keys.map(({ id }) => iam.lastUseOf(id)));
  const times = [user.passwordLastUsed, ...uses.map(({ usedAt }) => usedAt)];
  return times.reduce((one, other) => {
    const isLater = one === undefined || (other !== undefined && other > one);
    return isLater ? other : one;
  }, undefined);
}

function unique(names: readonly string[]): readonly string[] {
  return names.filter((name, at) => names.findIndex((each) => isSameName(each, name)) === at);
}
