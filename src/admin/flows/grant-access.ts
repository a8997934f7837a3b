// Grants a role to a user until a time. The plan is made a second time just before the first change: what another
// administrator did meanwhile stops it. What is written is read back, and only then reported as granted.

import { AwstError, isAwstError } from "../../model/errors.ts";
import {
  type AccountDetails,
  type AccountUser,
  accountOfArn,
  isSameName,
} from "../model/account-facts.ts";
import {
  type GrantFacts,
  type GrantRequest,
  type GrantStep,
  type PlannedGrant,
  planGrantSteps,
} from "../model/grant-plan.ts";
import { type FoundGrant, idOfGrant, isSameDocument } from "../model/grants.ts";
import type { AdminContext, AdminIam } from "../ports.ts";
import { absentIsDone, ignore, takeSteps } from "./expected-errors.ts";
import { type GuardOptions, requireUnprotected } from "./guard-users.ts";
import { type RoleAccounts, readRole } from "./read-role.ts";
import { unknownUser } from "./read-user.ts";

export interface GrantAccessRequest extends GrantRequest, GuardOptions {
  readonly userName: string;
  readonly roleArn: string;
}

export interface GrantPlan {
  readonly planned: PlannedGrant;
  readonly facts: GrantFacts;
  readonly request: GrantAccessRequest;
}

/** Reads only. Errors: IAM_ABSENT for user or role, ADMIN_REFUSED where it can't be granted, AWS_*. */
export async function planGrant(
  admin: AdminContext,
  accounts: RoleAccounts,
  request: GrantAccessRequest,
): Promise<GrantPlan> {
  const { userName, roleArn } = request;
  const details = await admin.iam.accountDetails();
  const user = details.users.find(({ name }) => isSameName(name, userName));
  if (user === undefined) throw await unknownUser(admin, userName);
  const { devices } = await admin.iam.listMfaDevices(user.name);
  const role = await readRole(accounts, roleArn);
  // AWS's time from its response: the end must not depend on the clock of this machine.
  const facts = { user, details, now: details.at, hasMfa: devices.length > 0, roleArn, role };
  const planned = planGrantSteps(facts, request);
  checkAllowed(planned, request);
  return { planned, facts, request };
}

function checkAllowed({ user, refusal }: PlannedGrant, guards: GuardOptions): void {
  requireUnprotected(user, guards);
  if (refusal === undefined) return;
  throw new AwstError("ADMIN_REFUSED", refusal.message, { hint: refusal.hint });
}

export interface GrantWhy {
  readonly reason: string;
  readonly approvedBy: string | undefined;
}

/**
 * `done` gets what was done, without what was undone after an error. Errors: ADMIN_REFUSED where something changed meanwhile,
 * ADMIN_INCOMPLETE, AWS_*, IAM_*.
 */
export async function grantAccess(
  admin: AdminContext,
  accounts: RoleAccounts,
  plan: GrantPlan,
  why: GrantWhy,
  done: string[],
): Promise<void> {
  const { scope, isMade } = plan.planned;
  if (plan.planned.steps.length === 0) return;
  const planned = await planAgain(admin, accounts, plan);
  const user = planned.user.name;
  const roleIam = accounts.get(accountOfArn(scope.roleArn));
  if (!isMade) {
    const by = admin.caller?.arn ?? "";
    await admin.grantRecords.add(admin.accountId, { id: scope.id, user, by, ...why });
  }
  const taken: GrantStep[] = [];
  try {
    for (const step of planned.steps) {
      await applyGrantStep(admin, roleIam, planned.user, step, done);
      taken.push(step);
      done.push(grantStepText(step));
    }
  } catch (error) {
    if (!isAwstError(error)) throw error;
    // A reply that was lost says nothing: AWS is asked whether the grant is there.
    if (isMade || !(await isGranted(admin, planned).catch(() => false))) {
      const undone = await rollBack(admin, roleIam, planned, error);
      const left = done.filter((each) => !undone.map(grantStepText).includes(each));
      done.splice(0, done.length, ...left);
      throw error;
    }
    const lost = planned.steps.filter((step) => !taken.includes(step));
    done.push(...lost.map(grantStepText));
  }
  if (!isMade) await requireGranted(admin, planned);
  const { id, roleArn, until } = scope;
  admin.record("access-granted", {
    id,
    user,
    role: roleArn,
    until: until.toISOString(),
    reason: why.reason,
    ...(why.approvedBy !== undefined && { approvedBy: why.approvedBy }),
  });
}

