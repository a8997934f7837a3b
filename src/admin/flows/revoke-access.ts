// Lists grants, revokes them, and removes what is over. Each grant is revoked for itself: what another live grant
// allows stays. A grant counts as revoked once AWS no longer shows it.

import { maxRoleSeconds } from "../../model/aws/session-limits.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import {
  type AccountDetails,
  accountOfArn,
  type InlinePolicy,
  isSameName,
} from "../model/account-facts.ts";
import {
  endedExactPolicies,
  type FoundGrant,
  type GrantState,
  grantsOf,
  isGrantOver,
  readGrant,
  roleOfArn,
  stateOf,
} from "../model/grants.ts";
import {
  endingProblem,
  type PlannedRevocation,
  planRevocation,
  type RevokeTarget,
  targetOf,
} from "../model/revoke-plan.ts";
import { endedPolicies, type RolePolicy } from "../model/role-sessions.ts";
import type { AdminContext, GrantRecord } from "../ports.ts";
import { findBug, isBug, takeSteps } from "./expected-errors.ts";
import { deleteGrant, grantDeletionSteps } from "./grant-access.ts";
import { type RoleAccounts, readRole } from "./read-role.ts";

export interface ListedGrant {
  readonly grant: FoundGrant;
  readonly state: GrantState;
  /** undefined: made from another machine, or by hand. */
  readonly record: GrantRecord | undefined;
}

/** All grants of the account, live ones first. Errors: AWS_*. */
export async function listGrants(admin: AdminContext): Promise<readonly ListedGrant[]> {
  const details = await admin.iam.accountDetails();
  const records = await admin.grantRecords.read(admin.accountId);
  const all = grantsOf(details).map((grant) => ({
    grant,
    state: stateOf(grant, details.at),
    record: records.get(grant.id),
  }));
  const order: readonly GrantState[] = ["changed", "live", "unattached", "ended"];
  return all.sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
}

export interface RevokeRequest {
  /** One grant by its id, or all live ones of a user on a role. */
  readonly which: { readonly id: string } | { readonly userName: string; readonly roleArn: string };
  readonly endSessions: boolean;
  /** The typed line with the id of a grant, for a hint. */
  readonly lineById?: (id: string) => readonly string[];
}

/** Reads only. Errors: IAM_ABSENT where there is no such grant, ADMIN_REFUSED where sessions can't be ended, AWS_*. */
export async function planRevoking(
  admin: AdminContext,
  accounts: RoleAccounts,
  { which, endSessions, lineById = lineOf }: RevokeRequest,
): Promise<readonly PlannedRevocation[]> {
  const details = await admin.iam.accountDetails();
  const now = details.at;
  const found = grantsOf(details).filter((each) => isRequested(each, which, now));
  const targets = found.map(targetOf);
  if (endSessions && targets.length === 0) targets.push(...sessionsAlone(which, details));
  if (targets.length === 0) throw noGrant(which, details, { now, lineById });
  const planned: PlannedRevocation[] = [];
  for (const target of targets) {
    const role = target.roleArn && (await readRoleToEnd(accounts, target.roleArn));
    const problem = endSessions ? endingProblem(target, role) : undefined;
    if (problem !== undefined) throw new AwstError("ADMIN_REFUSED", problem);
    planned.push(planRevocation(target, details, role, { now, endSessions }));
  }
  return planned;
}

/** Sessions outlive a grant, and a run may have revoked the grant and failed to end them. */
function sessionsAlone(
  which: RevokeRequest["which"],
  details: AccountDetails,
): readonly RevokeTarget[] {
  if ("id" in which) return [];
  const { userName, roleArn } = which;
  const user = details.users.find(({ name }) => isSameName(name, userName));
  return user === undefined ? [] : [{ grant: undefined, user: user.name, roleArn }];
}

/** A role that was deleted has no sessions to end. */
async function readRoleToEnd(accounts: RoleAccounts, roleArn: string) {
  try {
    return await readRole(accounts, roleArn);
  } catch (error) {
    if (isAwstError(error, "IAM_ABSENT")) return undefined;
    throw error;
  }
}

function isRequested(grant: FoundGrant, which: RevokeRequest["which"], now: Date): boolean {
  if ("id" in which) return grant.id === which.id.toLowerCase();
  const isOnRole = grant.scope?.roleArn === which.roleArn && stateOf(grant, now) === "live";
  return isOnRole && isSameName(grant.user ?? "", which.userName);
}

