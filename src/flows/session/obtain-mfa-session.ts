// Obtains the identity's MFA session: the cached one while it is good enough, otherwise a new one with one
// MFA code for all processes that wait for it.

import { allDurations } from "../../model/configuration/find-in-configuration.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { mfaSessionItem } from "../../model/keychain/items.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import {
  decodeMfaSession,
  type MfaSession,
  type SessionKeys,
  secondsLeft,
} from "../../model/session/session.ts";
import { sessionIndexFile } from "../../model/session/session-index.ts";
import { mfaSessionSeconds, renewableUntil } from "../../model/session/session-plan.ts";
import { machineDeadline, type SessionRequest } from "../../model/session/session-request.ts";
import type { Context, Lock, Needs } from "../../ports.ts";
import { cacheMfaSession, removeCachedSession } from "./cache-session.ts";
import {
  type CodeRequest,
  codeLockName,
  nextCode,
  recordCodeAccepted,
  requireRetry,
  startCodeAttempts,
} from "./code-attempts.ts";
import { loadAndCacheConfiguration } from "./load-configuration.ts";
import { lookupUser } from "./lookup-user.ts";
import {
  type IdentityContext,
  openIdentityContext,
  withCurrentKey,
} from "./open-identity-context.ts";
import { millisecondsUntil, shareFailure, throwSharedFailure } from "./single-flight.ts";
import { resumeRotation } from "./start-rotation.ts";

export interface MfaSessionRequest extends CodeRequest {
  /** What the session is for, shown to processes that wait: `assume main-account DeveloperAccess`. */
  readonly purpose: string;
  readonly requester: SessionRequest["requester"];
  /** How long after the code each role is used, in seconds: the session lasts for the longest. */
  readonly usableSeconds: readonly number[];
  /** The cached session that the caller read and found too old or refused; undefined: there was none. */
  readonly seen: MfaSession | undefined;
  /** Which session of another process is good enough; `none`: always a new one. */
  readonly accept:
    | "none"
    | { readonly codeAfter?: Date | undefined; readonly usableSeconds?: number };
}

/** Returns the cached session of the current key and the current endpoints; undefined when it expired. */
export async function readMfaSession(
  context: Needs<"clock">,
  identityContext: IdentityContext,
): Promise<MfaSession | undefined> {
  const item = mfaSessionItem(identityContext.identity.name);
  const session = decodeMfaSession(await identityContext.keychain.read(item));
  if (session === undefined) return undefined;
  const fits =
    session.signedBy === identityContext.key.accessKeyId &&
    session.environment === identityContext.environment;
  const { now, skewMs } = context.clock();
  return fits && secondsLeft(session.keys.expiresAt, now, skewMs) > 0 ? session : undefined;
}

/** Returns the same, and drops a session only on a clock that AWS confirms now: for callers that otherwise ask for a
 *  code. */
export async function findMfaSession(
  context: Context,
  identityContext: IdentityContext,
): Promise<MfaSession | undefined> {
  const cached = await readMfaSession(context, identityContext);
  if (cached !== undefined || !(await confirmSkew(context, identityContext))) return cached;
  return readMfaSession(context, identityContext);
}

/** Before a code is asked for: an earlier response of AWS showed that the clocks differ, and this machine's may have been
 *  set right since. Calls AWS once, whose every answer shows its time. Returns whether the difference changed, so that
 *  what is cached has to be judged again. */
export async function confirmSkew(
  context: Context,
  { key, region }: IdentityContext,
): Promise<boolean> {
  const { skewMs } = context.clock();
  if (skewMs === 0) return false;
  try {
    const aws = await context.aws(key, region);
    await aws.getCallerIdentity();
  } catch (error) {
    if (!isAwstError(error)) throw error;
    context.debug(`AWS's time was not confirmed: ${error.message}`);
  }
  return context.clock().skewMs !== skewMs;
}

export async function removeMfaSession(
  context: Needs<"state">,
  { keychain, identity }: IdentityContext,
): Promise<void> {
  await removeCachedSession(context, keychain, mfaSessionItem(identity.name));
}

/** Of the processes with the same identity, one at a time asks for a code. Errors: those of `nextCode`,
 *  AWS_*, WAIT_TIMED_OUT. */