/** The plan for the user as AWS describes it now. Errors: ADMIN_REFUSED where it is another one than was shown. */
async function planAgain(
  admin: AdminContext,
  accounts: RoleAccounts,
  { planned, facts, request }: GrantPlan,
): Promise<PlannedGrant> {
  const { user } = planned;
  if (planned.scope.until <= admin.clock().awsNow) throw changed("the time of the grant is over");
  const now = await readUser(admin.iam, user.name);
  if (now.user.id !== user.id)
    throw changed(`${user.name} is another user than the one planned for`);
  const managed = new Map([...facts.details.managed, ...now.managed]);
  const fresh: AccountUser = { ...user, ...now.user };
  const details: AccountDetails = {
    ...facts.details,
    managed,
    users: facts.details.users.map((each) => (each.name === user.name ? fresh : each)),
  };
  const role = await readRole(accounts, request.roleArn);
  const again = planGrantSteps({ ...facts, user: fresh, details, role }, request);
  checkAllowed(again, request);
  if (again.isMade !== planned.isMade || again.scope.id !== planned.scope.id) {
    throw changed(`the grants of ${user.name} were changed`);
  }
  const doubt = again.doubts.find((each) => !planned.doubts.includes(each));
  if (doubt !== undefined) throw changed(doubt);
  return again;
}

function changed(message: string): AwstError {
  return new AwstError("ADMIN_REFUSED", message, { hint: "run the command again for a new plan" });
}

type FreshUser = Pick<
  AccountUser,
  "id" | "tags" | "boundary" | "inlinePolicies" | "attachedPolicies"
>;

async function readUser(
  iam: AdminIam,
  name: string,
): Promise<{ readonly user: FreshUser; readonly managed: ReadonlyMap<string, string> }> {
  const [{ id, tags, boundary }, names, attachedPolicies] = await Promise.all([
    iam.getUser(name),
    iam.listUserPolicies(name),
    iam.listAttachedPolicies(name),
  ]);
  const grants = attachedPolicies.filter((arn) => idOfGrant(arn.split("/").at(-1) ?? ""));
  const [inlinePolicies, documents] = await Promise.all([
    Promise.all(names.map((policy) => iam.getUserPolicy(name, policy))),
    Promise.all(grants.map(async (arn) => [arn, await iam.getPolicyDocument(arn)] as const)),
  ]);
  const user = { id, tags, boundary, inlinePolicies, attachedPolicies };
  return { user, managed: new Map(documents) };
}

async function applyGrantStep(
  admin: AdminContext,
  roleIam: AdminIam | undefined,
  user: AccountUser,
  step: GrantStep,
  done: string[],
): Promise<void> {
  const { iam } = admin;
  switch (step.do) {
    case "delete ended grant": {
      const { done: parts, error } = await takeSteps((each) =>
        deleteGrant(iam, user.name, step.grant, each),
      );
      if (error === undefined) return;
      done.push(...parts);
      throw error.code === "BUG" ? error.cause : error;
    }
    case "end sessions":
      await roleIam?.putRolePolicy(step.role, step.policy);
      return;
    case "put policy":
      await iam.putUserPolicy(user.name, step.policy);
      return;
    case "create policy":
      await iam.createPolicy(step.policy).catch(ignore("IAM_EXISTS"));
      return;
    case "attach policy":
      await iam.attachPolicy(user.name, managedArn(user, step.policy.name));
  }
}

