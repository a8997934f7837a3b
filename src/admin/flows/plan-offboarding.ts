// Plans an off-boarding: from what AWS says now, who is cut off and deleted, and who stays. Changes nothing.

import { type AwstError, isAwstError } from "../../model/errors.ts";
import {
  type AccountDetails,
  type AccountUser,
  isSameName,
  type UserInventory,
} from "../model/account-facts.ts";
import { assumableRoles, foreignRolesOf } from "../model/administrators.ts";
import { dayAfter, dayOfTime } from "../model/days.ts";
import {
  cutPolicy,
  cutSteps,
  cutTags,
  emptyingSteps,
  isDue,
  lastSteps,
  type OffboardStep,
  whyNotCut,
  whyNotDue,
} from "../model/offboarding.ts";
import {
  endedPolicies,
  type RemainingSessions,
  remainingSessions,
} from "../model/role-sessions.ts";
import type { AdminContext } from "../ports.ts";
import { findExcess, findGuard, findProtection, type GuardOptions } from "./guard-users.ts";
import { findRecord, findUser } from "./read-user.ts";

export interface OffboardRequest extends GuardOptions {
  readonly names: readonly string[];
  /** Also every user whose day of deletion has come. */
  readonly due: boolean;
  /** Days between cut and deletion; 0: at once; undefined: cut only. */
  readonly graceDays: number | undefined;
  /** How many users may be off-boarded; undefined: any number. */
  readonly limit?: number | undefined;
}

export interface PlannedOffboarding {
  readonly inventory: UserInventory;
  /** Whether the user was not named, and is deleted because an earlier run cut the user off. */
  readonly isDue: boolean;
  readonly cut: readonly OffboardStep[];
  /** [] where the user is not deleted by this run. */
  readonly deletion: readonly OffboardStep[];
  /** `2026-12-27`, where a later run deletes the user. */
  readonly deleteAfter: string | undefined;
  readonly sessions: readonly RemainingSessions[];
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
  /** What AWS did not let awst read about a user: then nothing of the user is changed. */
  readonly failed: readonly { readonly user: string; readonly error: AwstError }[];
  /** Denies on roles whose sessions are over. */
  readonly ended: readonly { readonly role: string; readonly policy: string }[];
  readonly accountUsers: number;
}

/**
 * Reads only. A user who can't be read is in `failed`, and the others are planned. Errors: AWS_*; ADMIN_REFUSED for more
 * users than the limit, as soon as so many are planned.
 */
export async function planOffboarding(
  admin: AdminContext,
  request: OffboardRequest,
): Promise<OffboardPlan> {
  const details = await admin.iam.accountDetails();
  const { awsNow } = admin.clock();
  const { due, refused } = request.due ? sortDue(details, request, awsNow) : noneDue;
  const names = unique([...request.names, ...due.map(({ name }) => name)]);
  const maxSeconds = new Map(
    (await admin.iam.listRoles()).map(({ name, maxSessionSeconds }) => [name, maxSessionSeconds]),
  );
  const plan: GrowingPlan = { users: [], refused: [...refused], gone: [], unknown: [], failed: [] };
  const facts = { details, maxSeconds, names, due };
  for (const [at, name] of names.entries()) {
    try {
      await planOne(admin, request, facts, name, plan);
    } catch (error) {
      if (!isAwstError(error) || error.code === "INTERRUPTED") throw error;
      plan.failed.push({ user: name, error });
    }
    const { limit = names.length } = request;
    const most = plan.users.length + names.length - at - 1;
    const excess = findExcess(most, limit, { isMost: most > plan.users.length });
    if (plan.users.length > limit && excess !== undefined) throw excess;
  }
  const ended = endedPolicies(details.roles, maxSeconds, awsNow);
  return { ...plan, ended, accountUsers: details.users.length };
}

const noneDue = { due: [], refused: [] };

/**
 * The due users in the order of their days, and those who stay by what the list of the account says about them: tags, the
 * deny and its day. So one call decides about most of many.
 */
function sortDue(
  { users }: AccountDetails,
  request: OffboardRequest,
  now: Date,
): { readonly due: readonly AccountUser[]; readonly refused: readonly RefusedOffboarding[] } {
  const dayOf = ({ tags }: AccountUser) => tags[cutTags.deleteAfter] ?? "";
  const due = users
    .filter((user) => isDue(user, now))
    .sort((one, other) => (dayOf(one) < dayOf(other) ? -1 : 1));
  const refused = due.flatMap((user): readonly RefusedOffboarding[] => {
    const notDue = whyNotDue(user, now);
    if (notDue !== undefined) return [notCut(user.name, notDue)];
    const reason = findProtection(user, request);
    return reason === undefined ? [] : [{ user: user.name, reason, remedy: "force" }];
  });
  const stays = new Set(refused.map(({ user }) => user));
  return { due: due.filter(({ name }) => !stays.has(name)), refused };
}

function notCut(user: string, reason: string): RefusedOffboarding {
  return { user, reason: `${user} ${reason}`, remedy: "cut off again" };
}

interface GrowingPlan {
  readonly users: PlannedOffboarding[];
  readonly refused: RefusedOffboarding[];
  readonly gone: string[];
  readonly unknown: string[];
  readonly failed: { readonly user: string; readonly error: AwstError }[];
}

interface OffboardFacts {
  readonly details: AccountDetails;
  /** Of the sessions of each role. */
  readonly maxSeconds: ReadonlyMap<string, number>;
  /** Of all whom this run off-boards. */
  readonly names: readonly string[];
  readonly due: readonly AccountUser[];
}

async function planOne(
  admin: AdminContext,
  request: OffboardRequest,
  facts: OffboardFacts,
  name: string,
  plan: GrowingPlan,
): Promise<void> {
  const { details, names, due } = facts;
  const user = details.users.find((each) => isSameName(each.name, name));
  const inventory = user && (await findUser(admin, user.name));
  if (user === undefined || inventory === undefined) {
    const record = await findRecord(admin, name);
    (record === undefined ? plan.unknown : plan.gone).push(name);
    return;
  }
  const isDueNow = due.includes(user);
  const reason = isDueNow ? whyNotCut(inventory, admin.clock().awsNow) : undefined;
  if (reason !== undefined) {
    plan.refused.push(notCut(user.name, reason));
    return;
  }
  const guard = await findGuard(admin, details, user, names, request);
  if (guard === undefined) {
    plan.users.push(await planUser(admin, facts, user, inventory, isDueNow, request));
    return;
  }
  const remedy = guard.canBeForced ? "force" : "another administrator";
  plan.refused.push({ user: user.name, reason: guard.reason, remedy });
}

async function planUser(
  admin: AdminContext,
  { details, maxSeconds }: OffboardFacts,
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
    sessions: remainingSessions(user, assumableRoles(user, details), maxSeconds, awsNow),
    foreignRoles: foreignRolesOf(user, details),
    lastUsed: await findLastUse(admin, inventory),
  };
}

/** For a plan: the deny is there by the time of the last steps. */
function withoutOthers(inventory: UserInventory): UserInventory {
  return { ...inventory, inlinePolicies: [cutPolicy(undefined)] };
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
