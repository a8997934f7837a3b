// Makes a role session when the warm path has none: reads the configuration, decides which calls are needed,
// and makes them once for all processes that want the same session.

import { maxChainedSeconds } from "../../model/aws/session-limits.ts";
import { allDurations, findAccount } from "../../model/configuration/find-in-configuration.ts";
import { AwstError, isAwstError, isFailure } from "../../model/errors.ts";
import { mfaSessionItem, roleSessionItem } from "../../model/keychain/items.ts";
import { awsFactsFile, withRoleMaximum } from "../../model/session/aws-facts.ts";
import {
  confirmationNeeded,
  confirmationText,
  needsConfirmation,
  notConfirmed,
} from "../../model/session/production.ts";
import { callRegion, resolveTarget, roleIsUnknown } from "../../model/session/resolve-target.ts";
import { retryLine } from "../../model/session/retry-line.ts";
import {
  decodeRoleSession,
  freshnessMarginSeconds,
  type MfaSession,
  type RoleSession,
  secondsLeft,
} from "../../model/session/session.ts";
import { hasEnded, sessionIndexFile } from "../../model/session/session-index.ts";
import {
  type Plan,
  planAfterDenial,
  planSession,
  renewableUntil,
} from "../../model/session/session-plan.ts";
import {
  machineDeadline,
  type ObtainedSession,
  type SessionRequest,
} from "../../model/session/session-request.ts";
import { scopeOf } from "../../model/session/session-scope.ts";
import type { StateFile } from "../../model/state-file.ts";
import { formatDuration } from "../../model/text/duration.ts";
import type { Context, Lock, Needs } from "../../ports.ts";
import {
  assumeRole,
  assumeRoleWithCode,
  codeRequest,
  type ResolvedRequest,
  recordRefusal,
  refusedBefore,
  removeRefusal,
  wasRefused,
} from "./assume-role.ts";
import { rebindSession } from "./cache-session.ts";
import { requireNamedDevice } from "./code-attempts.ts";
import { loadAndCacheConfiguration } from "./load-configuration.ts";
import {
  confirmSkew,
  obtainMfaSession,
  readMfaSession,
  removeMfaSession,
} from "./obtain-mfa-session.ts";
import { openIdentityContext } from "./open-identity-context.ts";
import { reportShortfall } from "./report-shortfall.ts";
import { millisecondsUntil, shareFailure, throwSharedFailure } from "./single-flight.ts";
import { resumeRotation } from "./start-rotation.ts";

interface SessionState {
  readonly plan: Plan;
  readonly cached: RoleSession | undefined;
  readonly mfa: MfaSession | undefined;
}

interface MadeSession {
  readonly session: RoleSession;
  readonly usedCode: boolean;
}

/** `since`: when the request started, on `context.monotonic`. Errors: AWS_*, AWS_ROLE_REFUSED, SESSION_OVER,
 *  WAIT_TIMED_OUT, and those of `nextCode`. */
export async function makeSession(
  context: Context,
  request: SessionRequest,
  since: number,
): Promise<ObtainedSession> {
  const resolved = await resolveRequest(context, request, since);
  let before = await observe(context, resolved);
  const needsCode = before.plan.do !== "use-cached" && before.plan.do !== "assume";
  if (needsCode && (await confirmSkew(context, resolved.identityContext))) {
    before = await observe(context, resolved);
  }
  if (before.plan.do === "use-cached" && before.cached !== undefined) {
    const session = await rebindSession(context, resolved, before.cached);
    return complete(context, resolved, session, "cached");
  }
  await confirmProduction(context, resolved);
  if (before.plan.do === "assume-with-code" || before.plan.do === "open-session") {
    await requireNamedDevice(context, resolved.identityContext, codeRequest(resolved));
  }
  const lockName = `role-${resolved.item}` as const;
  const locks = await context.locks();
  await using lock = await locks.acquire(lockName, {
    owner: resolved.purpose,
    waitMs: millisecondsUntil(context, resolved.deadline),
  });
  const state = await observe(context, resolved, { before, lock });
  if (state.plan.do === "use-cached" && state.cached !== undefined) {
    return complete(context, resolved, state.cached, "renewed");
  }
  throwSharedFailure(context, lockName, lock, request.requester);
  try {
    const { session, usedCode } = await carryOutPlan(context, resolved, state);
    if (usedCode) suggestKeyImport(context, resolved);
    await resumeRotation(context, resolved.target.identity.name, { isNewCode: usedCode });
    return complete(context, resolved, session, usedCode ? "new" : "renewed");
  } catch (error) {
    shareFailure(context, lockName, error);
    throw error;
  }
}

