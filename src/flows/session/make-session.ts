// Everything a warm start need not do: the configuration parsed, the key found, the plan made, and the
// plan carried out in turn with everybody who wants the same session.

import { type Clock, clockName, clockOf } from "../../model/clock.ts";
import { findAccount } from "../../model/configuration/find-in-configuration.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { roleSessionItem } from "../../model/keychain/items.ts";
import type { Secret } from "../../model/secret.ts";
import { awsFactsName, decodeAwsFacts, withRoleMaximum } from "../../model/session/aws-facts.ts";
import { callRegion, resolveTarget, roleIsUnknown } from "../../model/session/resolve-target.ts";
import { retryLine } from "../../model/session/retry-line.ts";
import {
  decodeRoleSession,
  freshnessMarginSeconds,
  type MfaSession,
  type RoleSession,
  secondsLeft,
} from "../../model/session/session.ts";
import {
  decodeSessionIndex,
  hasEnded,
  sessionIndexName,
} from "../../model/session/session-index.ts";
import { planAfterDenial, planSession, renewableUntil } from "../../model/session/session-plan.ts";
import {
  machineDeadline,
  type ObtainedSession,
  type SessionRequest,
} from "../../model/session/session-request.ts";
import { scopeOf } from "../../model/session/session-scope.ts";
import { isAboutTheRole } from "../../model/session/shared-failure.ts";
import type { Needs } from "../../ports.ts";
import {
  assumeRole,
  forgetRefusal,
  type RoleWish,
  refusedBefore,
  rememberRefusal,
  type Situation,
  type Wish,
  wasRefused,
} from "./assume-role.ts";
import { rewriteSession } from "./cache-session.ts";
import { loadAndCacheConfiguration } from "./load-configuration.ts";
import { updateAwsFacts } from "./lookup-user.ts";
import {
  dropMfaSession,
  type MfaNeeds,
  obtainMfaSession,
  readMfaSession,
  takeCodeTurn,
} from "./obtain-mfa-session.ts";
import { openIdentityContext } from "./open-identity-context.ts";
import { takeTurn } from "./take-turn.ts";
export type MakeNeeds = MfaNeeds &
  Needs<"configurationFile" | "debug" | "paths" | "fileFingerprint" | "keychain" | "awsFiles">;

export async function makeSession(
  context: MakeNeeds,
  request: SessionRequest,
): Promise<ObtainedSession> {
  const wish = await understand(context, request);
  const before = await look(context, wish);
  if (before.plan.do === "hand-out" && before.held) {
    return obtained(wish, await restamp(context, wish, before.held), "kept");
  }
  const made = await takeTurn(context, {
    lock: `role-${wish.item}`,
    purpose: wish.words,
    requester: request.requester,
    deadline: wish.deadline,
    look: async () => {
      const { plan, held } = await look(context, wish, before);
      return plan.do === "hand-out" && held ? { session: held, usedCode: false } : undefined;
    },
    work: async () => carryOut(context, wish, await look(context, wish, before)),
  });
  if (made.usedCode) hintAtImport(context, wish);
  return obtained(wish, made.session, made.usedCode ? "new" : "renewed");
}

/** `before`: a session other than the one seen then satisfies --refresh (somebody else was quicker). */
async function look(
  context: Needs<"state" | "now">,
  wish: Wish,
  before?: Situation,
): Promise<Situation> {
  const { target, request, identityContext } = wish;
  const { now, awsNow, skewMs } = clockOf(context.state.read(clockName), context.now());
  const held = await readHeld(wish);
  const mfa = await readMfaSession(context, identityContext);
  const learned = decodeAwsFacts(context.state.read(awsFactsName), now);
  const note = decodeSessionIndex(context.state.read(sessionIndexName))[wish.item];
  const seen = before?.held?.keys.accessKeyId;
  const isNewer = before !== undefined && held !== undefined && held.keys.accessKeyId !== seen;
  const plan = planSession({
    mode: target.mode,
    now: awsNow,
    workSeconds: wish.workSeconds,
    durationSeconds: target.durationSeconds,
    cached: held && {
      secondsLeft: secondsLeft(held.keys.expiresAt, now, skewMs),
      lengthSeconds: (held.keys.expiresAt.getTime() - held.issuedAt.getTime()) / 1000,
      marginSeconds: freshnessMarginSeconds(held),
    },
    mfa: mfa && { codeAt: mfa.codeAt, secondsLeft: secondsLeft(mfa.keys.expiresAt, now, skewMs) },
    refresh: request.refresh && !isNewer,
    keysAreFixed: request.keysAreFixed,
    refusedBefore: learned.refusals[target.fingerprint] !== undefined,
    refusedSeconds: learned.maxima[target.inputs.roleArn]?.refusedSeconds,
    hasEnded: request.requester === "machine" && hasEnded(note, held?.keys.expiresAt, awsNow),
  });
  return { plan, held, mfa };
}

