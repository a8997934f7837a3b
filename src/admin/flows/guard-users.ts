// What keeps an administrator from locking everybody out: the caller, protected users, the last administrators, and
// too many users at once are refused before anything is changed.

import { AwstError } from "../../model/errors.ts";
import { countText } from "../../model/text/count-text.ts";
import {
  type AccountDetails,
  type AccountUser,
  isSameName,
  type UserInventory,
} from "../model/account-facts.ts";
import { matchesAny } from "../model/admin-settings.ts";
import { administratorsOf } from "../model/administrators.ts";
import { isCutOff } from "../model/restoring.ts";
import { protectedTag } from "../model/user-tags.ts";
import type { AdminContext } from "../ports.ts";
import { findUser } from "./read-user.ts";

export interface GuardOptions {
  readonly protectedNames: readonly string[];
  /** --force: names that are changed although a rule protects them. */
  readonly forced: readonly string[];
}

export interface Guard {
  /** Why the user is not changed. */
  readonly reason: string;
  /** Whether --force NAME overrules it. */
  readonly canBeForced: boolean;
}

/** Returns undefined where the user may be changed. `going`: all that this run cuts off. */
export async function findGuard(
  admin: Pick<AdminContext, "iam" | "caller">,
  details: AccountDetails,
  user: AccountUser,
  going: readonly string[],
  options: GuardOptions,
): Promise<Guard | undefined> {
  const { name } = user;
  if (await isCaller(admin, user)) {
    return { reason: `${name} is the user who runs this command`, canBeForced: false };
  }
  if (options.forced.some((each) => isSameName(each, name))) return undefined;
  const reason =
    findProtection(user, options) ?? (await findLastAdministrator(admin, details, user, going));
  return reason === undefined ? undefined : { reason, canBeForced: true };
}

/** Returns what protects the user: the configuration, or a tag. --force NAME overrules it. */
export function findProtection(
  user: Pick<AccountUser, "name" | "tags">,
  { protectedNames, forced }: GuardOptions,
): string | undefined {
  const { name } = user;
  if (forced.some((each) => isSameName(each, name))) return undefined;
  if (matchesAny(protectedNames, name)) return `${name} is in [admin] protected`;
  return isProtected(user) ? `${name} has the tag ${protectedTag}=true` : undefined;
}

/** For every command that changes one user. Errors: ADMIN_REFUSED for a protected user without --force NAME. */
export function requireUnprotected(
  user: Pick<AccountUser, "name" | "tags">,
  options: GuardOptions,
): void {
  const protection = findProtection(user, options);
  if (protection === undefined) return;
  throw new AwstError("ADMIN_REFUSED", protection, { hint: `--force ${user.name}` });
}

/** For every command that gives access. Errors: ADMIN_REFUSED for a user who is cut off. */
export function requireNotCut(inventory: UserInventory): void {
  if (!isCutOff(inventory)) return;
  const { name } = inventory.user;
  throw new AwstError("ADMIN_REFUSED", `${name} is off-boarded`, {
    hint: `awst admin user restore ${name}`,
  });
}

/**
 * Reads the user again just before the first change, since a question takes time. Errors: ADMIN_REFUSED where the user is
 * gone, another one, protected or cut off by now.
 */
export async function requireAsPlanned(
  admin: AdminContext,
  { name, id }: { readonly name: string; readonly id: string },
  options: GuardOptions,
): Promise<UserInventory> {
  const now = await findUser(admin, name);
  if (now === undefined) throw changedMeanwhile(`${name} was deleted meanwhile`);
  if (now.user.id !== id) throw changedMeanwhile(`${name} is another user than in the plan`);
  const protection = findProtection(now.user, options);
  if (protection !== undefined) throw changedMeanwhile(`${protection}, since a moment ago`);
  requireNotCut(now);
  return now;
}

export function changedMeanwhile(message: string): AwstError {
  return new AwstError("ADMIN_REFUSED", message, { hint: "run the command again for a new plan" });
}

export function isProtected({ tags }: Pick<AccountUser, "tags">): boolean {
  const value = Object.entries(tags).find(([name]) => isSameName(name, protectedTag))?.[1];
  return value?.toLowerCase() === "true";
}

async function isCaller(
  { iam, caller }: Pick<AdminContext, "iam" | "caller">,
  { name }: AccountUser,
): Promise<boolean> {
  if (caller === undefined) return false;
  if (isSameName(caller.name.replace(/^(.)_$/, "$1"), name)) return true;
  if (caller.keyId === undefined) return false;
  const { keys } = await iam.listAccessKeys(name);
  return keys.some(({ accessKeyId }) => accessKeyId === caller.keyId);
}

/** An administrator must be left, and one with MFA. */
async function findLastAdministrator(
  { iam }: Pick<AdminContext, "iam">,
  details: AccountDetails,
  user: AccountUser,
  going: readonly string[],
): Promise<string | undefined> {
  const administrators = administratorsOf(details);
  if (!administrators.some(({ id }) => id === user.id)) return undefined;
  const remaining = administrators.filter(
    ({ name }) => !going.some((each) => isSameName(each, name)),
  );
  let isOneLeft = false;
  for (const { name } of remaining) {
    const [profile, { keys }, { devices }] = await Promise.all([
      iam.findLoginProfile(name),
      iam.listAccessKeys(name),
      iam.listMfaDevices(name),
    ]);
    if (profile === undefined && !keys.some(({ status }) => status === "Active")) continue;
    if (devices.length > 0) return undefined;
    isOneLeft = true;
  }
  if (!isOneLeft) return `${user.name} is the last user who can administer IAM`;
  const { devices } = await iam.listMfaDevices(user.name);
  return devices.length === 0
    ? undefined
    : `${user.name} is the last user with an MFA device who can administer IAM`;
}

/**
 * Returns why a run changes nothing: it would change more users than allowed. `isMost`: some of `wanted` may turn out to
 * stay. A dry run shows its plan whole all the same.
 */
export function findExcess(
  wanted: number,
  limit: number,
  { isMost = false }: { readonly isMost?: boolean } = {},
): AwstError | undefined {
  if (wanted <= limit) return undefined;
  const users = `${isMost ? "up to " : ""}${countText(wanted, "user")}`;
  const message = `this would change ${users}; the limit is ${limit}, so a run changes nothing`;
  return new AwstError("ADMIN_REFUSED", message, { hint: `--max-changes ${wanted}` });
}
