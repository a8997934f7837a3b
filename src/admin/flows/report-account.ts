// Reads one account for `awst admin report`: every user with verdict, accesses and group categories, and what the next
// enforcement would do. Changes nothing.

import { isAwstError } from "../../model/errors.ts";
import { isSameName } from "../model/account-facts.ts";
import {
  type ReportedAccount,
  type ReportedUser,
  reportedAccesses,
} from "../model/account-report.ts";
import type { AdminSettings } from "../model/admin-settings.ts";
import type { AdminContext } from "../ports.ts";
import { planEnforcement } from "./enforce-dormant.ts";
import { judgeAccount, type PicturedUser, readAccount } from "./read-account.ts";
import { liveReads, type UserReads } from "./store-readings.ts";

/** `name`: of the account, where it is known. Errors: AWS_*. */
export async function reportAccount(
  admin: AdminContext,
  { dormant, groups, protectedNames }: AdminSettings,
  name: string | undefined,
  reads: UserReads = liveReads(admin),
): Promise<ReportedAccount> {
  const picture = await readAccount(admin);
  const judged = await judgeAccount(admin, picture, dormant, protectedNames, reads);
  const guards = { protectedNames, forced: [] };
  const plan = await planEnforcement(admin, picture, judged, dormant, guards);
  const steps = new Map(plan.users.map(({ picture: each, step }) => [each.user.id, step]));
  const refusals = new Map(plan.refused.map(({ user, reason }) => [user, reason]));
  const categories = groups.categories.map(({ group }) => group);
  const reportOf = async (each: PicturedUser): Promise<ReportedUser> => {
    const { user, judged: verdict } = each;
    const accesses = reportedAccesses(verdict.access, each);
    // Only the credential report says it for all users; of those who are not in it, AWS is asked.
    const isOpen = each.hasMfa === undefined && accesses.console !== undefined;
    return {
      name: user.name,
      path: user.path,
      email: user.tags["email"],
      groups: user.groups,
      categories: categories.filter((group) =>
        user.groups.some((other) => isSameName(other, group)),
      ),
      createdAt: user.createdAt,
      hasMfa: isOpen ? await readMfa(reads, user) : each.hasMfa,
      verdict: verdict.verdict,
      reason: verdict.reason,
      ...accesses,
      step: steps.get(user.id),
      refusal: refusals.get(user.name),
    };
  };
  return {
    id: admin.accountId,
    name,
    reportMadeAt: picture.report?.madeAt,
    users: await Promise.all(judged.map(reportOf)),
    notes: picture.notes,
    failure: undefined,
  };
}

/** undefined: unknown, since listing devices is not allowed, or the user was deleted meanwhile. */
async function readMfa(
  reads: UserReads,
  user: { readonly id: string; readonly name: string },
): Promise<boolean | undefined> {
  try {
    return await reads.hasMfa(user);
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED", "IAM_ABSENT")) throw error;
    return undefined;
  }
}