async function understand(context: MakeNeeds, request: SessionRequest): Promise<Wish> {
  const loaded = await loadAndCacheConfiguration(context);
  const { configuration } = loaded;
  const names = [...configuration.accounts.keys()];
  const mayGuess = request.requester === "person";
  const { name: account, guessed } = findAccount(names, request.account, { mayGuess });
  if (guessed) context.say(`"${request.account}" is taken for ${account}`);
  const { role, identity, flags } = request;
  const target = resolveTarget(configuration, { account, role, identity, flags, env: context.env });
  if (mayGuess && roleIsUnknown(configuration, role)) {
    context.say(
      `${role} is in no [roles]: tried with 1 h (to set another time: [roles.${role}] duration = "4h")`,
    );
  }
  const { region, source } = callRegion(target.identity, configuration, context.env);
  if (source === "fallback") sayFallbackOnce(context, region);
  const identityContext = await openIdentityContext(context, loaded, target.identity, region);
  const scope = target.scoped ? scopeOf(flags) : undefined;
  return {
    request,
    target,
    identityContext,
    scope,
    item: roleSessionItem(target.identity.name, account, role, scope),
    deadline: request.requester === "machine" ? machineDeadline(context.now()) : undefined,
    words: `${request.requester === "machine" ? "credential-process" : "assume"} ${account} ${role}`,
    workSeconds: target.mode === "once" ? target.role.durationSeconds : target.durationSeconds,
  };
}

async function readHeld(wish: Wish): Promise<RoleSession | undefined> {
  const { identityContext, target, item } = wish;
  const session = decodeRoleSession(await identityContext.keychain.read(item));
  if (session === undefined) return undefined;
  const fits =
    session.fingerprint === target.fingerprint &&
    session.signedBy === identityContext.key.accessKeyId &&
    session.environment === identityContext.environment;
  return fits ? session : undefined;
}

/** The configuration's text changed, what shapes this session did not: the next start is warm again. */
async function restamp(
  context: Needs<"debug">,
  wish: Wish,
  held: RoleSession,
): Promise<RoleSession> {
  const { configurationStamp, keychain } = wish.identityContext;
  if (held.configurationStamp === configurationStamp) return held;
  const session = { ...held, configurationStamp, region: wish.target.workRegion };
  await rewriteSession(context, keychain, wish.item, session);
  return session;
}

/** With a code, and so a few times a day: the key can be kept better than in a plain file. */
function hintAtImport(context: Needs<"say">, { request, identityContext }: Wish): void {
  const { key, identity } = identityContext;
  if (request.requester === "machine" || key.source === "keychain") return;
  const where = `${key.accessKeyId} lies in plain text in AWS profile "${identity.awsProfile}"`;
  context.say(`${where}: \`awst key import\` moves it into the keychain`);
}

/** us-east-1 because nothing names another region: said once per machine. */
function sayFallbackOnce(context: Needs<"state" | "say">, region: string): void {
  if (context.state.read("fallback-region") === region) return;
  context.state.replace("fallback-region", region);
  context.say(
    `no region is configured: AWS is called in ${region} (set defaultRegion to change it)`,
  );
}

function obtained(wish: Wish, session: RoleSession, how: ObtainedSession["how"]): ObtainedSession {
  const { identity, account, role } = wish.target;
  return {
    session,
    identity: identity.name,
    account: account.name,
    role: role.name,
    how,
    target: wish.target,
  };
}

export interface Made {
  readonly session: RoleSession;
  readonly usedCode: boolean;
}

/** Errors: AWS_*, AWS_ROLE_REFUSED, SESSION_OVER, and those of `acquireCode`. */
export async function carryOut(context: MfaNeeds, wish: Wish, situation: Situation): Promise<Made> {
  const { plan, held, mfa } = situation;
  if (plan.do === "hand-out" && held) return { session: held, usedCode: false };
  if (plan.do === "refuse")
    throw plan.why === "over" ? over(wish) : await refusedBefore(context, wish);
  if (plan.do === "assume-with-code") return assumeWithCode(context, wish, situation, plan.seconds);
  if (plan.do === "assume" && mfa) return assumeSilently(context, wish, situation, mfa);
  return openAndAssume(context, wish, situation);
}

