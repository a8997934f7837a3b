// A plan carried out: which call is made, and what each of AWS's answers leads to.

import { type Clock, clockName, clockOf } from "../../model/clock.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import { withMaximum } from "../../model/session/learned.ts";
import { retryLine } from "../../model/session/retry-line.ts";
import { type MfaSession, type RoleSession, secondsLeft } from "../../model/session/session.ts";
import { planAfterDenial, renewableUntil } from "../../model/session/session-plan.ts";
import { isAboutTheRole } from "../../model/session/shared-outcome.ts";
import type { Needs } from "../../ports.ts";
import { assumeRole, type RoleWish } from "./assume-role.ts";
import { changeLearned } from "./learn-user.ts";
import {
  dropMfaSession,
  type MfaNeeds,
  obtainMfaSession,
  takeCodeTurn,
} from "./obtain-mfa-session.ts";
import { forgetRefusal, refusedBefore, rememberRefusal, wasRefused } from "./role-refusals.ts";
import type { Situation, Wish } from "./session-wish.ts";

export interface Made {
  readonly session: RoleSession;
  readonly usedCode: boolean;
}

/** Errors: AWS_*, AWS_ROLE_REFUSED, SESSION_OVER, and those of `acquireCode`. */
export async function carryOut(world: MfaNeeds, wish: Wish, situation: Situation): Promise<Made> {
  const { plan, held, mfa } = situation;
  if (plan.do === "hand-out" && held) return { session: held, usedCode: false };
  if (plan.do === "refuse")
    throw plan.why === "over" ? over(wish) : await refusedBefore(world, wish);
  if (plan.do === "assume-with-code") return assumeWithCode(world, wish, situation, plan.seconds);
  if (plan.do === "assume" && mfa) return assumeSilently(world, wish, situation, mfa);
  return openAndAssume(world, wish, situation);
}

async function assumeSilently(
  world: MfaNeeds,
  wish: Wish,
  situation: Situation,
  mfa: MfaSession,
): Promise<Made> {
  try {
    return { session: await assumeFrom(world, wish, mfa), usedCode: false };
  } catch (error) {
    if (!isAwstError(error)) throw error;
    if (isMfaSessionRefused(error)) await dropMfaSession(world, wish.caller);
    const stillGood = situation.plan.do === "assume" && situation.plan.orHandOut && situation.held;
    if (stillGood && isLive(world, stillGood)) {
      world.say(`warning: not renewed: ${error.message}; the session in hand is used to its end`);
      return { session: stillGood, usedCode: false };
    }
    if (isMfaSessionRefused(error)) return openAndAssume(world, wish, situation);
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    const age = readClock(world).awsNow.getTime() - mfa.codeAt.getTime();
    const facts = { mfaAgeSeconds: age / 1000, refusedBefore: await wasRefused(world, wish) };
    if (planAfterDenial(facts) === "not-allowed") throw await rememberRefusal(world, wish, error);
    return openAndAssume(world, wish, situation);
  }
}

async function openAndAssume(world: MfaNeeds, wish: Wish, situation: Situation): Promise<Made> {
  const { caller, workSeconds } = wish;
  const roles = [...caller.configuration.roles.values()].map((role) => role.durationSeconds);
  const mfa = await obtainMfaSession(world, caller, {
    ...codeWish(wish),
    workSeconds: [...roles, workSeconds],
    isEnough: (other) => {
      const isNew = other.keys.accessKeyId !== situation.mfa?.keys.accessKeyId;
      return isNew && readClock(world).awsNow < renewableUntil(other.codeAt, workSeconds);
    },
  });
  try {
    return { session: await assumeFrom(world, wish, mfa), usedCode: true };
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    throw await rememberRefusal(world, wish, error);
  }
}

async function assumeFrom(world: MfaNeeds, wish: Wish, mfa: MfaSession): Promise<RoleSession> {
  const { target, workSeconds } = wish;
  const ends = renewableUntil(mfa.codeAt, workSeconds, mfa.keys.expiresAt);
  const until = target.mode === "once" ? undefined : ends;
  const seconds = Math.min(3600, target.durationSeconds);
  const session = await assumeRole(world, wish.caller, mfa.keys, roleWish(wish, seconds, until));
  await forgetRefusal(world, wish);
  return session;
}

async function assumeWithCode(
  world: MfaNeeds,
  wish: Wish,
  situation: Situation,
  seconds: number,
): Promise<Made> {
  const { caller, target } = wish;
  try {
    const session = await takeCodeTurn(world, caller, codeWish(wish), {
      look: async () => undefined,
      work: (present, device, code: Secret) =>
        assumeRole(world, present, present.key, {
          ...roleWish(wish, seconds, undefined),
          mfa: { device, code },
        }),
      isOffTopic: isAboutTheRole,
    });
    await forgetRefusal(world, wish);
    return { session, usedCode: true };
  } catch (error) {
    if (isAwstError(error, "AWS_DENIED")) throw await rememberRefusal(world, wish, error);
    if (!isAwstError(error, "AWS_DURATION_OVER_MAXIMUM")) throw error;
    const { roleArn } = target.inputs;
    await changeLearned(world, (learned) => withMaximum(learned, roleArn, seconds, world.now()));
    const hours = Math.round(seconds / 360) / 10;
    world.say(
      `${roleArn} allows no session of ${hours} h (its MaxSessionDuration; whoever manages the role can raise it); renewing 1 h sessions instead, with the next code`,
    );
    return openAndAssume(world, wish, situation);
  }
}

function codeWish(wish: Wish) {
  const { request, target, deadline, words } = wish;
  const { asker, code, device } = request;
  return {
    holder: words,
    asker,
    deadline,
    given: code,
    named: device,
    retry: retryLine(request, target),
  };
}

function roleWish(wish: Wish, seconds: number, until: Date | undefined): RoleWish {
  const { target, item, scope, words } = wish;
  return { target, item, scope, seconds, renewableUntil: until, holder: words };
}

function readClock(world: Needs<"state" | "now">): Clock {
  return clockOf(world.state.read(clockName), world.now());
}

function isLive(world: Needs<"state" | "now">, session: RoleSession): boolean {
  const { now, skewMs } = readClock(world);
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
