// How the enforcement of dormant users is printed: a line for each user, and a table of the accounts.

import type { Style } from "../../output/style.ts";
import { textTable } from "../../output/text-table.ts";
import { type DeletionStep, enforcementStepText } from "../model/dormant-deletion.ts";
import type { DormantStep, StepState } from "../model/dormant-steps.ts";
import type { UnreadAccount } from "./dormant-report.ts";
import { doneText } from "./stopped-report.ts";

export interface PrintedEnforcement {
  readonly user: string;
  /** 12 digits. */
  readonly account: string;
  readonly email: string | undefined;
  readonly reason: string;
  readonly step: DormantStep | DeletionStep;
  /** Of a user who is deleted: the steps. */
  readonly deletion: readonly string[] | undefined;
  /** The same: what no restore brings back. */
  readonly lost: readonly string[] | undefined;
  /** Of a user whose access is disabled: the deletion that follows. `unread`: why it is unknown whether it does. */
  readonly deletionLater: { readonly day: string; readonly unread: string | undefined } | undefined;
  /** undefined before it is carried out. */
  readonly state: StepState | undefined;
  readonly done: readonly string[];
  readonly error: string | undefined;
  /** What to type about the error. */
  readonly remedy: string | undefined;
}

export interface RefusedUser {
  readonly user: string;
  readonly account: string;
  readonly reason: string;
}

/** A call about the user failed. */
export interface UnreadUser {
  readonly user: string;
  readonly account: string;
  readonly error: string;
}

/** `where`: names the account in each line, where a run has several. */
export function enforcementLines(
  all: readonly PrintedEnforcement[],
  where: (account: string) => string,
): readonly string[] {
  return all.flatMap((each) => {
    const { user, account, email, reason, step, deletion, lost, state, error } = each;
    const who = `${where(account)}${email === undefined ? user : `${user} <${email}>`}`;
    if (state === "stopped") {
      return `${who}: ${error}${doneText(each.done)}${each.remedy === undefined ? "" : `; to repair: ${each.remedy}`}`;
    }
    if (state === "skipped") return `${who}: skipped, because the user is not as planned any more`;
    const line = `${who}: ${enforcementStepText(step)}${laterText(each)} (${reason})`;
    if (deletion === undefined || lost === undefined) return line;
    return [
      line,
      `  ${deletion.join("; ")}`,
      `  lost for good, and cannot be undone: ${lost.join("; ")}`,
    ];
  });
}

/** An administrator agrees to all that may follow, so an unknown deletion is in the plan too. */
function laterText({ deletionLater }: PrintedEnforcement): string {
  if (deletionLater === undefined) return "";
  const { day, unread } = deletionLater;
  const what = "; then without access: to be deleted after";
  if (unread === undefined) return `${what} ${day}`;
  return `${what} ${day}, unless a rule keeps the user, which is unknown: ${unread}`;
}

export interface EnforcedCounts {
  readonly id: string;
  readonly name: string;
  readonly users: number;
  readonly results: readonly PrintedEnforcement[];
  readonly refused: number;
}

/** One line for each account; "" for a run of one account. */
export function accountTable(
  accounts: readonly EnforcedCounts[],
  unread: readonly UnreadAccount[],
  style: Style,
): string {
  if (accounts.length + unread.length <= 1) return "";
  const isDeletion = ({ step }: PrintedEnforcement) => step.do === "delete";
  const hasDeletions = accounts.some(({ results }) => results.some(isDeletion));
  const head = [
    ...["ACCOUNT", "USERS", "WARNED", "DISABLED"],
    ...(hasDeletions ? ["DELETED"] : []),
    ...["WAITING", "REFUSED", "STOPPED", "LATER", ""],
  ];
  const rows = accounts.map(({ id, name, users, results, refused }) => {
    const count = (fits: (each: PrintedEnforcement) => boolean) =>
      String(results.filter(fits).length);
    return [
      accountText(id, name),
      String(users),
      count(({ step, state }) => /^(warn|announce)$/.test(step.do) && state === "done"),
      count(({ step, state }) => step.do === "disable" && state === "done"),
      ...(hasDeletions ? [count((each) => isDeletion(each) && each.state === "done")] : []),
      count(({ state }) => state === "waiting"),
      String(refused),
      count(({ state }) => state === "stopped"),
      count(({ state }) => state === "later"),
      "",
    ];
  });
  const others = unread.map(({ id, name, error }) => {
    const why = error ?? "later: not started in time";
    return [accountText(id, name), ...head.slice(2).map(() => ""), why];
  });
  return textTable([head.map((text) => ({ text, paint: style.heading })), ...rows, ...others]);
}

export function accountText(id: string, name: string): string {
  return name === id ? id : `${name} (${id})`;
}

/** Users of whom nothing is changed. */
interface LeftUsers {
  readonly refused: readonly RefusedUser[];
  readonly unreadUsers: readonly UnreadUser[];
}

export function enforcementJson(
  all: readonly PrintedEnforcement[],
  { refused, unreadUsers }: LeftUsers,
  accounts: readonly EnforcedCounts[],
  unread: readonly UnreadAccount[],
  next: string | undefined,
  excess: string | undefined,
): object {
  return {
    users: all.map(({ user, account, email, reason, step, deletion, lost, ...each }) => ({
      user,
      account,
      email: email ?? null,
      step: step.do,
      until: "until" in step ? step.until : (each.deletionLater?.day ?? null),
      untilError: each.deletionLater?.unread ?? null,
      password: step.do === "disable" && step.password,
      keys: step.do === "disable" ? step.keys : [],
      deletion: deletion ?? [],
      lost: lost ?? [],
      reason,
      state: each.state ?? "planned",
      error: each.error ?? null,
      done: each.done,
    })),
    refused,
    unread: unreadUsers,
    accounts: [
      ...accounts.map(({ id, name, users }) => {
        return { account: id, name, state: "read", users, error: null };
      }),
      ...unread.map(({ id, name, error }) => {
        const state = error === undefined ? "later" : "failed";
        return { account: id, name, state, users: null, error: error ?? null };
      }),
    ],
    next: next ?? null,
    error: excess ?? null,
  };
}
