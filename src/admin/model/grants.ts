// A grant: a policy that lets one user assume one role, with MFA, until a time. The policy's condition ends it, by AWS's
// clock, even if no administrator removes it. Its name has the end and the id, so that grants can be listed and pruned
// without a database. A policy of such a name whose text awst would not write is not a grant: it was changed.

import { createHash } from "node:crypto";
import { sessionNameOf } from "../../model/aws/session-limits.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import {
  type AccountDetails,
  type AccountRole,
  accountOfArn,
  type InlinePolicy,
} from "./account-facts.ts";
import { areSessionsOver, policiesOver, type RolePolicy } from "./role-sessions.ts";

export const minGrantSeconds = 60;
export const maxGrantSeconds = 12 * 3600;

/** What a grant's policy says. */
export interface GrantScope {
  /** Letters and digits. */
  readonly id: string;
  readonly roleArn: string;
  /** Whole seconds. */
  readonly until: Date;
}

/** `inline`: a policy of the user alone. `managed`: a policy of the account that is attached to the user. */
export type GrantKind = "inline" | "managed";

export interface FoundGrant {
  readonly id: string;
  readonly kind: GrantKind;
  /** undefined: a managed policy that is attached to no user. */
  readonly user: string | undefined;
  /** Of an inline policy, or the ARN of a managed one. */
  readonly policy: string;
  /** undefined: another administrator changed the policy. */
  readonly scope: GrantScope | undefined;
}

/** `unattached`: a managed policy whose attachment is missing. It allows nothing. */
export type GrantState = "live" | "ended" | "changed" | "unattached";

export function stateOf({ user, scope }: FoundGrant, now: Date): GrantState {
  if (scope === undefined) return "changed";
  if (scope.until <= now) return "ended";
  return user === undefined ? "unattached" : "live";
}

/**
 * Returns whether a grant has ended, and every role session that was made with it too. Until then the grant stays: it
 * shows who may have such a session, and off-boarding ends them. `maxSeconds`: the role's MaxSessionDuration, if known.
 */
export function isGrantOver(grant: FoundGrant, maxSeconds: number | undefined, now: Date): boolean {
  const { scope } = grant;
  if (scope === undefined || stateOf(grant, now) !== "ended") return false;
  return areSessionsOver(scope.until, maxSeconds, now);
}

const grantPrefix = "awst-grant-";
const exactPrefix = "awst-exact-";
const named = /^awst-(grant|exact)-\d{8}T\d{6}Z-([a-z2-7]+)$/;

/** The same user, role and end have the same id, so that a repeated call can only write the same policy again. */
export function grantId(userId: string, roleArn: string, until: Date): string {
  const digest = createHash("sha256")
    .update(`${userId} ${roleArn} ${rfc3339(until)}`)
    .digest();
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  return [...digest.subarray(0, 8)].map((byte) => letters[byte % 32]).join("");
}

/** The time until which a grant of `seconds` lasts: whole seconds, never later. */
export function endOfGrant(now: Date, seconds: number): Date {
  return new Date(Math.floor(now.getTime() / 1000 + seconds) * 1000);
}

export function grantPolicy(scope: GrantScope): InlinePolicy {
  const { id, roleArn, until } = scope;
  const document = {
    Version: "2012-10-17",
    Statement: {
      Sid: `AwstGrant${id}`,
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Resource: roleArn,
      Condition: {
        Bool: { "aws:MultiFactorAuthPresent": "true" },
        DateLessThan: { "aws:CurrentTime": rfc3339(until) },
      },
    },
  };
  return { name: `${grantPrefix}${compactTime(until)}-${id}`, document: JSON.stringify(document) };
}

/**
 * The inline policy of the role that ends the user's sessions together with the grant (--exact). Sessions of a later
 * grant are made after that end, and are not meant. It only reaches sessions that have the user's name.
 */
export function exactPolicy(scope: GrantScope, roleId: string, userName: string): InlinePolicy {
  const end = rfc3339(scope.until);
  const document = {
    Version: "2012-10-17",
    Statement: {
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: {
        StringEquals: { "aws:userid": `${roleId}:${sessionNameOf(userName)}` },
        DateGreaterThanEquals: { "aws:CurrentTime": end },
        DateLessThan: { "aws:TokenIssueTime": end },
      },
    },
  };
  const name = `${exactPrefix}${compactTime(scope.until)}-${scope.id}`;
  return { name, document: JSON.stringify(document) };
}

