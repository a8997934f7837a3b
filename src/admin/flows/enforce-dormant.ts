// Warns dormant users and disables their access: planned for the account, and decided again from live calls for each
// user just before something of his is changed. `restore` switches keys on again.

import { AwstError, isAwstError } from "../../model/errors.ts";
import type { DormantRules } from "../model/admin-settings.ts";
import {
  type DormantStep,
  disabledKeys,
  dormantStep,
  dormantStepText,
  dormantTags,
} from "../model/dormant-steps.ts";
import { restoredTag } from "../model/restoring.ts";
import type { AdminContext } from "../ports.ts";
import { findGuard, type GuardOptions } from "./guard-users.ts";
import { dayOf } from "./offboard-user.ts";
import { type AccountPicture, judgeOne, type PicturedUser } from "./read-account.ts";
import { requireUser } from "./read-user.ts";

export interface PlannedEnforcement {
  readonly picture: PicturedUser;
  readonly step: DormantStep;
}

export interface EnforcementPlan {
  readonly users: readonly PlannedEnforcement[];
  readonly refused: readonly { readonly user: string; readonly reason: string }[];
}

export interface EnforcementResult {
  readonly user: string;
  readonly state: "done" | "waiting" | "changed" | "stopped";
  readonly step: DormantStep;
  readonly error: AwstError | undefined;
}

/** Reads the guards of those whose access would be disabled. Errors: AWS_*. */
export async function planEnforcement(
  admin: AdminContext,
  picture: AccountPicture,
  judged: readonly PicturedUser[],
  rules: DormantRules,
  guards: GuardOptions,
): Promise<EnforcementPlan> {
  const { awsNow } = admin.clock();
  const steps = judged.flatMap((each) => {
    const step = dormantStep(each.judged, each.user.tags, rules, awsNow);
    return step === undefined ? [] : [{ picture: each, step }];
  });
  const going = steps
    .filter(({ step }) => step.do === "disable")
    .map(({ picture: each }) => each.user.name);
  const users: PlannedEnforcement[] = [];
  const refused: { user: string; reason: string }[] = [];
  for (const planned of steps) {
    const { user } = planned.picture;
    const reason =
      planned.step.do === "disable"
        ? await findGuard(admin, picture.details, user, going, guards)
        : undefined;
    if (reason === undefined) users.push(planned);
    else refused.push({ user: user.name, reason });
  }
  return { users, refused };
}

/** Never throws for one user: the result has the error, and the others are done. */
export async function enforcePlan(
  admin: AdminContext,
  plan: EnforcementPlan,
  rules: DormantRules,
  protectedNames: readonly string[],
): Promise<readonly EnforcementResult[]> {
  const results: EnforcementResult[] = [];
  for (const { picture, step } of plan.users) {
    const { name } = picture.user;
    const result = (state: EnforcementResult["state"], error?: AwstError) =>
      results.push({ user: name, state, step, error });
    if (step.do === "wait") {
      result("waiting");
      continue;
    }
    try {
      const isSame = await enforceOne(admin, picture, step, rules, protectedNames);
      result(isSame ? "done" : "changed");
    } catch (error) {
      if (!isAwstError(error)) throw error;
      result("stopped", error);
    }
  }
  return results;
}

/** Returns false where the user is not what the plan says any more: used, protected or restored meanwhile. */
async function enforceOne(
  admin: AdminContext,
  picture: PicturedUser,
  planned: DormantStep,
  rules: DormantRules,
  protectedNames: readonly string[],
): Promise<boolean> {
  const { iam } = admin;
  const { name, id } = picture.user;
  const fresh = await iam.getUser(name);
  if (fresh.id !== id) return false;
  const judged = await judgeOne(admin, picture, fresh, rules, protectedNames);
  const { awsNow } = admin.clock();
  const step = dormantStep(judged, fresh.tags, rules, awsNow);
  if (step === undefined || step.do !== planned.do) return false;
  const day = dayOf(awsNow.getTime());
  if (step.do === "warn") await iam.tagUser(name, { [dormantTags.warned]: day });
  if (step.do === "clear") await iam.untagUser(name, [dormantTags.warned]);
  if (step.do === "disable") {
    const keys = disabledKeys(fresh.tags, step.keys);
    await iam.tagUser(name, {
      [dormantTags.disabled]: day,
      ...(keys !== "" && { [dormantTags.keys]: keys }),
    });
    for (const key of step.keys) await absentIsDone(iam.setAccessKeyStatus(name, key, "Inactive"));
    if (step.password) await absentIsDone(iam.deleteLoginProfile(name));
    if (fresh.tags[dormantTags.warned] !== undefined) {
      await iam.untagUser(name, [dormantTags.warned]);
    }
  }
  admin.record(`dormant-${step.do}`, { user: name, step: dormantStepText(step) });
  return true;
}

async function absentIsDone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isAwstError(error, "IAM_ABSENT")) throw error;
  }
}

/** Switches on the keys that enforcement switched off. Errors: ADMIN_REFUSED for a user without that state. */
export async function restoreDormant(
  admin: AdminContext,
  userName: string,
): Promise<{
  readonly user: string;
  readonly keys: readonly string[];
  readonly hasPassword: boolean;
}> {
  const { user, keys, loginProfile } = await requireUser(admin, userName);
  const { name, tags } = user;
  if (tags[dormantTags.disabled] === undefined && tags[dormantTags.warned] === undefined) {
    throw new AwstError("ADMIN_REFUSED", `${name} was neither warned nor disabled as dormant`, {
      hint: `awst admin user show ${name}`,
    });
  }
  const wanted = (tags[dormantTags.keys] ?? "").split(" ");
  const off = keys.filter(({ id, status }) => wanted.includes(id) && status === "Inactive");
  for (const { id } of off) await admin.iam.setAccessKeyStatus(name, id, "Active");
  await admin.iam.tagUser(name, { [restoredTag]: dayOf(admin.clock().awsNow.getTime()) });
  const names = Object.values(dormantTags).filter((each) => tags[each] !== undefined);
  await admin.iam.untagUser(name, names);
  admin.record("dormant-restored", { user: name, keys: off.length });
  return { user: name, keys: off.map(({ id }) => id), hasPassword: loginProfile !== undefined };
}
