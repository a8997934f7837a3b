// Carries an off-boarding out. Every round reads the user again, so that a run which was stopped anywhere is finished by
// the next one, and handles what appeared meanwhile.

import { AwstError, isAwstError } from "../../model/errors.ts";
import type { UserInventory } from "../model/account-facts.ts";
import { dayOfTime } from "../model/days.ts";
import {
  cutSteps,
  emptyingSteps,
  isCut,
  isDue,
  lastSteps,
  type OffboardStep,
  whyNotCut,
} from "../model/offboarding.ts";
import { isCutOff, restoredTag } from "../model/restoring.ts";
import { endingPolicy, type RemainingSessions } from "../model/role-sessions.ts";
import { encodeRecord, recordOf } from "../model/user-record.ts";
import type { AdminContext } from "../ports.ts";
import { applyOffboardStep, stepText } from "./apply-offboard-step.ts";
import { failureFrom, findBug } from "./expected-errors.ts";
import { isProtected } from "./guard-users.ts";
import type { OffboardPlan, PlannedOffboarding } from "./plan-offboarding.ts";
import { findRecord, findUser } from "./read-user.ts";

export interface OffboardResult {
  readonly user: string;
  readonly state: "cut" | "deleted" | "stopped";
  readonly deleteAfter: string | undefined;
  /** What was done, in order. */
  readonly steps: readonly string[];
  readonly endedSessions: readonly string[];
  readonly error: AwstError | undefined;
}

/** A round does all steps that AWS's responses ask for; more than one where something new appeared. */
const maxRounds = 8;

export interface OffboardHow {
  /** Also ends the user's sessions of the roles that the user may assume. */
  readonly endSessions: boolean;
  /** Why the user must not be cut off now, as AWS describes the user just before the first step; undefined: nothing. */
  readonly refusalFor?: (inventory: UserInventory) => string | undefined;
}

/** Never throws for one user: the user's result has the error, and the others are done, unless it is a bug. */
export async function offboardUsers(
  admin: AdminContext,
  plan: Pick<OffboardPlan, "users" | "ended">,
  how: OffboardHow,
): Promise<readonly OffboardResult[]> {
  for (const { role, policy } of plan.ended) {
    await admin.iam.deleteRolePolicy(role, policy).catch((error: unknown) => {
      if (!isAwstError(error)) throw error;
      admin.debug(error.message);
    });
  }
  const results: OffboardResult[] = [];
  for (const planned of plan.users) {
    if (findBug(results) !== undefined) break;
    results.push(await offboardOne(admin, planned, how));
  }
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
    if (planned.isDue) checkStillDue(admin, now);
    const reason = how.refusalFor?.(now);
    if (reason !== undefined) throw refusal(`${user.name}: ${reason}`);
    await writeRecord(admin, now);
    await cutUser(admin, now, planned.deleteAfter, steps);
    if (how.endSessions) await endSessions(admin, planned.sessions, endedSessions);
    if (planned.deletion.length === 0) return result("cut");
    await deleteUser(admin, user, planned.deleteAfter, steps);
    return result("deleted");
  } catch (error) {
    return result("stopped", failureFrom(error));
  }
}

/** Prints what is new, which the round then handles. Errors: ADMIN_REFUSED for another user of the same name, or a new tag. */
function checkUnchanged(admin: AdminContext, planned: UserInventory, now: UserInventory): void {
  const { user } = now;
  if (user.id !== planned.user.id) {
    throw refusal(`${user.name} is another user than the one planned for (${user.id})`);
  }
  if (isProtected(user) && !isProtected(planned.user)) {
    throw refusal(`${user.name} was protected meanwhile`);
  }
  const added = now.keys.filter(({ id }) => !planned.keys.some((old) => old.id === id));
  for (const { id } of added)
    admin.say(`${user.name} has a new access key, ${id}: included in this run`);
  if (now.loginProfile !== undefined && planned.loginProfile === undefined) {
    admin.say(`${user.name} has a new password: included in this run`);
  }
}

/** Errors: ADMIN_REFUSED for a user who was restored, or got access, since the plan. */
function checkStillDue(admin: AdminContext, now: UserInventory): void {
  const { user } = now;
  const { awsNow } = admin.clock();
  const reason = isDue(user, awsNow) ? whyNotCut(now, awsNow) : "is not to be deleted any more";
  if (reason !== undefined) throw refusal(`${user.name} ${reason}`);
}

/** Keeps the record of an interrupted run: it shows what the user had before. Errors: FILE_UNWRITABLE. */
async function writeRecord(admin: AdminContext, inventory: UserInventory): Promise<void> {
  const { user, sshKeys } = inventory;
  const old = await findRecord(admin, user.name);
  // By the deny too: AWS may have refused the tags of that run. A record from before a restoration is of another run.
  const isOfThisCut = isCut(user) || old?.tags[restoredTag] === user.tags[restoredTag];
  if (old?.userId === user.id && isOfThisCut && isCutOff(inventory)) return;
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
  for (let round = 1; round <= maxRounds; round++) {
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
  throw failure ?? refusal(`${first.user.name} keeps getting new credentials`);
}

/**
 * Stops at the first step that fails: MFA devices stay while a key is there. Ctrl-C never leaves the user without the deny.
 * Errors: AWS_*, IAM_*.
 */
async function deleteUser(
  admin: AdminContext,
  { name: userName, id }: { readonly name: string; readonly id: string },
  deleteAfter: string | undefined,
  done: string[],
): Promise<void> {
  let failure: AwstError | undefined;
  const isGone = async () => (await findUser(admin, userName))?.user.id !== id;
  for (let round = 1; round <= maxRounds; round++) {
    const found = await findUser(admin, userName);
    // A user of another id is a new one, made meanwhile.
    if (found?.user.id !== id) return;
    // Also puts the deny back, where the last step of an earlier round met a new password or key.
    await cutUser(admin, found, deleteAfter, done);
    const steps = emptyingSteps(found);
    const take = async (all: readonly OffboardStep[]) => {
      for (const step of all) {
        await applyOffboardStep(admin, found.user, step);
        done.push(stepText(step));
      }
    };
    failure = undefined;
    try {
      if (steps.length > 0) await take(steps);
      else if (await admin.uninterrupted(() => take(lastSteps(found)).then(isGone))) return;
    } catch (error) {
      if (!isAwstError(error) || !isTransient(error)) throw error;
      failure = error;
      await admin.sleep(2_000 * round);
    }
  }
  if (await isGone()) return;
  throw failure ?? refusal(`${userName} is still there after its deletion`);
}

async function endSessions(
  admin: AdminContext,
  sessions: readonly RemainingSessions[],
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