/** Asks before the lock is taken, so that no other process waits for the answer. Errors: CONFIRMATION_NEEDED,
 *  NOT_CONFIRMED. */
async function confirmProduction(
  context: Context,
  { target, request }: ResolvedRequest,
): Promise<void> {
  if (!needsConfirmation(target, request)) return;
  const terminal = await context.terminal();
  if (!terminal.isHere()) throw confirmationNeeded(request, target);
  if (!(await terminal.confirm({ text: confirmationText(target) }))) throw notConfirmed(target);
}

async function resolveRequest(
  context: Context,
  request: SessionRequest,
  since: number,
): Promise<ResolvedRequest> {
  const loaded = await loadAndCacheConfiguration(context);
  const { configuration } = loaded;
  const isUser = request.requester === "user";
  const { name: account } = findAccount(configuration, request.account);
  const { role, identity, flags } = request;
  const target = resolveTarget(configuration, { account, role, identity, flags, env: context.env });
  if (isUser && roleIsUnknown(configuration, target.account, role)) {
    context.say(
      `${role} is not in [roles]; trying it with 1 h (to set another duration: [roles.${role}] duration = "4h")`,
    );
  }
  const { region, source } = callRegion(target.identity, configuration, context.env);
  if (source === "fallback") reportFallbackOnce(context, region);
  const identityContext = await openIdentityContext(context, loaded, target.identity, region);
  const scope = target.scoped ? scopeOf(flags) : undefined;
  return {
    request,
    target,
    identityContext,
    scope,
    item: roleSessionItem(target.identity.name, account, role, scope),
    deadline: isUser ? undefined : machineDeadline(since),
    purpose: `${isUser ? "assume" : "credential-process"} ${account} ${role}`,
    usableSeconds: target.mode === "once" ? target.role.durationSeconds : target.durationSeconds,
  };
}

/** Returns what is cached, and what is to be done. `since`: what the same process read before it took the
 *  lock; a session other than that one then satisfies --refresh. */
async function observe(
  context: Context,
  resolved: ResolvedRequest,
  since?: { readonly before: SessionState; readonly lock: Lock },
): Promise<SessionState> {
  const { target, request, item, usableSeconds } = resolved;
  const { now, awsNow, skewMs } = context.clock();
  const isUnchanged = since !== undefined && isCacheUnchanged(context, resolved, since);
  const { cached, mfa } = isUnchanged ? since.before : await readCachedSessions(context, resolved);
  const facts = context.state.read(awsFactsFile);
  const entry = context.state.read(sessionIndexFile)[item];
  const idBefore = since?.before.cached?.keys.accessKeyId;
  const isNewer =
    since !== undefined && cached !== undefined && cached.keys.accessKeyId !== idBefore;
  const plan = planSession({
    mode: target.mode,
    now: awsNow,
    usableSeconds,
    durationSeconds: target.durationSeconds,
    cached: cached && {
      secondsLeft: secondsLeft(cached.keys.expiresAt, now, skewMs),
      lengthSeconds: (cached.keys.expiresAt.getTime() - cached.issuedAt.getTime()) / 1000,
      marginSeconds: freshnessMarginSeconds(cached),
    },
    mfa: mfa && { codeAt: mfa.codeAt, secondsLeft: secondsLeft(mfa.keys.expiresAt, now, skewMs) },
    refresh: request.refresh && !isNewer,
    keysAreFixed: request.keysAreFixed,
    refusedBefore: facts.refusals[target.fingerprint] !== undefined,
    refusedSeconds: facts.maxima[target.inputs.roleArn]?.refusedSeconds,
    hasEnded: request.requester === "machine" && hasEnded(entry, cached?.keys.expiresAt, awsNow),
  });
  return { plan, cached, mfa };
}