function noGrant(
  which: RevokeRequest["which"],
  details: AccountDetails,
  how: GrantHint,
): AwstError {
  if ("id" in which) {
    const user = details.users.find(({ name }) => isSameName(name, which.id));
    if (user !== undefined) return grantsOfUser(user.name, details, how);
  }
  const message =
    "id" in which
      ? `there is no grant ${JSON.stringify(which.id)}`
      : `${which.userName} has no live grant on ${roleOfArn(which.roleArn)}`;
  return new AwstError("IAM_ABSENT", message, { hint: "awst admin grants" });
}

interface GrantHint {
  readonly now: Date;
  readonly lineById: (id: string) => readonly string[];
}

const lineOf = (id: string) => ["awst", "admin", "revoke", id];

/** A user alone names no grant: which ones there are, and how one is named. */
function grantsOfUser(
  user: string,
  details: AccountDetails,
  { now, lineById }: GrantHint,
): AwstError {
  const live = grantsOf(details).filter(
    (each) => each.user === user && stateOf(each, now) === "live",
  );
  const [first, ...more] = live.map(({ id, scope }) => {
    const { roleArn = "", until = now } = scope ?? {};
    return `${user} has the grant ${id}: ${accountOfArn(roleArn)}/${roleOfArn(roleArn)} until ${rfc3339(until)}`;
  });
  if (first === undefined) {
    return new AwstError("IAM_ABSENT", `${user} has no live grant`, { hint: "awst admin grants" });
  }
  const hint = commandLine(lineById(live[0]?.id ?? "ID"));
  return new AwstError("IAM_ABSENT", first, { more, hint });
}

export interface RevokeResult {
  readonly planned: PlannedRevocation;
  readonly areSessionsEnded: boolean;
  /** What was done, in order, also before an error. */
  readonly done: readonly string[];
  readonly error: AwstError | undefined;
}

/** Never throws for one grant: its result has the error, and the others are revoked. */
export async function revokeGrants(
  admin: AdminContext,
  accounts: RoleAccounts,
  all: readonly PlannedRevocation[],
): Promise<readonly RevokeResult[]> {
  const results: RevokeResult[] = [];
  for (const planned of all) {
    if (findBug(results) !== undefined) break;
    results.push(await revokeOne(admin, accounts, planned));
  }
  return results;
}

/** Both steps are tried, since each removes access. */
async function revokeOne(
  admin: AdminContext,
  accounts: RoleAccounts,
  planned: PlannedRevocation,
): Promise<RevokeResult> {
  const { grant, user, roleArn = "", ending } = planned;
  const roleIam = accounts.get(accountOfArn(roleArn));
  const ended = await takeSteps(async (steps) => {
    if (ending === undefined) return;
    await roleIam?.putRolePolicy(ending.role, ending.policy);
    steps.push(`put inline policy ${ending.policy.name} on role ${ending.role}`);
  });
  const deleted = await takeSteps(
    async (steps) => grant && deleteGrant(admin.iam, user, grant, steps),
  );
  const notEnded = ended.error;
  const notDeleted = deleted.error;
  const { error: notGone } = await takeSteps(() => requireGone(admin, planned));
  // A deletion whose reply was lost is not a failure once AWS shows that it happened.
  const bug = [notEnded, notDeleted, notGone].find(isBug);
  const left = notGone ?? (notDeleted && (await findLeftPolicy(admin, grant)));
  const error = bug ?? notEnded ?? (left && (notDeleted ?? left));
  const areSessionsEnded = ending !== undefined && notEnded === undefined;
  admin.record("access-revoked", {
    id: grant?.id ?? "",
    user: user ?? "",
    role: roleArn,
    endedSessions: areSessionsEnded,
    ...(error !== undefined && { error: error.code }),
  });
  const isLost = grant !== undefined && notDeleted !== undefined && left === undefined;
  const deletion = isLost ? grantDeletionSteps(user, grant) : deleted.done;
  return { planned, areSessionsEnded, done: [...ended.done, ...deletion], error };
}

/** Returns why a managed policy is left that no user has any more: it allows nothing, and can be deleted by its id. */
async function findLeftPolicy(
  { iam }: AdminContext,
  grant: FoundGrant | undefined,
): Promise<AwstError | undefined> {
  if (grant?.kind !== "managed") return undefined;
  const { error } = await takeSteps(() => iam.getPolicyDocument(grant.policy));
  if (error?.code === "IAM_ABSENT") return undefined;
  return error ?? new AwstError("ADMIN_INCOMPLETE", `the policy ${grant.policy} is left`);
}

const readBackTries = 4;

