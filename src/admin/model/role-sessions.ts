// Role sessions outlive the user who made them: neither a deny on the user nor the user's deletion ends them. A deny on the role,
// for one session name and for sessions made before a moment, ends one user's sessions and no others.

import { maxRoleSeconds, sessionNameOf } from "../../model/aws/session-limits.ts";
import type { AccountRole, InlinePolicy } from "./account-facts.ts";
import { trustOf } from "./policy-rules.ts";

export interface RemainingSessions {
  readonly role: string;
  readonly roleId: string;
  readonly arn: string;
  /** Until when a session that was made just now would live. */
  readonly until: Date;
  readonly sessionName: string;
  /** Otherwise the user may have sessions under other names, which only a deny for the whole role ends. */
  readonly forcesSessionName: boolean;
  /** A role of AWS's own, whose policies cannot be changed. */
  readonly isFixed: boolean;
}

/** `maxSeconds`: MaxSessionDuration by role name. */
export function remainingSessions(
  user: { readonly name: string; readonly arn: string },
  roles: readonly AccountRole[],
  maxSeconds: ReadonlyMap<string, number>,
  now: Date,
): readonly RemainingSessions[] {
  return roles.map((role) => ({
    role: role.name,
    roleId: role.id,
    arn: role.arn,
    until: new Date(now.getTime() + (maxSeconds.get(role.name) ?? maxRoleSeconds) * 1000),
    sessionName: sessionNameOf(user.name),
    forcesSessionName: trustOf(role.trust, user.arn).forcesSessionName,
    isFixed: /^\/aws-(service-role|reserved)\//.test(role.path),
  }));
}

const prefix = "awst-cut-";

/** The inline policy of the role that ends the user's sessions made before `cutAt`. */
export function endingPolicy(
  sessions: Pick<RemainingSessions, "roleId" | "sessionName">,
  cutAt: Date,
): InlinePolicy {
  const document = {
    Version: "2012-10-17",
    Statement: {
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: {
        StringEquals: { "aws:userid": `${sessions.roleId}:${sessions.sessionName}` },
        DateLessThan: { "aws:TokenIssueTime": wholeSecond(cutAt) },
      },
    },
  };
  return { name: endingPolicyName(sessions.sessionName), document: JSON.stringify(document) };
}

/** Of the policy that ends sessions of this user, or of this session name. */
export function endingPolicyName(name: string): string {
  return `${prefix}${sessionNameOf(name)}`;
}

/** Policies that ended sessions which are over by now. */
export function endedPolicies(
  roles: readonly AccountRole[],
  maxSeconds: ReadonlyMap<string, number>,
  now: Date,
): readonly RolePolicy[] {
  return policiesOver(roles, maxSeconds, now, ({ name, document }) =>
    name.startsWith(prefix) ? cutTime(document) : undefined,
  );
}

export interface RolePolicy {
  readonly role: string;
  readonly policy: string;
}

/**
 * Returns the inline policies whose sessions are over by now. `maxSeconds`: MaxSessionDuration by role name. `lastStart`:
 * when the last of these sessions can have been made; undefined for any other policy.
 */
export function policiesOver(
  roles: readonly AccountRole[],
  maxSeconds: ReadonlyMap<string, number>,
  now: Date,
  lastStart: (policy: InlinePolicy) => Date | undefined,
): readonly RolePolicy[] {
  return roles.flatMap((role) =>
    role.inlinePolicies
      .filter((policy) => {
        const start = lastStart(policy);
        return start !== undefined && areSessionsOver(start, maxSeconds.get(role.name), now);
      })
      .map(({ name }) => ({ role: role.name, policy: name })),
  );
}

/** `maxSeconds`: the role's MaxSessionDuration; undefined: unknown, so the longest that AWS allows counts. */
export function areSessionsOver(
  lastStart: Date,
  maxSeconds: number | undefined,
  now: Date,
): boolean {
  return now.getTime() > lastStart.getTime() + (maxSeconds ?? maxRoleSeconds) * 1000;
}

/** The moment in a policy that `endingPolicy` made; undefined for any other policy. */
export function cutTime(document: string): Date | undefined {
  const [, time] = /"DateLessThan":\s*\{\s*"aws:TokenIssueTime":\s*"([^"]+)"/.exec(document) ?? [];
  const at = new Date(time ?? "");
  return Number.isNaN(at.getTime()) ? undefined : at;
}

function wholeSecond(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
