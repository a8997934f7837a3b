// What a grant would do: the steps, what an administrator must know first, and what keeps it from being made. The plan
// is made from what AWS says now, so that the same grant asked for again changes nothing: it is never made longer or
// wider by a repeat.

import { maxRoleSeconds, sessionNameOf } from "../../model/aws/session-limits.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import type { AccountDetails, AccountRole, AccountUser, InlinePolicy } from "./account-facts.ts";
import {
  endOfExact,
  endOfGrant,
  exactPolicy,
  type FoundGrant,
  type GrantKind,
  type GrantScope,
  grantId,
  grantPolicy,
  grantsOf,
  idOfExact,
  inlineLimit,
  isGrantOver,
  isOwnAccount,
  policySize,
  readGrant,
  reservedForCut,
  roleOfArn,
  stateOf,
} from "./grants.ts";
import { isCut } from "./offboarding.ts";
import { managedDocument, mayDo, trustOf } from "./policy-rules.ts";
import { cutTime, endingPolicyName } from "./role-sessions.ts";

/** What the role's account says of the role. */
export interface RoleFacts extends Pick<AccountRole, "name" | "id" | "arn" | "path" | "trust"> {
  readonly maxSessionSeconds: number;
  /** Those that awst made. */
  readonly ownPolicies: readonly InlinePolicy[];
}

export interface GrantFacts {
  readonly user: AccountUser;
  readonly details: AccountDetails;
  /** By AWS's clock. */
  readonly now: Date;
  readonly hasMfa: boolean;
  readonly roleArn: string;
  /** A text: why the role can't be read. */
  readonly role: RoleFacts | string;
}

export interface GrantRequest {
  readonly seconds: number;
  readonly kind: GrantKind;
  /** Also ends the sessions with the grant. */
  readonly exact: boolean;
  /** A longer grant although one is live. */
  readonly extend: boolean;
}

export type GrantStep =
  | { readonly do: "delete ended grant"; readonly grant: FoundGrant }
  | { readonly do: "end sessions"; readonly role: string; readonly policy: InlinePolicy }
  | { readonly do: "create policy"; readonly policy: InlinePolicy }
  | { readonly do: "attach policy"; readonly policy: InlinePolicy }
  | { readonly do: "put policy"; readonly policy: InlinePolicy };

export interface PlannedGrant {
  readonly user: AccountUser;
  readonly scope: GrantScope;
  readonly kind: GrantKind;
  /** The user has this grant already. */
  readonly isMade: boolean;
  readonly steps: readonly GrantStep[];
  /** Until when a session that is made at the end may live. */
  readonly sessionsUntil: Date;
  /** What an administrator should know. */
  readonly notes: readonly string[];
  /** Why the grant would have no effect, or its end none: refused without --anyway. */
  readonly doubts: readonly string[];
  /** Why it can't be made. */
  readonly refusal: { readonly message: string; readonly hint: string | undefined } | undefined;
}

/** Ends that differ by less are the same grant, asked for again. */
const sameEndMs = 60_000;

export function planGrantSteps(facts: GrantFacts, request: GrantRequest): PlannedGrant {
  const { user, details, now, roleArn } = facts;
  const role = readRole(facts);
  const grants = grantsOf(details).filter((each) => each.user === user.name);
  const wanted = endOfGrant(now, request.seconds);
  const live = longestLive(grants, roleArn, now);
  const isMade =
    live?.scope !== undefined &&
    (!request.extend || live.scope.until.getTime() > wanted.getTime() - sameEndMs);
  const until = isMade ? live.scope.until : wanted;
  const scope = isMade ? live.scope : { id: grantId(user.id, roleArn, until), roleArn, until };
  const kind = isMade ? live.kind : request.kind;
  const steps = stepsOf(facts, request, scope, isMade, grants);
  const longest = isFixedRole(role) || !role ? undefined : role.maxSessionSeconds;
  const isEnding = steps.some((each) => each.do === "end sessions") || hasExact(role, scope);
  const sessionsUntil = isEnding
    ? until
    : new Date(until.getTime() + (longest ?? maxRoleSeconds) * 1000);
  return {
    user,
    scope,
    kind,
    isMade,
    steps,
    sessionsUntil,
    notes: [...notesOf(facts, scope), ...laterEnd(isMade, until, wanted)],
    doubts: isMade && steps.length === 0 ? [] : doubtsOf(facts, scope, isEnding),
    refusal: isCut(user)
      ? { message: `${user.name} is off-boarded`, hint: `awst admin user restore ${user.name}` }
      : refusalOf(facts, request, steps),
  };
}