/** The id in the name of a grant's policy; undefined for every other policy. */
export function idOfGrant(policyName: string): string | undefined {
  const [, kind, id] = named.exec(policyName) ?? [];
  return kind === "grant" ? id : undefined;
}

/** The same for the policy of a role that ends sessions together with a grant. */
export function idOfExact(policyName: string): string | undefined {
  const [, kind, id] = named.exec(policyName) ?? [];
  return kind === "exact" ? id : undefined;
}

/** What the policy grants; undefined where its text is not what awst writes. */
export function readGrant({ name, document }: InlinePolicy): GrantScope | undefined {
  const id = idOfGrant(name);
  const statement = Object(Object(parse(document)).Statement);
  const roleArn: unknown = statement.Resource;
  const end = new Date(Object(Object(statement.Condition).DateLessThan)["aws:CurrentTime"]);
  if (id === undefined || Number.isNaN(end.getTime())) return undefined;
  if (typeof roleArn !== "string" || !isOneRole(roleArn)) return undefined;
  const scope = { id, roleArn, until: end };
  const written = grantPolicy(scope);
  return written.name === name && isSameDocument(written.document, document) ? scope : undefined;
}

/** All grants of the account, in the order of their users. A managed one that others have too was changed. */
export function grantsOf(details: AccountDetails): readonly FoundGrant[] {
  const inline = details.users.flatMap((user) =>
    user.inlinePolicies.flatMap((policy) => {
      const id = idOfGrant(policy.name);
      if (id === undefined) return [];
      const scope = readGrant(policy);
      return [{ id, kind: "inline" as const, user: user.name, policy: policy.name, scope }];
    }),
  );
  const managed = [...details.managed].flatMap(([arn, document]) => {
    const name = arn.split("/").at(-1) ?? "";
    const id = idOfGrant(name);
    if (id === undefined) return [];
    const users = details.users.filter((each) => each.attachedPolicies.includes(arn));
    const others = [...details.groups, ...details.roles];
    const isWider =
      users.length > 1 || others.some(({ attachedPolicies }) => attachedPolicies.includes(arn));
    const scope = isWider ? undefined : readGrant({ name, document });
    const names = users.length === 0 ? [undefined] : users.map((each) => each.name);
    return names.map((user) => ({ id, kind: "managed" as const, user, policy: arn, scope }));
  });
  return [...inline, ...managed];
}

/** Policies of roles whose grant and all its sessions are over. `maxSeconds`: MaxSessionDuration by role name. */
export function endedExactPolicies(
  roles: readonly AccountRole[],
  maxSeconds: ReadonlyMap<string, number>,
  now: Date,
): readonly RolePolicy[] {
  return policiesOver(roles, maxSeconds, now, ({ name, document }) =>
    idOfExact(name) === undefined ? undefined : endOfExact(document),
  );
}

/** When the sessions end; undefined for text that is no such policy. */
export function endOfExact(document: string): Date | undefined {
  const condition = Object(Object(Object(parse(document)).Statement).Condition);
  const end = new Date(Object(condition.DateLessThan)["aws:TokenIssueTime"]);
  return Number.isNaN(end.getTime()) ? undefined : end;
}

/** A user's inline policies share these characters. AWS counts no white space. */
export const inlineLimit = 2_048;
/** Reserved for the deny that cuts the user off. */
export const reservedForCut = 128;

export function policySize(documents: readonly string[]): number {
  return documents.reduce((sum, each) => sum + each.replace(/\s/g, "").length, 0);
}

/** `audit/ReadOnly`: the role's name after its path. */
export function roleOfArn(roleArn: string): string {
  return roleArn.slice(roleArn.indexOf(":role/") + ":role/".length);
}

/** Whether a policy reads the ARN as one role: *, ? and $ stand for more than themselves, also in a path. */
export function isOneRole(roleArn: string): boolean {
  return /^arn:[\w-]+:iam::\d{12}:role\/[^*?$]+$/.test(roleArn);
}

export function isOwnAccount(roleArn: string, userArn: string): boolean {
  return accountOfArn(roleArn) === accountOfArn(userArn);
}

/** White space outside the texts does not count; the order of the keys does. */
export function isSameDocument(one: string, other: string): boolean {
  const plain = (text: string) => JSON.stringify(parse(text)) ?? text;
  return plain(one) === plain(other);
}

function compactTime(at: Date): string {
  return rfc3339(at).replace(/[-:]/g, "");
}

function parse(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    return undefined;
  }
}
