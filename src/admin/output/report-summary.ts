// `awst admin report` on a terminal and as JSON: the same figures and users as the page.

import { rfc3339 } from "../../model/text/rfc3339.ts";
import type { Style } from "../../output/style.ts";
import { textTable } from "../../output/text-table.ts";
import {
  categoryOf,
  type Figure,
  figuresOf,
  type ReportedAccess,
  type ReportedAccount,
} from "../model/account-report.ts";
import { enforcementStepText } from "../model/dormant-deletion.ts";
import type { PrintedReport } from "./report-page.ts";

/** The figures, one table. Lines that count nothing are left out. */
export function reportText({ accounts, categories, now }: PrintedReport, style: Style): string {
  const figures = figuresOf(
    accounts.flatMap(({ users }) => users),
    categories,
    now,
  );
  const section = (title: string, all: readonly Figure[]) => {
    const rows = all.filter(({ count }) => count > 0);
    return rows.map(({ label, count }, at) => [
      at === 0 ? { text: title, paint: style.heading } : "",
      label,
      String(count),
    ]);
  };
  return textTable([
    ...section("users", [{ label: "all", count: figures.users }, ...figures.verdicts]),
    ...section("MFA, of users with a password", figures.mfa),
    ...section("age of active keys", figures.keyAges),
    ...section("last use of active keys", figures.keyUses),
    ...section("last use of passwords", figures.passwordUses),
    ...section("category", figures.categories),
    ...section("next enforcement", figures.steps),
  ]);
}

export function reportJson({ accounts, categories, now }: PrintedReport): object {
  const users = accounts.flatMap((account) => account.users);
  return {
    madeAt: rfc3339(now),
    figures: figuresOf(users, categories, now),
    accounts: accounts.map((account) => accountJson(account, categories.length > 0)),
  };
}

function accountJson(
  { id, name, reportMadeAt, users, notes, failure }: ReportedAccount,
  hasCategories: boolean,
): object {
  return {
    account: id,
    name: name ?? null,
    reportMadeAt: reportMadeAt === undefined ? null : rfc3339(reportMadeAt),
    error: failure ?? null,
    notes,
    users: users.map((user) => ({
      user: user.name,
      path: user.path,
      email: user.email ?? null,
      groups: user.groups,
      category: hasCategories ? categoryOf(user) : null,
      createdAt: rfc3339(user.createdAt),
      mfa: user.hasMfa ?? null,
      verdict: user.verdict,
      reason: user.reason,
      password: user.console === undefined ? null : useJson(user.console),
      keys: user.keys.map((key) => ({
        id: key.id ?? null,
        createdAt: key.createdAt === undefined ? null : rfc3339(key.createdAt),
        isAgeExact: key.isAgeExact,
        ...useJson(key),
      })),
      services: user.services,
      next: user.step === undefined ? null : enforcementStepText(user.step),
      refused: user.refusal ?? null,
    })),
  };
}

function useJson({ verdict, lastUsed }: ReportedAccess) {
  return { verdict, lastUsed: lastUsed instanceof Date ? rfc3339(lastUsed) : null };
}