async function assumeSilently(
  context: MfaNeeds,
  wish: Wish,
  situation: Situation,
  mfa: MfaSession,
): Promise<Made> {
  try {
    return { session: await assumeFrom(context, wish, mfa), usedCode: false };
  } catch (error) {
    if (!isAwstError(error)) throw error;
    if (isMfaSessionRefused(error)) await dropMfaSession(context, wish.identityContext);
    const stillGood = situation.plan.do === "assume" && situation.plan.orHandOut && situation.held;
    if (stillGood && isLive(context, stillGood)) {
      context.say(`warning: not renewed: ${error.message}; the session in hand is used to its end`);
      return { session: stillGood, usedCode: false };
    }
    if (isMfaSessionRefused(error)) return openAndAssume(context, wish, situation);
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    const age = readClock(context).awsNow.getTime() - mfa.codeAt.getTime();
    const facts = { mfaAgeSeconds: age / 1000, refusedBefore: await wasRefused(context, wish) };
    if (planAfterDenial(facts) === "not-allowed") throw await rememberRefusal(context, wish, error);
    return openAndAssume(context, wish, situation);
  }
}

async function openAndAssume(context: MfaNeeds, wish: Wish, situation: Situation): Promise<Made> {
  const { identityContext, workSeconds } = wish;
  const roles = [...identityContext.configuration.roles.values()].map(
    (role) => role.durationSeconds,
  );
  const mfa = await obtainMfaSession(context, identityContext, {
    ...codeWish(wish),
    workSeconds: [...roles, workSeconds],
    isEnough: (other) => {
      const isNew = other.keys.accessKeyId !== situation.mfa?.keys.accessKeyId;
      return isNew && readClock(context).awsNow < renewableUntil(other.codeAt, workSeconds);
    },
  });
  try {
    return { session: await assumeFrom(context, wish, mfa), usedCode: true };
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    throw await rememberRefusal(context, wish, error);
  }
}

async function assumeFrom(context: MfaNeeds, wish: Wish, mfa: MfaSession): Promise<RoleSession> {
  const { target, workSeconds } = wish;
  const ends = renewableUntil(mfa.codeAt, workSeconds, mfa.keys.expiresAt);
  const until = target.mode === "once" ? undefined : ends;
  const seconds = Math.min(3600, target.durationSeconds);
  const session = await assumeRole(
    context,
    wish.identityContext,
    mfa.keys,
    roleWish(wish, seconds, until),
  );
  await forgetRefusal(context, wish);
  return session;
}

async function assumeWithCode(
  context: MfaNeeds,
  wish: Wish,
  situation: Situation,
  seconds: number,
): Promise<Made> {
  const { identityContext, target } = wish;
  try {
    const session = await takeCodeTurn(context, identityContext, codeWish(wish), {
      look: async () => undefined,
      work: (present, device, code: Secret) =>
        assumeRole(context, present, present.key, {
          ...roleWish(wish, seconds, undefined),
          mfa: { device, code },
        }),
      isOffTopic: isAboutTheRole,
    });
    await forgetRefusal(context, wish);
    return { session, usedCode: true };
  } catch (error) {
    if (isAwstError(error, "AWS_DENIED")) throw await rememberRefusal(context, wish, error);
    if (!isAwstError(error, "AWS_DURATION_OVER_MAXIMUM")) throw error;
    const { roleArn } = target.inputs;
    await updateAwsFacts(context, (learned) =>
      withRoleMaximum(learned, roleArn, seconds, context.now()),
    );
    const hours = Math.round(seconds / 360) / 10;
    context.say(
      `${roleArn} allows no session of ${hours} h (its MaxSessionDuration; whoever manages the role can raise it); renewing 1 h sessions instead, with the next code`,
    );
    return openAndAssume(context, wish, situation);
  }
}

function codeWish(wish: Wish) {
  const { request, target, deadline, words } = wish;
  const { requester, code, device } = request;
  return {
    purpose: words,
    requester,
    deadline,
    given: code,
    named: device,
    retry: retryLine(request, target),
  };
}

function roleWish(wish: Wish, seconds: number, until: Date | undefined): RoleWish {
  const { target, item, scope, words } = wish;
  return { target, item, scope, seconds, renewableUntil: until, purpose: words };
}

function readClock(context: Needs<"state" | "now">): Clock {
  return clockOf(context.state.read(clockName), context.now());
}

function isLive(context: Needs<"state" | "now">, session: RoleSession): boolean {
  const { now, skewMs } = readClock(context);
  return secondsLeft(session.keys.expiresAt, now, skewMs) > 0;
}

/** AWS's word against the MFA session itself, not against what was asked with it. */
function isMfaSessionRefused(error: unknown): boolean {
  return isAwstError(error, "AWS_SESSION_EXPIRED", "AWS_KEY_REJECTED");
}

function over(wish: Wish): AwstError {
  const { account, role } = wish.target;
  const message = `the scoped session ${account.name} ${role.name} is over`;
  return new AwstError("SESSION_OVER", message, { hint: retryLine(wish.request, wish.target) });
}
