// How grants, plans of granting and revoking, and their results are printed.

import { formatDuration } from "../../model/text/duration.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import type { Style } from "../../output/style.ts";
import { textTable } from "../../output/text-table.ts";
import { accountOfArn } from "../model/account-facts.ts";
import type { PlannedGrant } from "../model/grant-plan.ts";
import { type FoundGrant, type GrantState, roleOfArn } from "../model/grants.ts";
import type { PlannedRevocation } from "../model/revoke-plan.ts";
import { doneText } from "./stopped-report.ts";

/** `production/AdminAccess`, as awst's users type it. */
export type NameRole = (roleArn: string) => string;

/** Names of accounts by their 12 digits. */
export function roleNames(accounts: ReadonlyMap<string, string>): NameRole {
  return (roleArn) => {
    const accountId = accountOfArn(roleArn);
    return `${accounts.get(accountId) ?? accountId}/${roleOfArn(roleArn)}`;
  };
}

export function grantPlanLines(
  planned: PlannedGrant,
  steps: readonly string[],
  role: string,
  now: Date,
): readonly string[] {
  const { user, scope, isMade, sessionsUntil, notes, doubts } = planned;
  const until = endText(scope.until, now);
  return [
    `${user.name}: ${role} until ${until}, with MFA${isMade ? `: granted already (${scope.id})` : ""}`,
    ...(steps.length === 0 ? [] : [`  ${steps.join("; ")}`]),
    sessionsUntil > scope.until
      ? `  role sessions that are made inside may last until ${rfc3339(sessionsUntil)}`
      : "  role sessions end with the grant",
    ...notes.map((each) => `  ${each}`),
    ...doubts.map((each) => `  ${each}`),
  ];
}

/** What was granted, and the line that the user types. */
export function grantedNotes(
  planned: PlannedGrant,
  line: string,
  role: string,
): (style: Style) => readonly string[] {
  const { user, scope } = planned;
  return (style) => [
    style.ok(
      `granted ${user.name} ${role} until ${rfc3339(scope.until)} (${scope.id}); in force within minutes`,
    ),
    `line for ${user.name}: ${line}`,
    `to end it earlier: awst admin revoke ${scope.id}`,
  ];
}

export function grantJson(
  planned: PlannedGrant,
  more: {
    readonly account: string;
    readonly role: string;
    readonly state: string;
    readonly error?: string | null;
    readonly steps: readonly string[];
    readonly line: string;
  },
): object {
  const { user, scope, sessionsUntil, notes, doubts } = planned;
  const { account, role, state, steps, line } = more;
  return {
    id: scope.id,
    user: user.name,
    account,
    role,
    until: rfc3339(scope.until),
    state,
    steps,
    sessionsUntil: rfc3339(sessionsUntil),
    notes: [...notes, ...doubts],
    line,
    error: more.error ?? null,
  };
}

export interface PrintedGrant {
  readonly grant: FoundGrant;
  readonly state: GrantState;
  readonly reason: string | undefined;
}

export function grantTable(
  grants: readonly PrintedGrant[],
  nameRole: NameRole,
  now: Date,
  style: Style,
): string {
  const head = ["ID", "USER", "ROLE", "UNTIL", "REASON"];
  const rows = grants.map(({ grant, state, reason }) => {
    const { id, user, scope } = grant;
    const end = scope === undefined ? "unknown" : endText(scope.until, now);
    const until = state === "live" || state === "ended" ? end : `${end}, ${state}`;
    return [
      id,
      user ?? "no user",
      scope === undefined ? `policy ${grant.policy}` : nameRole(scope.roleArn),
      state === "live" ? until : { text: until, paint: state === "ended" ? style.dim : style.warm },
      reason ?? "unknown",
    ];
  });
  return textTable([head.map((text) => ({ text, paint: style.heading })), ...rows]);
}

