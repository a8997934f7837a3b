// How verdicts and the enforcement of dormant users are printed.

import { rfc3339 } from "../../model/text/rfc3339.ts";
import type { Style } from "../../output/style.ts";
import { textTable } from "../../output/text-table.ts";
import { type DormantStep, dormantStepText } from "../model/dormant-steps.ts";
import type { JudgedUser } from "../model/dormant-verdict.ts";
import { accessJson, csvCell } from "./user-report.ts";

export function verdictTable(users: readonly JudgedUser[], style: Style): string {
  const head = ["USER", "VERDICT", "REASON"].map((text) => ({ text, paint: style.heading }));
  const rows = users.map(({ user, verdict, reason }) => [
    user,
    verdict === "dormant" || verdict === "partly" ? { text: verdict, paint: style.warm } : verdict,
    reason,
  ]);
  return textTable([head, ...rows]);
}

export function verdictsJson(
  users: readonly JudgedUser[],
  account: string,
  reportMadeAt: Date | undefined,
): object {
  return {
    reportMadeAt: reportMadeAt === undefined ? null : rfc3339(reportMadeAt),
    users: users.map((judged) => ({
      user: judged.user,
      account,
      verdict: judged.verdict,
      reason: judged.reason,
      access: accessJson(judged),
    })),
  };
}

export function verdictsCsv(users: readonly JudgedUser[], account: string): string {
  const rows = users.map(({ user, verdict, reason }) => [user, account, verdict, reason]);
  const lines = [["user", "account", "verdict", "reason"], ...rows];
  return lines.map((row) => `${row.map(csvCell).join(",")}\n`).join("");
}

export interface PrintedEnforcement {
  readonly user: string;
  readonly email: string | undefined;
  readonly reason: string;
  readonly step: DormantStep;
  /** undefined before it is carried out. */
  readonly state: "done" | "waiting" | "changed" | "stopped" | undefined;
  readonly error: string | undefined;
}

export function enforcementLines(all: readonly PrintedEnforcement[]): readonly string[] {
  return all.map(({ user, email, reason, step, state, error }) => {
    const who = email === undefined ? user : `${user} <${email}>`;
    if (state === "stopped") return `${who}: ${error}`;
    if (state === "changed") return `${who}: changed meanwhile, left as it is`;
    return `${who}: ${dormantStepText(step)} (${reason})`;
  });
}

export function enforcementJson(
  all: readonly PrintedEnforcement[],
  refused: readonly { readonly user: string; readonly reason: string }[],
): object {
  return {
    users: all.map(({ user, email, reason, step, state, error }) => ({
      user,
      email: email ?? null,
      step: step.do,
      until: "until" in step ? step.until : null,
      password: step.do === "disable" && step.password,
      keys: step.do === "disable" ? step.keys : [],
      reason,
      state: state ?? "planned",
      error: error ?? null,
    })),
    refused,
  };
}