/** Whether no process cached a session since `before`. Every process that does so changes the session index
 *  while it has the lock: without a wait and without a new entry, the keychain need not be read again. */
function isCacheUnchanged(
  context: Needs<"state">,
  { item, identityContext }: ResolvedRequest,
  { before, lock }: { readonly before: SessionState; readonly lock: Lock },
): boolean {
  const index = context.state.read(sessionIndexFile);
  const mfaItem = mfaSessionItem(identityContext.identity.name);
  return (
    lock.waitedSince === undefined &&
    index[item]?.accessKeyId === before.cached?.keys.accessKeyId &&
    index[mfaItem]?.accessKeyId === before.mfa?.keys.accessKeyId
  );
}

async function readCachedSessions(
  context: Needs<"clock">,
  { identityContext, target, item }: ResolvedRequest,
): Promise<Pick<SessionState, "cached" | "mfa">> {
  const session = decodeRoleSession(await identityContext.keychain.read(item));
  const fits =
    session !== undefined &&
    session.fingerprint === target.fingerprint &&
    session.signedBy === identityContext.key.accessKeyId &&
    session.environment === identityContext.environment;
  // The region is not of the session, but of the shell or the configuration.
  const region = target.profileRegion;
  const isRegionAmbient = target.isRegionAmbient || undefined;
  return {
    cached: fits ? { ...session, region, isRegionAmbient } : undefined,
    mfa: await readMfaSession(context, identityContext),
  };
}

async function carryOutPlan(
  context: Context,
  resolved: ResolvedRequest,
  state: SessionState,
): Promise<MadeSession> {
  const { plan, cached, mfa } = state;
  if (plan.do === "use-cached" && cached !== undefined) {
    return { session: cached, usedCode: false };
  }
  if (plan.do === "refuse") {
    throw plan.why === "ended" ? sessionOver(resolved) : refusedBefore(context, resolved);
  }
  if (plan.do === "assume-with-code") {
    return assumeWithCode(context, resolved, state, plan.seconds);
  }
  if (plan.do === "assume" && mfa !== undefined) {
    return assumeWithoutCode(context, resolved, state, mfa);
  }
  return assumeWithNewMfaSession(context, resolved, state);
}

async function assumeWithoutCode(
  context: Context,
  resolved: ResolvedRequest,
  state: SessionState,
  mfa: MfaSession,
): Promise<MadeSession> {
  try {
    return { session: await assumeFromMfaSession(context, resolved, mfa), usedCode: false };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const isMfaSessionRefused = isAwstError(error, "AWS_SESSION_EXPIRED", "AWS_KEY_REJECTED");
    if (isMfaSessionRefused) await removeMfaSession(context, resolved.identityContext);
    const usable = state.plan.do === "assume" && state.plan.orUseCached && state.cached;
    if (usable && isLive(context, usable)) {
      context.say(
        `warning: the session was not renewed: ${error.message}; using the cached one until it expires`,
      );
      return { session: usable, usedCode: false };
    }
    if (isMfaSessionRefused) return assumeWithNewMfaSession(context, resolved, state);
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    const age = context.clock().awsNow.getTime() - mfa.codeAt.getTime();
    const facts = { mfaAgeSeconds: age / 1000, refusedBefore: wasRefused(context, resolved) };
    if (planAfterDenial(facts) === "not-allowed") {
      throw await recordRefusal(context, resolved, error);
    }
    return assumeWithNewMfaSession(context, resolved, state);
  }
}