/** Errors: ADMIN_INCOMPLETE while AWS shows the grant. */
async function requireGone(admin: AdminContext, { grant, user }: PlannedRevocation): Promise<void> {
  if (user === undefined || grant === undefined) return;
  const list =
    grant.kind === "inline" ? admin.iam.listUserPolicies : admin.iam.listAttachedPolicies;
  for (let tries = 1; tries <= readBackTries; tries++) {
    try {
      if (!(await list(user)).includes(grant.policy)) return;
    } catch (error) {
      if (isAwstError(error, "IAM_ABSENT")) return;
      throw error;
    }
    await admin.sleep(1_000 * tries);
  }
  const message = `AWS still shows the grant ${grant.id} of ${user}`;
  throw new AwstError("ADMIN_INCOMPLETE", message, { hint: "run the command again" });
}

export interface PrunePlan {
  readonly grants: readonly FoundGrant[];
  /** Denies on roles whose sessions are all over. */
  readonly denies: readonly RolePolicy[];
  /** Ended grants that stay until the role sessions made with them are over. */
  readonly waiting: readonly { readonly id: string; readonly until: Date }[];
}

/** Reads only. Errors: AWS_*. */
export async function planPrune({ iam }: AdminContext): Promise<PrunePlan> {
  const details = await iam.accountDetails();
  const roles = await iam.listRoles();
  const maxSeconds = new Map(roles.map(({ name, maxSessionSeconds }) => [name, maxSessionSeconds]));
  const byArn = new Map(details.roles.map(({ arn, name }) => [arn, maxSeconds.get(name)]));
  const secondsOf = ({ scope }: FoundGrant) => byArn.get(scope?.roleArn ?? "");
  const ended = grantsOf(details).filter((each) => stateOf(each, details.at) === "ended");
  const isOver = (each: FoundGrant) => isGrantOver(each, secondsOf(each), details.at);
  return {
    grants: ended.filter(isOver),
    waiting: ended
      .filter((each) => !isOver(each))
      .map((each) => {
        const seconds = secondsOf(each) ?? maxRoleSeconds;
        const end = each.scope?.until ?? details.at;
        return { id: each.id, until: new Date(end.getTime() + seconds * 1000) };
      }),
    denies: [
      ...endedExactPolicies(details.roles, maxSeconds, details.at),
      ...endedPolicies(details.roles, maxSeconds, details.at),
    ],
  };
}

export interface PruneResult {
  /** Ids of grants, and `ROLE NAME` of denies. */
  readonly removed: readonly string[];
  /** `done`: what of it was done all the same. */
  readonly remaining: readonly {
    readonly what: string;
    readonly why: string;
    readonly done: readonly string[];
  }[];
  /** undefined, or what ended the run. */
  readonly bug: AwstError | undefined;
}

/** Reads each policy again before it goes. One that fails does not stop the others. */
export async function prune(admin: AdminContext, plan: PrunePlan): Promise<PruneResult> {
  const { iam } = admin;
  const removed: string[] = [];
  const remaining: { what: string; why: string; done: readonly string[] }[] = [];
  let bug: AwstError | undefined;
  const attempt = async (
    what: string,
    work: (done: string[]) => Promise<boolean>,
  ): Promise<void> => {
    if (bug !== undefined) return;
    const { value, done, error } = await takeSteps(work);
    if (value === true || error?.code === "IAM_ABSENT") removed.push(what);
    else {
      const why = error === undefined ? "it was changed meanwhile" : error.message;
      remaining.push({ what, why, done });
      bug = findBug([{ error }]);
    }
  };
  for (const grant of plan.grants) {
    await attempt(grant.id, async (done) => {
      const policy = await readPolicy(admin, grant);
      const scope = readGrant(policy);
      if (scope === undefined || scope.until > admin.clock().awsNow) return false;
      await deleteGrant(iam, grant.user, grant, done);
      return true;
    });
  }
  for (const { role, policy } of plan.denies) {
    await attempt(`${role} ${policy}`, async () => {
      await iam.deleteRolePolicy(role, policy);
      return true;
    });
  }
  if (removed.length > 0) admin.record("grants-pruned", { removed: removed.join(" ") });
  return { removed, remaining, bug };
}

async function readPolicy({ iam }: AdminContext, grant: FoundGrant): Promise<InlinePolicy> {
  const { kind, policy, user = "" } = grant;
  if (kind === "inline") return iam.getUserPolicy(user, policy);
  return { name: policy.split("/").at(-1) ?? "", document: await iam.getPolicyDocument(policy) };
}