export function grantsJson(
  grants: readonly PrintedGrant[],
  accounts: ReadonlyMap<string, string>,
): object {
  return {
    grants: grants.map(({ grant, state, reason }) => {
      const { id, user, scope } = grant;
      const accountId = scope === undefined ? undefined : accountOfArn(scope.roleArn);
      return {
        id,
        user: user ?? null,
        account: accountId === undefined ? null : (accounts.get(accountId) ?? accountId),
        role: scope === undefined ? null : roleOfArn(scope.roleArn),
        until: scope === undefined ? null : rfc3339(scope.until),
        live: state === "live",
        state,
        reason: reason ?? null,
      };
    }),
  };
}

export function revokePlanLines(
  all: readonly PlannedRevocation[],
  nameRole: NameRole,
  now: Date,
): readonly string[] {
  return all.flatMap((planned) => {
    const { grant, user = "no user", roleArn, ending, sessionsUntil, notes } = planned;
    const role = roleArn === undefined ? grant?.policy : nameRole(roleArn);
    const until = grant?.scope === undefined ? "" : ` until ${endText(grant.scope.until, now)}`;
    return [
      grant === undefined
        ? `${user}: no live grant of ${role}`
        : `${user}: revoke ${role}${until} (${grant.id})`,
      ...(ending === undefined
        ? []
        : [
            `  end the role sessions: put inline policy ${ending.policy.name} on role ${ending.role}`,
          ]),
      ...(sessionsUntil === undefined
        ? []
        : [
            `  role sessions that were made inside may last until ${rfc3339(sessionsUntil)} (--end-sessions ends them)`,
          ]),
      ...notes.map((each) => `  ${each}`),
    ];
  });
}

export interface PrintedRevocation {
  readonly planned: PlannedRevocation;
  readonly areSessionsEnded: boolean;
  readonly done: readonly string[];
  readonly error: { readonly message: string } | undefined;
}

export function revokedNotes(
  results: readonly PrintedRevocation[],
  nameRole: NameRole,
): (style: Style) => readonly string[] {
  return (style) =>
    results.map(({ planned, areSessionsEnded, done, error }) => {
      const { grant, user = "no user", roleArn } = planned;
      const role = roleArn === undefined ? "" : ` ${nameRole(roleArn)}`;
      if (grant === undefined) {
        const what = `the role sessions of ${user}${role}`;
        if (error !== undefined) return style.fail(`${what} are not ended: ${error.message}`);
        return style.ok(`ended ${what}; in force within minutes`);
      }
      const what = `${user}${role} (${grant.id})`;
      if (error !== undefined) return style.fail(`${what}: ${error.message}${doneText(done)}`);
      const ended = areSessionsEnded ? " and ended the role sessions" : "";
      return style.ok(`revoked ${what}${ended}; in force within minutes`);
    });
}

export function revokeJson(
  all: readonly PlannedRevocation[],
  results: readonly PrintedRevocation[],
  accounts: ReadonlyMap<string, string>,
): object {
  return {
    grants: all.map((planned) => {
      const { grant, user, roleArn } = planned;
      const accountId = roleArn === undefined ? undefined : accountOfArn(roleArn);
      const result = results.find((each) => each.planned === planned);
      const done = result?.error === undefined ? "revoked" : "stopped";
      return {
        id: grant?.id ?? null,
        user: user ?? null,
        account: accountId === undefined ? null : (accounts.get(accountId) ?? accountId),
        role: roleArn === undefined ? null : roleOfArn(roleArn),
        state: result === undefined ? "planned" : done,
        sessionsUntil: planned.sessionsUntil === undefined ? null : rfc3339(planned.sessionsUntil),
        sessionsEnded: result?.areSessionsEnded ?? false,
        notes: planned.notes,
        done: result?.done ?? [],
        error: result?.error?.message ?? null,
      };
    }),
  };
}

/** `2026-11-27T20:30:00Z (in 30 min)`. */
function endText(until: Date, now: Date): string {
  const seconds = Math.round((until.getTime() - now.getTime()) / 1000);
  const how = seconds > 0 ? `in ${formatDuration(seconds)}` : `${formatDuration(-seconds)} ago`;
  return `${rfc3339(until)} (${how})`;
}
