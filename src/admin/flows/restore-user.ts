// Restores a user who was off-boarded: switches on what the cut switched off, or makes a deleted user again from its
// record. A password is never restored; it is made anew.

import { AwstError, isAwstError } from "../../model/errors.ts";
import { isSameName, type UserInventory } from "../model/account-facts.ts";
import { dayOfTime } from "../model/days.ts";
import { dormantTags } from "../model/dormant-steps.ts";
import { cutPolicyName, denyAllArn } from "../model/offboarding.ts";
import {
  type InactiveCredential,
  isCutOff,
  isUpload,
  ownTags,
  type RestoreStep,
  recreateSteps,
  restoringTag,
  stillInactive,
  type UploadStep,
  uncutSteps,
} from "../model/restoring.ts";
import { decodeRecord, type UserRecord } from "../model/user-record.ts";
import type { AdminContext } from "../ports.ts";
import { retryWhileNew } from "./expected-errors.ts";
import { findUser, unknownUser } from "./read-user.ts";

export interface RestorePlan {
  readonly user: string;
  /** `switch on`: the user is there. `create`: the user was deleted. */
  readonly kind: "switch on" | "create";
  readonly steps: readonly RestoreStep[];
  /** What does not come back, one line each. */
  readonly lost: readonly string[];
  /** Credentials that were inactive, and stay so. */
  readonly inactive: readonly InactiveCredential[];
  readonly record: UserRecord | undefined;
}

/** Errors: ADMIN_REFUSED for a user who is not off-boarded, IAM_ABSENT without a record. */
export async function planRestore(admin: AdminContext, name: string): Promise<RestorePlan> {
  const inventory = await findUser(admin, name);
  const isResumed = inventory?.user.tags[restoringTag] !== undefined;
  if (inventory !== undefined && !isResumed && !isCutOff(inventory)) throw notCut(inventory);
  const record = await readOwnRecord(admin, name);
  const day = dayOfTime(admin.clock().awsNow.getTime());
  if (inventory === undefined) {
    if (record === undefined) throw await noRecord(admin, name);
    const steps = recreateSteps(record, undefined, day);
    const { lost } = record;
    return { user: record.userName, kind: "create", steps, lost, inactive: [], record };
  }
  const { user } = inventory;
  if (user.tags[restoringTag] !== undefined && record !== undefined) {
    const sshBodies = await Promise.all(
      inventory.sshKeys.map(({ id }) => admin.iam.getSshKeyBody(user.name, id)),
    );
    const steps = recreateSteps(record, { inventory, sshBodies }, day);
    return { user: user.name, kind: "create", steps, lost: record.lost, inactive: [], record };
  }
  if (!isCutOff(inventory)) throw notCut(inventory);
  const own = record?.userId === user.id ? record : undefined;
  const steps = uncutSteps(inventory, own, day);
  const lost = inventory.loginProfile === undefined ? ["the console password"] : [];
  const inactive = stillInactive(inventory, steps);
  return { user: user.name, kind: "switch on", steps, lost, inactive, record: own };
}

function notCut({ user: { name, tags } }: UserInventory): AwstError {
  const isDormant = tags[dormantTags.disabled] !== undefined;
  const hint = isDormant ? `awst admin dormant restore ${name}` : `awst admin user show ${name}`;
  const message = `${name} is not off-boarded${isDormant ? ", but disabled as dormant" : ""}`;
  return new AwstError("ADMIN_REFUSED", message, { hint });
}

/** undefined: there is none. Errors: ADMIN_REFUSED for one that is damaged, of another user, or that others can change. */
async function readOwnRecord(
  { records, accountId }: AdminContext,
  name: string,
): Promise<UserRecord | undefined> {
  const text = await records.read(accountId, name);
  if (text === undefined) return undefined;
  const path = records.pathOf(accountId, name);
  const record = decodeRecord(text);
  if (record !== undefined && isSameName(record.userName, name)) return record;
  const message =
    record === undefined
      ? `the record ${path} is damaged`
      : `the record ${path} is of another user, ${JSON.stringify(record.userName)}`;
  throw new AwstError("ADMIN_REFUSED", message, {
    hint: "restore the file from a backup, or move it away to continue without the record",
  });
}

async function noRecord(admin: AdminContext, name: string): Promise<AwstError> {
  const { hint } = await unknownUser(admin, name);
  const message = `there is no IAM user ${JSON.stringify(name)}, and no record of one on this machine`;
  return new AwstError("IAM_ABSENT", message, { hint });
}

/**
 * Returns the steps that AWS refused because something is gone: a group, a policy. `done` gets the steps that were taken.
 * A tag that does not fit keeps no access from the user: it is set once the tags of the cut are removed, or left out. Errors:
 * AWS_*, IAM_*; the next run takes the steps that are left.
 */
