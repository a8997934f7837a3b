// Reads one account for `awst admin report`: every user with verdict, accesses and group categories, and what the next
// enforcement would do. Changes nothing.

import { isSameName } from "../model/account-facts.ts";
import {
  type ReportedAccount,
  type ReportedUser,
  reportedAccesses,
} from "../model/account-report.ts";
import type { AdminSettings } from "../model/admin-settings.ts";
import type { AdminContext } from "../ports.ts";
import { planEnforcement } from "./enforce-dormant.ts";
import { decideDeletions } from "./plan-deletions.ts";
import { judgeAccount, type PicturedUser, readAccount, readMissingMfa } from "./read-account.ts";
import { liveReads, type UserReads } from "./store-readings.ts";

/** `name`: of the account, where it is known. Errors: AWS_*. */
export async function reportAccount(
  admin: AdminContext,
  { dormant, groups, protectedNames }: AdminSettings,
  name: string | undefined,
  reads: UserReads = liveReads(admin),
): Promise<ReportedAccount> {
  const picture = await readAccount(admin);
  const all = await judgeAccount(admin, picture, dormant, protectedNames, reads);
  const judged = await readMissingMfa(reads, all);
  const guards = { protectedNames, forced: [] };
  const plan = await planEnforcement(admin, picture, judged, dormant, guards);
  const steps = new Map(plan.users.map(({ picture: each, step }) => [each.user.id, step]));
  const refusals = new Map(plan.refused.map(({ user, reason }) => [user, reason]));
  const deletions = decideDeletions(picture, judged, dormant, admin.clock().awsNow);
  const categories = groups.categories.map(({ group }) => group);
  const reportOf = (each: PicturedUser): ReportedUser => {
    const { user, judged: verdict } = each;
    const accesses = reportedAccesses(verdict.access, each);
    const deletion = deletions.get(user.id);
    const later = deletion && "step" in deletion ? deletion.step : undefined;
    const against = deletion && "refusal" in deletion ? deletion.refusal : undefined;
    return {
      name: user.name,
      path: user.path,
      email: user.tags["email"],
      groups: user.groups,
      categories: categories.filter((group) =>
        user.groups.some((other) => isSameName(other, group)),
      ),
      createdAt: user.createdAt,
      hasMfa: each.hasMfa,
      verdict: verdict.verdict,
      reason: verdict.reason,
      ...accesses,
      step: steps.get(user.id) ?? later,
      refusal: refusals.get(user.name) ?? against,
    };
  };
  return {
    id: admin.accountId,
    name,
    reportMadeAt: picture.report?.madeAt,
    users: judged.map(reportOf),
    notes: picture.notes,
    unread: plan.unread,
    failure: undefined,
  };
}
