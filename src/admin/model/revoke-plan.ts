// What revoking a grant would do. Sessions of the role outlive the grant unless a deny on the role ends them. It comes
// first and also means the sessions of the next minutes, in which AWS may still allow what was revoked.

import { maxRoleSeconds, sessionNameOf } from "../../model/aws/session-limits.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import type { AccountDetails, AccountUser, InlinePolicy } from "./account-facts.ts";
import { isFixedRole, otherWays, type RoleFacts } from "./grant-plan.ts";
import { type FoundGrant, grantsOf, roleOfArn, stateOf } from "./grants.ts";
import { trustOf } from "./policy-rules.ts";
import { cutTime, endingPolicy, endingPolicyName } from "./role-sessions.ts";

/** AWS puts a change of policies into force within minutes. */
const inForceMs = 5 * 60_000;

/** What is revoked: a grant, or only the sessions of a user who has no grant any more. */
export interface RevokeTarget {
  readonly grant: FoundGrant | undefined;
  /** undefined: a managed policy that no user has. */
  readonly user: string | undefined;
  /** undefined: another administrator changed the grant. */
  readonly roleArn: string | undefined;
}

export interface PlannedRevocation extends RevokeTarget {
  /** The deny on the role that ends the user's sessions. */
  readonly ending: { readonly role: string; readonly policy: InlinePolicy } | undefined;
  /** Until when sessions made under the grant may live; undefined: they end at once. */
  readonly sessionsUntil: Date | undefined;
  readonly notes: readonly string[];
}

export function targetOf(grant: FoundGrant): RevokeTarget {
  return { grant, user: grant.user, roleArn: grant.scope?.roleArn };
}

/** `role`: a text says why it can't be read; undefined: it was deleted, or is unknown. */
export function planRevocation(
  target: RevokeTarget,
  details: AccountDetails,
  role: RoleFacts | string | undefined,
  request: { readonly now: Date; readonly endSessions: boolean },
): PlannedRevocation {
  const { now, endSessions } = request;
  const user = details.users.find(({ name }) => name === target.user);
  const known = typeof role === "object" && !isFixedRole(role) ? role : undefined;
  const ending =
    endSessions && known && user
      ? { role: known.name, policy: denyOf(known, user, now) }
      : undefined;
  // A role that was deleted has no sessions.
  const isOver = ending !== undefined || (role === undefined && target.roleArn !== undefined);
  const seconds = (typeof role === "object" ? role.maxSessionSeconds : undefined) ?? maxRoleSeconds;
  // The last session was made now, or when the grant ended.
  const last = Math.min(now.getTime(), target.grant?.scope?.until.getTime() ?? now.getTime());
  return {
    ...target,
    ending,
    sessionsUntil: isOver ? undefined : new Date(last + seconds * 1000),
    notes:
      user === undefined ? [] : notesOf(target, details, user, known, ending !== undefined, now),
  };
}

/** Returns why sessions can't be ended. */
export function endingProblem(
  { grant, roleArn }: RevokeTarget,
  role: RoleFacts | string | undefined,
): string | undefined {
  if (roleArn === undefined) {
    return `another administrator changed the grant ${grant?.id}: awst does not know whose sessions to end`;
  }
  if (typeof role === "string")
    return `the sessions of ${roleOfArn(roleArn)} can't be ended: ${role}`;
  return role !== undefined && isFixedRole(role)
    ? `AWS keeps the policies of ${role.name}, so its sessions can't be ended`
    : undefined;
}

/** Never ends less than a deny that is there already. */
function denyOf(role: RoleFacts, user: AccountUser, now: Date): InlinePolicy {
  const old = role.ownPolicies.find(({ name }) => name === endingPolicyName(user.name));
  const before = old && cutTime(old.document);
  const wanted = new Date(now.getTime() + inForceMs);
  const sessions = { roleId: role.id, sessionName: sessionNameOf(user.name) };
  return endingPolicy(sessions, before !== undefined && before > wanted ? before : wanted);
}

function notesOf(
  { grant, roleArn }: RevokeTarget,
  details: AccountDetails,
  user: AccountUser,
  role: RoleFacts | undefined,
  isEnding: boolean,
  now: Date,
): readonly string[] {
  if (roleArn === undefined) return [`another administrator changed the policy ${grant?.policy}`];
  const label = roleOfArn(roleArn);
  const others = grantsOf(details).filter(
    (each) =>
      each.user === user.name &&
      each.policy !== grant?.policy &&
      each.scope?.roleArn === roleArn &&
      stateOf(each, now) === "live",
  );
  const trust = role && trustOf(role.trust, user.arn);
  const ways = [
    ...(trust?.by === "name" ? [`the trust policy of ${label}`] : []),
    ...others.map(({ id, scope }) => `the grant ${id} until ${scope ? rfc3339(scope.until) : ""}`),
    ...otherWays(user, details, roleArn),
  ];
  return [
    ...(ways.length === 0
      ? []
      : [`${user.name} may still assume ${label}, by ${ways.join(" and ")}`]),
    ...(isEnding && ways.length > 0
      ? [`sessions of ${user.name} that are made in the next 5 min are denied too`]
      : []),
    ...(isEnding && trust?.forcesSessionName === false
      ? [
          `the trust policy of ${label} does not force the session name: sessions under another name than ${user.name} are not ended`,
        ]
      : []),
  ];
}
