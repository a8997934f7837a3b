// How verdicts and the enforcement of dormant users are printed.

import { AwstError } from "../../model/errors.ts";
import { countText } from "../../model/text/count-text.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import type { Style } from "../../output/style.ts";
import { textTable } from "../../output/text-table.ts";
import type { JudgedUser } from "../model/dormant-verdict.ts";
import type { HygieneFinding } from "../model/hygiene.ts";
import { accessJson, csvCell } from "./user-report.ts";

function verdictTable(users: readonly JudgedUser[], style: Style): string {
  const head = ["USER", "VERDICT", "REASON"].map((text) => ({ text, paint: style.heading }));
  const rows = users.map(({ user, verdict, reason }) => [
    user,
    verdict === "dormant" || verdict === "partly" ? { text: verdict, paint: style.warm } : verdict,
    reason,
  ]);
  return textTable([head, ...rows]);
}

/** The verdicts of one account. */
export interface AccountVerdicts {
  readonly id: string;
  readonly name: string;
  readonly users: readonly JudgedUser[];
  readonly reportMadeAt: Date | undefined;
  readonly findings: readonly HygieneFinding[];
}

export interface UnreadAccount {
  readonly id: string;
  readonly name: string;
  /** undefined: the run stopped before it. */
  readonly error: string | undefined;
}

/** Verdicts and findings, with a heading for each account where there are several. */
export function verdictTables(accounts: readonly AccountVerdicts[], style: Style): string {
  const shown = accounts.filter(({ users, findings }) => users.length + findings.length > 0);
  return shown
    .map(({ id, name, users, findings }) => {
      const tables = [
        ...(users.length > 0 ? [verdictTable(users, style)] : []),
        ...(findings.length > 0 ? [findingTable(findings, style)] : []),
      ].join("\n");
      if (accounts.length <= 1) return tables;
      return `${style.heading(name === id ? id : `${name} (${id})`)}\n${tables}`;
    })
    .join("\n");
}

function findingTable(findings: readonly HygieneFinding[], style: Style): string {
  const head = ["USER", "FINDING", ""].map((text) => ({ text, paint: style.heading }));
  return textTable([
    head,
    ...findings.map(({ user, kind, text }) => [user ?? "<root>", kind, text]),
  ]);
}

export function verdictsJson(
  accounts: readonly AccountVerdicts[],
  unread: readonly UnreadAccount[],
): object {
  const [first] = accounts;
  return {
    reportMadeAt: accounts.length === 1 && first?.reportMadeAt ? rfc3339(first.reportMadeAt) : null,
    users: accounts.flatMap(({ id, users }) =>
      users.map((judged) => ({
        user: judged.user,
        account: id,
        verdict: judged.verdict,
        reason: judged.reason,
        access: accessJson(judged),
      })),
    ),
    findings: accounts.flatMap(({ id, findings }) =>
      findings.map(({ kind, user, keyId, text }) => ({
        ...{ user: user ?? null, account: id, kind },
        ...{ keyId: keyId ?? null, text },
      })),
    ),
    accounts: [
      ...accounts.map(({ id, name, users, reportMadeAt }) => ({
        account: id,
        name,
        state: "read",
        users: users.length,
        reportMadeAt: reportMadeAt === undefined ? null : rfc3339(reportMadeAt),
        error: null,
      })),
      ...unread.map(unreadJson),
    ],
  };
}

function unreadJson({ id, name, error }: UnreadAccount): object {
  const state = error === undefined ? "later" : "failed";
  return { account: id, name, state, users: null, reportMadeAt: null, error: error ?? null };
}

export function verdictsCsv(accounts: readonly AccountVerdicts[]): string {
  const rows = accounts.flatMap(({ id, users }) =>
    users.map(({ user, verdict, reason }) => [user, id, verdict, reason]),
  );
  const lines = [["user", "account", "verdict", "reason"], ...rows];
  return lines.map((row) => `${row.map(csvCell).join(",")}\n`).join("");
}

/** A user about whom a call failed, in a report. */
export interface UnreadNote {
  /** With its account, where a report has several. */
  readonly user: string;
  readonly error: AwstError;
}

/** More would hide the other lines. */
const maxLines = 10;

export function unreadLines(unread: readonly UnreadNote[]): readonly string[] {
  const shown = unread.slice(0, maxLines).map(({ user, error }) => `${user}: ${error.message}`);
  const others = unread.length - shown.length;
  return others === 0 ? shown : [...shown, `${countText(others, "other user")} not read`];
}

/** undefined: all users were read. `line`: what was typed. */
export function unreadFailure(unread: readonly UnreadNote[], line: string): AwstError | undefined {
  if (unread.length === 0) return undefined;
  const message = `users not read: ${unread.length}`;
  return new AwstError("ADMIN_INCOMPLETE", message, { hint: line });
}
