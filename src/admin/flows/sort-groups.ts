// Makes the groups of the rules, and puts each user into them. A list that fails is an error of the run: nothing is
// changed by it.

import { AwstError } from "../../model/errors.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { isSameName } from "../model/account-facts.ts";
import type { GroupRules } from "../model/admin-settings.ts";
import {
  followsRules,
  groupsOf,
  type SortedUser,
  type SortOptions,
  sortUser,
} from "../model/group-rules.ts";
import type { AdminContext } from "../ports.ts";
import { failureFrom, ignore } from "./expected-errors.ts";
import { findProtection, type GuardOptions } from "./guard-users.ts";

const groupsPerUser = 10;

export async function missingGroups(
  { iam }: AdminContext,
  rules: GroupRules,
): Promise<readonly string[]> {
  const known = await iam.listGroups();
  return groupsOf(rules).filter((group) => !known.some((each) => isSameName(each, group)));
}

/** Returns the groups that were made, and why the others were not. */
export async function createGroups(
  admin: AdminContext,
  groups: readonly string[],
): Promise<{ readonly created: readonly string[]; readonly error: AwstError | undefined }> {
  const created: string[] = [];
  for (const group of groups) {
    try {
      await admin.iam.createGroup(group).catch(ignore("IAM_EXISTS"));
      created.push(group);
      admin.record("group-created", { group });
    } catch (error) {
      return { created, error: failureFrom(error) };
    }
  }
  return { created, error: undefined };
}

export interface PlannedSorting extends SortedUser {
  /** Why the user is not changed; undefined where nothing protects it, or the rules hold. */
  readonly refusal?: string | undefined;
}

export interface SortingContext {
  /** The file of the rules. */
  readonly recipes: string | undefined;
  /** Protected users are left as they are. */
  readonly guards: GuardOptions;
}

/** Reads all users and their groups. Errors: ADMIN_REFUSED where a group of the rules does not exist. */
export async function planSorting(
  admin: AdminContext,
  rules: GroupRules,
  options: SortOptions,
  { recipes, guards }: SortingContext,
): Promise<readonly PlannedSorting[]> {
  const missing = await missingGroups(admin, rules);
  if (missing.length > 0) {
    const are = missing.length === 1 ? "does not exist" : "do not exist";
    const file = recipes === undefined ? [] : ["--recipes", recipes];
    throw new AwstError("ADMIN_REFUSED", `there ${are} ${missing.join(", ")}`, {
      hint: commandLine(["awst", "admin", "group", "create", ...file]),
    });
  }
  const { users } = await admin.iam.accountDetails();
  const sorted = [...users].sort((one, other) => (one.name < other.name ? -1 : 1));
  return sorted.map((user) => {
    const each = sortUser(user, rules, options);
    const isWhole = followsRules(each) && !isChanging(each);
    return { ...each, refusal: isWhole ? undefined : findProtection(user, guards) };
  });
}

function isChanging({ add, remove }: SortedUser): boolean {
  return add.length + remove.length > 0;
}

/** Whether a run changes the user: there is something to change, and nothing protects the user. */
export function isSortedNow(user: PlannedSorting): boolean {
  return isChanging(user) && user.refusal === undefined;
}

export interface SortingResult {
  readonly user: string;
  /** Groups that the user was really added to and taken out of, also where an error ended it. */
  readonly joined: readonly string[];
  readonly left: readonly string[];
  readonly error: AwstError | undefined;
}

/** Never throws for one user: the result has the error, and the others are sorted. */
export async function carryOutSorting(
  admin: AdminContext,
  users: readonly PlannedSorting[],
): Promise<readonly SortingResult[]> {
  return Promise.all(
    users.filter(isSortedNow).map(async (each): Promise<SortingResult> => {
      const done: Moves = { joined: [], left: [] };
      try {
        await moveUser(admin, each, done);
        return { user: each.user, ...done, error: undefined };
      } catch (error) {
        return { user: each.user, ...done, error: failureFrom(error) };
      } finally {
        record(admin, each.user, done);
      }
    }),
  );
}

interface Moves {
  readonly joined: string[];
  readonly left: string[];
}

function record(admin: AdminContext, user: string, { joined, left }: Moves): void {
  if (joined.length + left.length === 0) return;
  admin.record("user-sorted", { user, joined: joined.join(" "), left: left.join(" ") });
}

/** Joins first, and leaves then: at no moment the user has fewer groups than before and after. */
async function moveUser(
  admin: AdminContext,
  { user, add, remove }: SortedUser,
  done: Moves,
): Promise<void> {
  const { iam } = admin;
  const current = await iam.listGroupsOf(user);
  const isIn = (group: string) => current.some((each) => isSameName(each, group));
  const joining = add.filter((group) => !isIn(group));
  if (current.length + joining.length > groupsPerUser) {
    const message = `${user} would be in ${current.length + joining.length} groups; AWS allows ${groupsPerUser}`;
    throw new AwstError("IAM_QUOTA", message);
  }
  for (const group of joining) {
    await iam.addToGroup(user, group);
    done.joined.push(group);
  }
  for (const group of remove.filter(isIn)) {
    await iam.removeFromGroup(user, group);
    done.left.push(group);
  }
}