/** A grant that is there is never made longer by a repeat, so the plan names the option that makes it longer. */
function laterEnd(isMade: boolean, until: Date, wanted: Date): readonly string[] {
  const isShorter = isMade && wanted.getTime() - until.getTime() >= sameEndMs;
  return isShorter ? [`to let the grant end at ${rfc3339(wanted)} instead: --extend`] : [];
}

function longestLive(
  grants: readonly FoundGrant[],
  roleArn: string,
  now: Date,
): FoundGrant | undefined {
  const [first] = grants
    .filter((each) => each.scope?.roleArn === roleArn && stateOf(each, now) === "live")
    .sort((one, other) => Number(other.scope?.until) - Number(one.scope?.until));
  return first;
}

function stepsOf(
  facts: GrantFacts,
  request: GrantRequest,
  scope: GrantScope,
  isMade: boolean,
  grants: readonly FoundGrant[],
): readonly GrantStep[] {
  const { user, now } = facts;
  const role = readRole(facts);
  const steps: GrantStep[] = [];
  const ended = isMade ? [] : grants.filter((each) => isGrantOver(each, undefined, now));
  for (const grant of ended) steps.push({ do: "delete ended grant", grant });
  // Before the grant: a run that is stopped here has allowed nothing.
  if (request.exact && role !== undefined && !isFixedRole(role) && !hasExact(role, scope)) {
    const policy = exactPolicy(scope, role.id, user.name);
    steps.push({ do: "end sessions", role: role.name, policy });
  }
  const policy = grantPolicy(scope);
  if (isMade) return steps;
  if (request.kind === "inline") return [...steps, { do: "put policy", policy }];
  return [...steps, { do: "create policy", policy }, { do: "attach policy", policy }];
}

function readRole({ role }: Pick<GrantFacts, "role">): RoleFacts | undefined {
  return typeof role === "string" ? undefined : role;
}

function hasExact(role: RoleFacts | undefined, { id }: GrantScope): boolean {
  return role?.ownPolicies.some(({ name }) => idOfExact(name) === id) ?? false;
}

/** A role of AWS's own, whose policies cannot be changed. */
export function isFixedRole(role: RoleFacts | undefined): boolean {
  return role !== undefined && /^\/aws-(service-role|reserved)\//.test(role.path);
}

function notesOf(facts: GrantFacts, scope: GrantScope): readonly string[] {
  const { user, roleArn, now, hasMfa } = facts;
  const role = readRole(facts);
  const notes: string[] = [];
  if (typeof facts.role === "string") {
    notes.push(
      `whether the trust policy of ${roleOfArn(roleArn)} lets ${user.name} in, and how long its sessions last, is unknown: ${facts.role}`,
    );
  }
  if (!hasMfa) {
    notes.push(`${user.name} has no MFA device, and the grant can only be used with MFA`);
  }
  for (const { name, document } of role?.ownPolicies ?? []) {
    const cutAt = name === endingPolicyName(user.name) ? cutTime(document) : undefined;
    if (cutAt !== undefined && cutAt > now) {
      notes.push(`sessions of ${user.name} made before ${rfc3339(cutAt)} are denied (${name})`);
    }
    const end = isExactOf(name, document, user.name, scope) ? endOfExact(document) : undefined;
    if (end !== undefined && end > now) {
      notes.push(`sessions of ${user.name} made before ${rfc3339(end)} end then (${name})`);
    }
  }
  return notes;
}

/** Whether the policy ends sessions of this user together with another grant. */
function isExactOf(name: string, document: string, user: string, { id }: GrantScope): boolean {
  const other = idOfExact(name);
  return other !== undefined && other !== id && document.includes(`:${sessionNameOf(user)}"`);
}

