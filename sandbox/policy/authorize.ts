// Whether a caller may do an action: condition keys from the caller and the request, the caller's
// policies and those of its session, and AWS's sentence where the answer is no.

import { boundaryOf, type Caller, identityPoliciesOf } from "../auth/caller.ts";
import { accessDenied, type ServiceError } from "../wire/service-error.ts";
import { type Ask, evaluate, type Verdict } from "./evaluate.ts";
import type { Context } from "./matching.ts";

export interface Circumstances {
  readonly now: Date;
  readonly region: string;
  /** A code was given with this very request. */
  readonly hasFreshCode?: boolean;
  readonly extra?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Throws AWS's AccessDenied. `displayName`: how the message names the resource. */
export function authorize(
  caller: Caller,
  action: string,
  resource: string,
  circumstances: Circumstances,
  displayName: string = resource,
): void {
  const ask = { action, resource, context: contextOf(caller, circumstances) };
  const { verdict, kind } = decide(caller, ask);
  if (verdict === "allowed") return;
  const policy = kind === "permissions boundary" ? "" : " policy";
  const reason =
    verdict === "denied"
      ? ` with an explicit deny in ${kind === "identity-based" ? "an" : "a"} ${kind}${policy}`
      : ` because no ${kind}${policy} allows the ${action} action`;
  throw notAuthorized(caller, action, displayName, reason);
}

export function notAuthorized(
  caller: Caller,
  action: string,
  resource: string,
  reason = "",
): ServiceError {
  return accessDenied(
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource}${reason}`,
  );
}

type PolicyKind = "identity-based" | "session" | "permissions boundary";

/** What the caller's own policies say, cut down by those of its session. */
export function decide(
  caller: Caller,
  ask: Ask,
): { readonly verdict: Verdict; readonly kind: PolicyKind } {
  const own = identityPoliciesOf(caller);
  const identity = own === undefined ? "allowed" : evaluate(own, ask);
  const limits = caller.session?.policies;
  const session = limits === undefined ? "allowed" : evaluate(limits, ask);
  const boundary = boundaryOf(caller);
  const limit = boundary === undefined ? "allowed" : evaluate(boundary, ask);
  if (identity === "denied") return { verdict: "denied", kind: "identity-based" };
  if (limit !== "allowed") return { verdict: limit, kind: "permissions boundary" };
  if (session === "denied") return { verdict: "denied", kind: "session" };
  if (identity === "not allowed") return { verdict: "not allowed", kind: "identity-based" };
  if (session === "not allowed") return { verdict: "not allowed", kind: "session" };
  return { verdict: "allowed", kind: "identity-based" };
}

export function contextOf(caller: Caller, circumstances: Circumstances): Context {
  const { now } = circumstances;
  const values = new Map<string, readonly string[]>();
  const put = (key: string, value: string | readonly string[] | undefined): void => {
    if (value !== undefined)
      values.set(key.toLowerCase(), typeof value === "string" ? [value] : value);
  };
  put("aws:CurrentTime", now.toISOString());
  put("aws:EpochTime", String(Math.floor(now.getTime() / 1000)));
  put("aws:SecureTransport", "true");
  put("aws:SourceIp", "127.0.0.1");
  put("aws:RequestedRegion", circumstances.region);
  put("aws:PrincipalAccount", caller.account.id);
  put("aws:PrincipalArn", caller.role?.arn ?? caller.arn);
  put("aws:PrincipalType", principalType(caller));
  put("aws:userid", caller.userId);
  put("aws:username", caller.user && caller.kind === "user" ? caller.user.name : undefined);
  put("aws:TokenIssueTime", caller.session?.issuedAt.toISOString());
  put("aws:SourceIdentity", caller.session?.sourceIdentity);
  for (const { key, value } of caller.session?.tags ?? caller.user?.tags ?? []) {
    put(`aws:PrincipalTag/${key}`, value);
  }
  putMfa(put, caller, circumstances);
  for (const [key, value] of Object.entries(circumstances.extra ?? {})) put(key, value);
  return values;
}

/** A long-term key without a code has neither key; a session without MFA has Present = false. */
function putMfa(
  put: (key: string, value: string) => void,
  caller: Caller,
  { now, hasFreshCode }: Circumstances,
): void {
  const mfaAt = hasFreshCode ? now : caller.session?.mfaAt;
  if (mfaAt) {
    put("aws:MultiFactorAuthPresent", "true");
    put("aws:MultiFactorAuthAge", String(Math.floor((now.getTime() - mfaAt.getTime()) / 1000)));
  } else if (caller.session) {
    put("aws:MultiFactorAuthPresent", "false");
  }
}

function principalType(caller: Caller): string {
  const types = { root: "Account", user: "User", role: "AssumedRole", federated: "FederatedUser" };
  return types[caller.kind];
}