export async function obtainMfaSession(
  context: Context,
  identityContext: IdentityContext,
  request: MfaSessionRequest,
): Promise<MfaSession> {
  const lockName = codeLockName(identityContext);
  const locks = await context.locks();
  await using lock = await locks.acquire(lockName, {
    owner: request.purpose,
    waitMs: millisecondsUntil(context, request.deadline),
  });
  const current = await withCurrentKey(context, identityContext, lock);
  const cached = await readNewerSession(context, current, request, lock);
  if (cached !== undefined) return cached;
  throwSharedFailure(context, lockName, lock, request.requester);
  try {
    return await openMfaSession(context, current, request);
  } catch (error) {
    shareFailure(context, lockName, error);
    throw error;
  }
}

async function openMfaSession(
  context: Context,
  identityContext: IdentityContext,
  request: MfaSessionRequest,
): Promise<MfaSession> {
  const { key, region, identity, environment, keychain } = identityContext;
  const durationSeconds = mfaSessionSeconds(request.usableSeconds);
  const aws = await context.aws(key, region);
  const attempts = await startCodeAttempts(context, identityContext, request);
  // The cache then has the user's devices for every further step.
  if (request.device === undefined) await lookupUser(context, identityContext);
  for (;;) {
    const attempt = await nextCode(context, attempts);
    const { device, code } = attempt;
    try {
      const { keys, at: codeAt } = await aws.getSessionToken({ device, code, durationSeconds });
      const signedBy = key.accessKeyId;
      const session: MfaSession = { keys, codeAt, device, signedBy, environment };
      const isCached = await cacheMfaSession(context, keychain, identity.name, session);
      await recordCodeAccepted(context, attempts, attempt);
      context.state.record("mfa-session-issued", {
        identity: identity.name,
        accessKeyId: keys.accessKeyId,
        expiresAt: keys.expiresAt.toISOString(),
        for: request.purpose,
      });
      return isCached ? session : { ...session, isNotCached: true };
    } catch (error) {
      await requireRetry(context, attempts, attempt, error);
    }
  }
}

/** Returns a session that another process opened since the caller read the cache. The keychain is read only
 *  after a wait, or when the session index names another session than the caller's. */
async function readNewerSession(
  context: Needs<"state" | "clock">,
  identityContext: IdentityContext,
  { seen, accept }: MfaSessionRequest,
  lock: Lock,
): Promise<MfaSession | undefined> {
  if (accept === "none") return undefined;
  const index = context.state.read(sessionIndexFile);
  const entry = index[mfaSessionItem(identityContext.identity.name)];
  const isUnchanged = entry?.accessKeyId === seen?.keys.accessKeyId;
  if (lock.waitedSince === undefined && isUnchanged) return undefined;
  const session = await readMfaSession(context, identityContext);
  if (session === undefined || session.keys.accessKeyId === seen?.keys.accessKeyId)
    return undefined;
  const { codeAfter, usableSeconds } = accept;
  if (codeAfter !== undefined && session.codeAt <= codeAfter) return undefined;
  if (usableSeconds === undefined) return session;
  const isUsable = context.clock().awsNow < renewableUntil(session.codeAt, usableSeconds);
  return isUsable ? session : undefined;
}

/** Returns the MFA session's own credentials. Errors: IDENTITY_UNKNOWN, and those of `obtainMfaSession`. */
export async function makeMfaCredentials(
  context: Context,
  identityName: string | undefined,
  requester: SessionRequest["requester"],
): Promise<SessionKeys> {
  const loaded = await loadAndCacheConfiguration(context);
  const { configuration } = loaded;
  const name = identityName ?? configuration.defaultIdentity;
  const identity = configuration.identities.get(name);
  if (identity === undefined) {
    throw new AwstError("IDENTITY_UNKNOWN", `identity "${name}" is not configured`, {
      hint: `configured: ${[...configuration.identities.keys()].join(", ")}`,
    });
  }
  const { region } = callRegion(identity, configuration, context.env);
  const identityContext = await openIdentityContext(context, loaded, identity, region);
  const cached = await findMfaSession(context, identityContext);
  if (cached !== undefined) return cached.keys;
  const session = await obtainMfaSession(context, identityContext, {
    purpose: `credential-process --identity ${name}`,
    requester,
    deadline: requester === "machine" ? machineDeadline(context.monotonic()) : undefined,
    given: undefined,
    retry: "awst assume",
    usableSeconds: allDurations(configuration),
    seen: undefined,
    accept: {},
  });
  await resumeRotation(context, name, { isNewCode: true });
  return session.keys;
}