function doubtsOf(facts: GrantFacts, scope: GrantScope, isEnding: boolean): readonly string[] {
  const { user, details, roleArn } = facts;
  const role = readRole(facts);
  const doubts: string[] = [];
  const label = roleOfArn(roleArn);
  const trust = role && trustOf(role.trust, user.arn);
  const ways = otherWays(user, details, roleArn);
  if (isOwnAccount(roleArn, user.arn) && trust?.by === "name") {
    ways.unshift(`the trust policy of ${label}`);
  }
  if (ways.length > 0 && (trust === undefined || trust.by !== undefined)) {
    doubts.push(
      `${user.name} may assume ${label} already, by ${ways.join(" and ")}: the grant adds nothing and its end removes nothing`,
    );
  }
  if (trust !== undefined && trust.by === undefined) {
    doubts.push(`the trust policy of ${label} does not let ${user.name} in`);
  }
  const own = documentsOf(user, details).map(({ document }) => document);
  if (!mayDo([...own, grantPolicy(scope).document], "sts:AssumeRole", roleArn)) {
    doubts.push(`a policy of ${user.name} denies sts:AssumeRole on ${label}`);
  }
  const boundary =
    user.boundary === undefined ? "" : managedDocument(user.boundary, details.managed);
  if (boundary !== "" && !mayDo([boundary], "sts:AssumeRole", roleArn)) {
    doubts.push(`the permissions boundary of ${user.name} does not allow sts:AssumeRole`);
  }
  if (isEnding && trust?.forcesSessionName === false) {
    doubts.push(
      `the trust policy of ${label} does not force the session name, so --exact ends only sessions that have the name of ${user.name}`,
    );
  }
  return doubts;
}

/** What besides grants allows the user to assume the role, as far as it is known. */
export function otherWays(user: AccountUser, details: AccountDetails, roleArn: string): string[] {
  return documentsOf(user, details)
    .filter(({ document }) => mayDo([document], "sts:AssumeRole", roleArn))
    .map(({ label }) => label);
}

/** The policies of the user and of the user's groups, without grants. */
function documentsOf(
  user: AccountUser,
  details: AccountDetails,
): readonly { readonly label: string; readonly document: string }[] {
  const groups = details.groups.filter(({ name }) => user.groups.includes(name));
  const owners = [{ of: user, label: "" }, ...groups.map((of) => ({ of, label: of.name }))];
  return owners.flatMap(({ of, label }) => [
    ...of.inlinePolicies
      .filter((policy) => readGrant(policy) === undefined)
      .map(({ name, document }) => ({
        label: label === "" ? `inline policy ${name}` : `group ${label}`,
        document,
      })),
    ...of.attachedPolicies
      .map((arn) => ({ name: arn.split("/").at(-1) ?? "", arn }))
      .filter(({ name, arn }) => {
        const document = details.managed.get(arn) ?? "";
        return readGrant({ name, document }) === undefined;
      })
      .map(({ name, arn }) => ({
        label: label === "" ? `attached policy ${name}` : `group ${label}`,
        document: managedDocument(arn, details.managed),
      })),
  ]);
}

const maxAttached = 10;

function refusalOf(
  facts: GrantFacts,
  request: GrantRequest,
  steps: readonly GrantStep[],
): PlannedGrant["refusal"] {
  const { user } = facts;
  const role = readRole(facts);
  if (request.exact && role === undefined) {
    return {
      message: "--exact needs the account of the role",
      hint: "--role-as ACCOUNT/ROLE, a role of an administrator there",
    };
  }
  if (request.exact && isFixedRole(role)) {
    return {
      message: `AWS keeps the policies of ${role?.name}, so --exact can't end its sessions`,
      hint: undefined,
    };
  }
  const isDeleted = (policy: string) =>
    steps.some((step) => step.do === "delete ended grant" && step.grant.policy === policy);
  const put = steps.find((step) => step.do === "put policy");
  if (put !== undefined) {
    const remaining = user.inlinePolicies.filter(({ name }) => !isDeleted(name));
    return sizeProblem(user.name, remaining, put.policy);
  }
  const attached = user.attachedPolicies.filter((arn) => !isDeleted(arn)).length;
  if (steps.some((step) => step.do === "attach policy") && attached >= maxAttached) {
    return {
      message: `${user.name} has ${attached} attached policies, and AWS allows ${maxAttached}`,
      hint: `awst admin user show ${user.name}`,
    };
  }
  return undefined;
}

/** Returns why the policy does not fit beside those that the user has, with the numbers. */
function sizeProblem(
  user: string,
  others: readonly InlinePolicy[],
  policy: InlinePolicy,
): { readonly message: string; readonly hint: string } | undefined {
  const used = policySize(others.map(({ document }) => document));
  const size = policySize([policy.document]);
  if (used + size <= inlineLimit - reservedForCut) return undefined;
  const free = Math.max(0, inlineLimit - reservedForCut - used);
  return {
    message: `${user}: the grant needs ${size} characters and ${free} are free (AWS allows ${inlineLimit} of inline policies, ${used} are used, awst keeps ${reservedForCut} to cut a user off)`,
    hint: "--managed",
  };
}