async function assumeWithNewMfaSession(
  context: Context,
  resolved: ResolvedRequest,
  state: SessionState,
): Promise<MadeSession> {
  const { identityContext, usableSeconds, purpose, request } = resolved;
  const mfa = await obtainMfaSession(context, identityContext, {
    ...codeRequest(resolved),
    purpose,
    requester: request.requester,
    usableSeconds: [...allDurations(identityContext.configuration), usableSeconds],
    seen: state.mfa,
    accept: { usableSeconds },
  });
  try {
    return { session: await assumeFromMfaSession(context, resolved, mfa), usedCode: true };
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    throw await recordRefusal(context, resolved, error);
  }
}

async function assumeFromMfaSession(
  context: Context,
  resolved: ResolvedRequest,
  mfa: MfaSession,
): Promise<RoleSession> {
  const { target, usableSeconds } = resolved;
  const end = renewableUntil(mfa.codeAt, usableSeconds, mfa.keys.expiresAt);
  const session = await assumeRole(context, resolved, mfa.keys, {
    seconds: Math.min(maxChainedSeconds, target.sessionSeconds),
    renewableUntil: target.mode === "once" || mfa.isNotCached ? undefined : end,
    signedBy: mfa.signedBy,
  });
  await removeRefusal(context, resolved);
  return session;
}

async function assumeWithCode(
  context: Context,
  resolved: ResolvedRequest,
  state: SessionState,
  seconds: number,
): Promise<MadeSession> {
  try {
    const session = await assumeRoleWithCode(context, resolved, seconds);
    await removeRefusal(context, resolved);
    return { session, usedCode: true };
  } catch (error) {
    if (isAwstError(error, "AWS_DENIED")) throw await recordRefusal(context, resolved, error);
    if (!isAwstError(error, "AWS_DURATION_OVER_MAXIMUM")) throw error;
    const { roleArn } = resolved.target.inputs;
    await context.state.update(awsFactsFile, (facts) =>
      withRoleMaximum(facts, roleArn, seconds, context.now()),
    );
    context.say(
      `${roleArn} allows no session of ${formatDuration(seconds)} (its MaxSessionDuration is lower; the role's administrator can raise it); sessions of 1 h need another code now`,
    );
    return assumeWithNewMfaSession(context, resolved, state);
  }
}

function isLive(context: Needs<"clock">, session: RoleSession): boolean {
  const { now, skewMs } = context.clock();
  return secondsLeft(session.keys.expiresAt, now, skewMs) > 0;
}

function sessionOver({ target, request }: ResolvedRequest): AwstError {
  const message = `the scoped session ${target.account.name} ${target.role.name} has ended`;
  return new AwstError("SESSION_OVER", message, { hint: retryLine(request, target) });
}

/** Printed only when a code was used, and so a few times a day. */
function suggestKeyImport(
  context: Needs<"say">,
  { request, identityContext }: ResolvedRequest,
): void {
  const { key, identity } = identityContext;
  if (request.requester === "machine" || key.source === "keychain") return;
  context.say(
    `${key.accessKeyId} is stored in plain text in AWS profile "${identity.awsProfile}"; \`awst key import\` moves it into the keychain`,
  );
}

/** The region that `reportFallbackOnce` last reported. */
const reportedRegionFile: StateFile<string | undefined> = {
  name: "fallback-region",
  decode: (stored) => (typeof stored === "string" ? stored : undefined),
};

/** Reports once per machine that no configuration names a region. */
function reportFallbackOnce(context: Needs<"state" | "say">, region: string): void {
  if (context.state.read(reportedRegionFile) === region) return;
  context.state.write(reportedRegionFile, region);
  context.say(
    `no region is configured; awst calls AWS in ${region} (to change it: defaultRegion in the configuration)`,
  );
}

function complete(
  context: Needs<"state" | "clock" | "say">,
  { target, request }: ResolvedRequest,
  session: RoleSession,
  how: ObtainedSession["how"],
): ObtainedSession {
  const { identity, account, role } = target;
  const names = { identity: identity.name, account: account.name, role: role.name };
  const obtained = { session, ...names, how, target };
  reportShortfall(context, request, obtained);
  return obtained;
}
