// How a plan of off-boarding and its result are printed, and the same for restoring.

import { commandLine } from "../../model/text/command-line.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import type { Style } from "../../output/style.ts";
import type { UserInventory } from "../model/account-facts.ts";
import { dayMs } from "../model/days.ts";
import { dueDay, isDeniedWithoutDay } from "../model/offboarding.ts";
import type { RemainingSessions } from "../model/role-sessions.ts";
import { lostPassword, lostThings } from "../model/user-record.ts";
import { doneText } from "./stopped-report.ts";

export interface PrintedOffboarding {
  readonly inventory: UserInventory;
  readonly cut: readonly string[];
  readonly deletion: readonly string[];
  readonly deleteAfter: string | undefined;
  readonly sessions: readonly RemainingSessions[];
  readonly foreignRoles: readonly string[];
  readonly lastUsed: Date | undefined;
}

export interface PrintedPlan {
  readonly users: readonly PrintedOffboarding[];
  readonly refused: readonly { readonly user: string; readonly reason: string }[];
  readonly gone: readonly string[];
  readonly unknown: readonly string[];
  readonly failed: readonly {
    readonly user: string;
    readonly error: { readonly message: string };
  }[];
}

export interface PrintedResult {
  readonly user: string;
  readonly state: "cut" | "deleted" | "stopped";
  readonly deleteAfter: string | undefined;
  readonly steps: readonly string[];
  readonly endedSessions: readonly string[];
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

const activeDays = 30;

export function isActiveUser({ lastUsed }: PrintedOffboarding, now: Date): boolean {
  return lastUsed !== undefined && now.getTime() - lastUsed.getTime() < activeDays * dayMs;
}

export function offboardPlanLines(plan: PrintedPlan, now: Date): readonly string[] {
  return [
    ...plan.users.flatMap((each) => userLines(each, now)),
    ...plan.refused.map(({ user, reason }) => `${user}: not changed, because ${reason}`),
    ...plan.failed.map(({ user, error }) => `${user}: not changed, not read: ${error.message}`),
    ...plan.gone.map((user) => `${user}: off-boarded before`),
    ...plan.unknown.map((user) => `${user}: there is no such user`),
  ];
}

function userLines(planned: PrintedOffboarding, now: Date): readonly string[] {
  const { inventory, cut, deletion, sessions, foreignRoles } = planned;
  const lost = lostBy(planned);
  const { user } = inventory;
  const listed = sessions.map(({ role, until }) => `${role} until ${rfc3339(until)}`);
  const free = sessions.filter(({ forcesSessionName }) => !forcesSessionName);
  return [
    `${user.name} (${user.id}): ${useText(planned, now)}`,
    `  cut off: ${cut.length === 0 ? "done already" : cut.join("; ")}`,
    ...(deletion.length === 0 ? [] : [`  delete: ${deletion.join("; ")}`]),
    ...(lost.length === 0 ? [] : [`  lost for good, and cannot be undone: ${lost.join("; ")}`]),
    ...laterLines(planned),
    ...(listed.length === 0 ? [] : [`  role sessions may last: ${listed.join(", ")}`]),
    ...(free.length === 0
      ? []
      : [
          `  ${free.map(({ role }) => role).join(", ")}: the trust policy does not force the session name, so sessions under another name can't be ended one by one`,
        ]),
    ...(foreignRoles.length === 0
      ? []
      : [`  roles of other accounts, not read here: ${foreignRoles.join(", ")}`]),
  ];
}

function useText(planned: PrintedOffboarding, now: Date): string {
  const { lastUsed } = planned;
  if (lastUsed === undefined) return "no use is known";
  const days = Math.floor((now.getTime() - lastUsed.getTime()) / dayMs);
  return `${isActiveUser(planned, now) ? "ACTIVE, " : ""}last used ${days} d ago`;
}

export function offboardResultLines(
  results: readonly PrintedResult[],
): (style: Style) => readonly string[] {
  return (style) =>
    results.flatMap(({ user, state, deleteAfter, steps, endedSessions, error }) => {
      const ended =
        endedSessions.length === 0
          ? []
          : [`ended the role sessions of ${user}: ${endedSessions.join(", ")}`];
      if (state === "stopped") {
        return [...ended, style.fail(`${user}: ${error?.message}${doneText(steps)}`)];
      }
      const done = state === "deleted" ? `deleted ${user}` : `cut off ${user}`;
      const later = deleteAfter === undefined ? "" : `, to be deleted from ${deleteAfter} on`;
      return [style.ok(`${done}${later}; in force within minutes`), ...ended];
    });
}

/** Whether the user is cut off already, and stays. */
export function isUnchanged({ cut, deletion }: PrintedOffboarding): boolean {
  return cut.length + deletion.length === 0;
}

/** What can't be restored: after a deletion, or after a cut alone. */
function lostBy({ inventory, deletion }: PrintedOffboarding): readonly string[] {
  if (deletion.length > 0) return lostThings(inventory);
  return inventory.loginProfile === undefined ? [] : [lostPassword];
}

function laterLines(planned: PrintedOffboarding): readonly string[] {
  const { inventory, deleteAfter } = planned;
  const day = deletionDay(planned);
  if (day !== undefined) return [`  delete from ${day} on: awst admin user offboard --due`];
  if (deleteAfter === undefined) return [];
  const line = commandLine(["awst", "admin", "user", "offboard", inventory.user.name]);
  return [`  delete from ${deleteAfter} on: ${line} (AWSDenyAll names no day for --due)`];
}

/** The day from which --due deletes the user: by this run, or by an earlier one. */
function deletionDay({ inventory, deletion, deleteAfter }: PrintedOffboarding): string | undefined {
  if (deletion.length > 0 || isDeniedWithoutDay(inventory)) return undefined;
  return deleteAfter ?? dueDay(inventory);
}

function stateOf(planned: PrintedOffboarding, result: PrintedResult | undefined): string {
  const isStopped = result?.state === "stopped";
  const isEnded = (result?.endedSessions.length ?? 0) > 0;
  if (isUnchanged(planned) && !isStopped && !isEnded) return "unchanged";
  return result?.state ?? "planned";
}

/** `excess`: why nothing is changed. */
export function offboardJson(
  plan: PrintedPlan,
  results: readonly PrintedResult[],
  excess: string | undefined,
): object {
  return {
    users: plan.users.map((planned) => {
      const { inventory, sessions, lastUsed } = planned;
      const result = results.find(({ user }) => user === inventory.user.name);
      return {
        user: inventory.user.name,
        userId: inventory.user.id,
        state: stateOf(planned, result),
        cut: planned.cut,
        deletion: planned.deletion,
        done: result?.steps ?? [],
        deleteAfter: deletionDay(planned) ?? null,
        lost: lostBy(planned),
        lastUsed: lastUsed === undefined ? null : rfc3339(lastUsed),
        sessions: sessions.map(({ role, until, forcesSessionName }) => ({
          role,
          until: rfc3339(until),
          forcesSessionName,
          ended: result?.endedSessions.includes(role) ?? false,
        })),
        foreignRoles: planned.foreignRoles,
        error: result?.error?.message ?? null,
      };
    }),
    refused: plan.refused.map(({ user, reason }) => ({ user, reason })),
    gone: plan.gone,
    unknown: plan.unknown,
    failed: plan.failed.map(({ user, error }) => ({ user, error: error.message })),
    error: excess ?? null,
  };
}
