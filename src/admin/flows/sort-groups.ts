// Makes the groups of the rules, and puts each user into them. A list that fails is an error of the run: nothing is
// changed by it.

import { AwstError, isAwstError } from "../../model/errors.ts";
import { isSameName } from "../model/account-facts.ts";
import type { GroupRules } from "../model/admin-settings.ts";
import { groupsOf, type SortedUser, type SortOptions, sortUser } from "../model/group-rules.ts";
import type { AdminContext } from "../ports.ts";

const groupsPerUser = 10;

export async function missingGroups(
  { iam }: AdminContext,
  rules: GroupRules,
): Promise<readonly string[]> {
  const known = await iam.listGroups();
  return groupsOf(rules).filter((group) => !known.some((each) => isSameName(each, group)));
}

export async function createGroups(admin: AdminContext, groups: readonly string[]): Promise<void> {
  for (const group of groups) {
    try {
      await admin.iam.createGroup(group);
    } catch (error) {
      if (!isAwstError(error, "IAM_EXISTS")) throw error;
    }
    admin.record("group-created", { group });
  }
}

/** Reads all users and their groups. Errors: ADMIN_REFUSED where a group of the rules does not exist. */
export async function planSorting(
  admin: AdminContext,
  rules: GroupRules,
  options: SortOptions,
): Promise<readonly SortedUser[]> {
  const missing = await missingGroups(admin, rules);
  if (missing.length > 0) {
    throw new AwstError("ADMIN_REFUSED", `there is no group ${missing.join(", ")}`, {
      hint: "awst admin group create",
    });
  }
  const { users } = await admin.iam.accountDetails();
  const sorted = [...users].sort((one, other) => (one.name < other.name ? -1 : 1));
  return sorted.map((user) => sortUser(user, rules, options));
}

export interface SortingResult {
  readonly user: string;
  readonly error: AwstError | undefined;
}

/** Never throws for one user: the result has the error, and the others are sorted. */
export async function carryOutSorting(
  admin: AdminContext,
  users: readonly SortedUser[],
): Promise<readonly SortingResult[]> {
  const changing = users.filter(({ add, remove }) => add.length + remove.length > 0);
  return Promise.all(
    changing.map(async (each): Promise<SortingResult> => {
      try {
        await moveUser(admin, each);
        return { user: each.user, error: undefined };
      } catch (error) {
        if (!isAwstError(error)) throw error;
        return { user: each.user, error };
      }
    }),
  );
}

/** Joins first, and leaves then: at no moment the user has fewer groups than before and after. */
async function moveUser(admin: AdminContext, { user, add, remove }: SortedUser): Promise<void> {
  const { iam } = admin;
  const current = await iam.listGroupsOf(user);
  const isIn = (group: string) => current.some((each) => isSameName(each, group));
  const joining = add.filter((group) => !isIn(group));
  if (current.length + joining.length > groupsPerUser) {
    const message = `${user} would be in ${current.length + joining.length} groups; AWS allows ${groupsPerUser}`;
    throw new AwstError("IAM_QUOTA", message);
  }
  for (const group of joining) await iam.addToGroup(user, group);
  for (const group of remove.filter(isIn)) await iam.removeFromGroup(user, group);
  admin.record("user-sorted", { user, joined: joining.join(" "), left: remove.join(" ") });
}