export async function restoreUser(
  admin: AdminContext,
  plan: RestorePlan,
  done: string[],
): Promise<readonly string[]> {
  const missing: string[] = [];
  const unfit: RestoreStep[] = [];
  try {
    for (const step of plan.steps) {
      try {
        await applyRestoreStep(admin, plan, step, done);
        done.push(restoreText(step));
      } catch (error) {
        if (step.do === "tag" && isAwstError(error, "IAM_QUOTA")) unfit.push(step);
        else if (!canBeMissing(step) || !isAwstError(error, "IAM_ABSENT")) throw error;
        else missing.push(restoreText(step));
      }
    }
    for (const step of unfit) {
      try {
        await applyRestoreStep(admin, plan, step, done);
        done.push(restoreText(step));
      } catch (error) {
        if (!isAwstError(error, "IAM_QUOTA")) throw error;
        admin.say(`${plan.user} has 50 tags, so this is left out: ${restoreText(step)}`);
      }
    }
  } finally {
    const facts = { user: plan.user, steps: done.length, missing: missing.length };
    if (done.length > 0) admin.record("user-restored", facts);
  }
  return missing;
}

/** A group or a policy of the record may be gone by now. */
function canBeMissing(step: RestoreStep): boolean {
  return step.do === "join group" || step.do === "attach policy" || step.do.startsWith("activate");
}

async function applyRestoreStep(
  admin: AdminContext,
  plan: RestorePlan,
  step: RestoreStep,
  done: string[],
): Promise<void> {
  if (!isUpload(step)) {
    await retryWhileNew(admin, () => callFor(admin, plan, step));
    return;
  }
  // An upload is active: Ctrl-C never leaves it so where the record says inactive.
  await admin.uninterrupted(() => upload(admin, plan.user, step, done));
}

/** Two calls, each repeated for itself: AWS takes no key a second time. */
async function upload(
  admin: AdminContext,
  user: string,
  step: UploadStep,
  done: string[],
): Promise<void> {
  const { iam } = admin;
  const isKey = step.do === "upload SSH key";
  const { id } = await retryWhileNew(admin, () =>
    isKey ? iam.uploadSshKey(user, step.body) : iam.uploadCertificate(user, step.body),
  );
  if (step.status !== "Inactive") return;
  try {
    await retryWhileNew(admin, () =>
      (isKey ? iam.setSshKeyStatus : iam.setCertificateStatus)(user, id, "Inactive"),
    );
  } catch (error) {
    done.push(`${restoreText(step)}, still active`);
    throw error;
  }
}

async function callFor(
  { iam, clock }: AdminContext,
  { user, record }: RestorePlan,
  step: Exclude<RestoreStep, UploadStep>,
): Promise<unknown> {
  switch (step.do) {
    case "create user":
      if (record === undefined) throw new Error("no record");
      return iam.createUser({
        userName: user,
        path: record.path,
        tags: { ...ownTags(record), [restoringTag]: dayOfTime(clock().awsNow.getTime()) },
        boundary: record.boundary,
      });
    case "activate key":
      return iam.setAccessKeyStatus(user, step.id, "Active");
    case "activate SSH key":
      return iam.setSshKeyStatus(user, step.id, "Active");
    case "activate certificate":
      return iam.setCertificateStatus(user, step.id, "Active");
    case "activate service credential":
      return iam.setServiceCredentialStatus(user, step.id, "Active");
    case "join group":
      return iam.addToGroup(user, step.group);
    case "switch off SSH key":
      return iam.setSshKeyStatus(user, step.id, "Inactive");
    case "switch off certificate":
      return iam.setCertificateStatus(user, step.id, "Inactive");
    case "put policy":
      return iam.putUserPolicy(user, { name: step.name, document: step.document });
    case "attach policy":
      return iam.attachPolicy(user, step.arn);
    case "lift deny":
      return step.how === "inline"
        ? iam.deleteUserPolicy(user, cutPolicyName)
        : iam.detachPolicy(user, denyAllArn((await iam.getUser(user)).arn));
    case "restore boundary":
      return step.arn === undefined ? iam.deleteBoundary(user) : iam.putBoundary(user, step.arn);
    case "tag":
      return iam.tagUser(user, step.tags);
    case "untag":
      return iam.untagUser(user, step.names);
  }
}

/** `activate access key AKIA…`: what a step does, for plans and results. */
export function restoreText(step: RestoreStep): string {
  switch (step.do) {
    case "create user":
      return "create the user";
    case "activate key":
      return `activate access key ${step.id}`;
    case "activate SSH key":
    case "activate certificate":
    case "activate service credential":
    case "switch off SSH key":
    case "switch off certificate":
      return `${step.do} ${step.id}`;
    case "join group":
      return `add to group ${step.group}`;
    case "upload SSH key":
      return "upload an SSH public key, with a new id";
    case "upload certificate":
      return "upload a signing certificate, with a new id";
    case "put policy":
      return `put inline policy ${step.name}`;
    case "attach policy":
      return `attach ${step.arn}`;
    case "lift deny":
      return step.how === "inline" ? "remove the deny" : "detach AWSDenyAll";
    case "restore boundary":
      return step.arn === undefined
        ? "remove the permissions boundary AWSDenyAll"
        : `put the permissions boundary ${step.arn} back`;
    case "tag":
      return `tag ${Object.keys(step.tags).join(", ")}`;
    case "untag":
      return `remove the ${step.names.length === 1 ? "tag" : "tags"} ${step.names.join(", ")}`;
  }
}