/** A policy that no longer exists counts as deleted. A managed policy that other users have stays attached to them. */
export async function deleteGrant(
  iam: AdminIam,
  user: string | undefined,
  { kind, policy }: Pick<FoundGrant, "kind" | "policy">,
  done: string[],
): Promise<void> {
  const texts = [...grantDeletionSteps(user, { kind, policy })];
  if (kind === "inline") await iam.deleteUserPolicy(user ?? "", policy).catch(absentIsDone);
  else {
    if (user !== undefined) {
      await iam.detachPolicy(user, policy).catch(absentIsDone);
      done.push(...texts.splice(0, 1));
    }
    try {
      await iam.deletePolicy(policy).catch(absentIsDone);
    } catch (error) {
      if (!isAwstError(error, "IAM_CONFLICT")) throw error;
      return;
    }
  }
  done.push(...texts);
}

/** What the deletion of a grant does. */
export function grantDeletionSteps(
  user: string | undefined,
  { kind, policy }: Pick<FoundGrant, "kind" | "policy">,
): readonly string[] {
  const name = policy.split("/").at(-1);
  if (kind === "inline") return [`delete inline policy ${name}`];
  return [...(user === undefined ? [] : [`detach policy ${name}`]), `delete policy ${name}`];
}

const readBackTries = 4;

/** AWS shows a change some seconds late. Errors: ADMIN_INCOMPLETE. */
async function requireGranted(admin: AdminContext, planned: PlannedGrant): Promise<void> {
  for (let tries = 1; tries <= readBackTries; tries++) {
    if (await isGranted(admin, planned)) return;
    await admin.sleep(1_000 * tries);
  }
  const { user, scope } = planned;
  throw new AwstError(
    "ADMIN_INCOMPLETE",
    `AWS does not show the grant ${scope.id} of ${user.name}, or shows another one`,
    { hint: "awst admin grants" },
  );
}

async function isGranted({ iam }: AdminContext, planned: PlannedGrant): Promise<boolean> {
  const { user, steps } = planned;
  const step = steps.find((each) => each.do === "put policy" || each.do === "attach policy");
  if (step === undefined || !("policy" in step)) return false;
  const { name, document } = step.policy;
  try {
    if (step.do === "put policy") {
      return isSameDocument((await iam.getUserPolicy(user.name, name)).document, document);
    }
    const arn = managedArn(user, name);
    const attached = await iam.listAttachedPolicies(user.name);
    return attached.includes(arn) && isSameDocument(await iam.getPolicyDocument(arn), document);
  } catch (error) {
    if (isAwstError(error, "IAM_ABSENT")) return false;
    throw error;
  }
}

/**
 * Removes what was made for a grant that AWS refused, and returns the steps that were undone. Where it is unknown whether the grant was made, the end of its
 * sessions stays: it denies nothing but sessions of this grant.
 */
async function rollBack(
  { iam, debug }: AdminContext,
  roleIam: AdminIam | undefined,
  { user, steps, isMade }: PlannedGrant,
  { effect }: AwstError,
): Promise<readonly GrantStep[]> {
  if (isMade || effect === "unknown") return [];
  const undo = (step: GrantStep) => {
    if (step.do === "end sessions") return roleIam?.deleteRolePolicy(step.role, step.policy.name);
    if (step.do === "create policy") return iam.deletePolicy(managedArn(user, step.policy.name));
    return undefined;
  };
  const undone: GrantStep[] = [];
  for (const step of steps) {
    try {
      const call = undo(step);
      await call;
      if (call !== undefined) undone.push(step);
    } catch (error) {
      if (isAwstError(error, "IAM_ABSENT")) undone.push(step);
      else debug(String(error));
    }
  }
  return undone;
}

function managedArn({ arn }: AccountUser, name: string): string {
  return `${arn.split(":").slice(0, 5).join(":")}:policy/${name}`;
}

/** What a step does, for plans and results. */
export function grantStepText(step: GrantStep): string {
  switch (step.do) {
    case "delete ended grant":
      return `delete the ended grant ${step.grant.id}`;
    case "end sessions":
      return `put inline policy ${step.policy.name} on role ${step.role}`;
    case "put policy":
      return `put inline policy ${step.policy.name}`;
    case "create policy":
      return `create policy ${step.policy.name}`;
    case "attach policy":
      return `attach policy ${step.policy.name}`;
  }
}
