// Calls AssumeRole, once for each role of the chain, and caches the session of the last one. Remembers which
// roles AWS refuses, so that no further MFA code is asked for in vain.

import { maxChainedSeconds, sessionNameOf } from "../../model/aws/session-limits.ts";
import { AwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import { awsFactsFile, withoutRefusal, withRefusal } from "../../model/session/aws-facts.ts";
import { retryLine } from "../../model/session/retry-line.ts";
import type { Keys, RoleSession } from "../../model/session/session.ts";
import type { SessionRequest } from "../../model/session/session-request.ts";
import { isAboutTheRole } from "../../model/session/shared-failure.ts";
import type { RoleInputs, Target } from "../../model/session/target.ts";
import type { AssumeRoleInput } from "../../ports/aws.ts";
import type { Context, Needs } from "../../ports.ts";
import { cacheRoleSession } from "./cache-session.ts";
import {
  type CodeRequest,
  codeLockName,
  nextCode,
  recordCodeAccepted,
  requireRetry,
  startCodeAttempts,
} from "./code-attempts.ts";
import { lookupUser } from "./lookup-user.ts";
import { type IdentityContext, withCurrentKey } from "./open-identity-context.ts";
import { millisecondsUntil, shareFailure, throwSharedFailure } from "./single-flight.ts";

/** A session request with everything that the configuration says about it. */
export interface ResolvedRequest {
  readonly request: SessionRequest;
  readonly target: Target;
  readonly identityContext: IdentityContext;
  /** The keychain item of the role session. */
  readonly item: string;
  readonly scope: string | undefined;
  /** A machine waits no longer than this. */
  readonly deadline: number | undefined;
  /** `assume main-account DeveloperAccess`: for processes that wait, and for the history. */
  readonly purpose: string;
  /** How long after a code the role may be used. */
  readonly usableSeconds: number;
}

export interface AssumeRoleOptions {
  readonly seconds: number;
  readonly renewableUntil: Date | undefined;
  /** The id of the long-term key behind `keys`. It may have been replaced since the request was resolved. */
  readonly signedBy: string;
  readonly mfa?: { readonly device: string; readonly code: Secret } | undefined;
}

/** `keys` sign the first call. Errors: AWS_*. */
export async function assumeRole(
  context: Context,
  { target, identityContext, item, scope, purpose }: ResolvedRequest,
  keys: Keys,
  options: AssumeRoleOptions,
): Promise<RoleSession> {
  const { region } = identityContext;
  const { userName } = await lookupUser(context, identityContext);
  let signer = keys;
  for (const hop of target.chain) {
    const aws = await context.aws(signer, region);
    const seconds = Math.min(maxChainedSeconds, options.seconds);
    signer = (await aws.assumeRole(callOf(hop, userName, seconds))).keys;
  }
  const aws = await context.aws(signer, region);
  const call = { ...callOf(target.inputs, userName, options.seconds), mfa: options.mfa };
  const answer = await aws.assumeRole(call);
  const session: RoleSession = {
    keys: answer.keys,
    issuedAt: answer.at,
    renewableUntil: options.renewableUntil,
    assumedRoleArn: answer.assumedRoleArn,
    accountId: target.account.id,
    region: target.profileRegion,
    isRegionAmbient: target.isRegionAmbient || undefined,
    fingerprint: target.fingerprint,
    signedBy: options.signedBy,
    configurationStamp: identityContext.configurationFingerprint,
    environment: identityContext.environment,
  };
  const names = {
    identity: target.identity.name,
    account: target.account.name,
    role: target.role.name,
  };
  await cacheRoleSession(context, identityContext.keychain, item, session, {
    ...names,
    scope,
    production: target.account.production ? true : undefined,
  });
  context.state.record("role-session-issued", {
    ...names,
    accessKeyId: answer.keys.accessKeyId,
    expiresAt: answer.keys.expiresAt.toISOString(),
    for: purpose,
  });
  return session;
}

/** Sends the MFA code with AssumeRole itself: only a long-term key gets a session of more than 1 h. Errors: those
 *  of `assumeRole` and `nextCode`, WAIT_TIMED_OUT. */
export async function assumeRoleWithCode(
  context: Context,
  resolved: ResolvedRequest,
  seconds: number,
): Promise<RoleSession> {
  const { deadline, purpose, request } = resolved;
  const lockName = codeLockName(resolved.identityContext);
  const locks = await context.locks();
  await using lock = await locks.acquire(lockName, {
    owner: purpose,
    waitMs: millisecondsUntil(context, deadline),
  });
  const identityContext = await withCurrentKey(context, resolved.identityContext, lock);
  throwSharedFailure(context, lockName, lock, request.requester);
  try {
    const attempts = await startCodeAttempts(context, identityContext, codeRequest(resolved));
    for (;;) {
      const mfa = await nextCode(context, attempts);
      try {
        const current = { ...resolved, identityContext };
        const { key } = identityContext;
        const options = { seconds, renewableUntil: undefined, signedBy: key.accessKeyId, mfa };
        const session = await assumeRole(context, current, key, options);
        await recordCodeAccepted(context, attempts, mfa);
        return session;
      } catch (error) {
        await requireRetry(context, attempts, mfa, error);
      }
    }
  } catch (error) {
    // The other processes that wait for a code want other roles.
    if (!isAboutTheRole(error)) shareFailure(context, lockName, error);
    throw error;
  }
}

export function codeRequest({ request, target, deadline }: ResolvedRequest): CodeRequest {
  const { code, device } = request;
  return { deadline, given: code, named: device, retry: retryLine(request, target) };
}

function callOf(inputs: RoleInputs, userName: string, durationSeconds: number): AssumeRoleInput {
  const sessionName = inputs.sessionName ?? sessionNameOf(userName);
  return { ...inputs, sessionName, durationSeconds, mfa: undefined };
}

export function wasRefused(context: Needs<"state">, { target }: ResolvedRequest): boolean {
  return context.state.read(awsFactsFile).refusals[target.fingerprint] !== undefined;
}

/** Removes the recorded refusal of a role that AWS has granted. */
export async function removeRefusal(
  context: Needs<"state">,
  resolved: ResolvedRequest,
): Promise<void> {
  if (!wasRefused(context, resolved)) return;
  const { fingerprint } = resolved.target;
  await context.state.update(awsFactsFile, (facts) => withoutRefusal(facts, fingerprint));
}

/** Records that AWS refused the role to a new session, and returns the error to end with. */
export async function recordRefusal(
  context: Needs<"state" | "now">,
  { target }: ResolvedRequest,
  cause: AwstError,
): Promise<AwstError> {
  await context.state.update(awsFactsFile, (facts) =>
    withRefusal(facts, target.fingerprint, context.now()),
  );
  return new AwstError("AWS_ROLE_REFUSED", cause.message, { hint: cause.hint, cause });
}

/** Returns the error to end with when the role was refused before, and asking again needs a code. */
export function refusedBefore(
  context: Needs<"state">,
  { request, target }: ResolvedRequest,
): AwstError {
  const refusal = context.state.read(awsFactsFile).refusals[target.fingerprint];
  const at = (refusal?.at ?? "").slice(0, 16).replace("T", " ");
  const message = `AWS refused ${target.inputs.roleArn} to a new session at ${at} UTC; awst asks for no further code`;
  const again = retryLine({ ...request, refresh: true }, target);
  return new AwstError("AWS_ROLE_REFUSED", message, { hint: `when the role is allowed: ${again}` });
}
