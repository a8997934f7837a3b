// Decides from what is cached which STS calls a session request needs, with which code, and for how long.
// AWS's facts behind it: a code works once; AssumeRole from a GetSessionToken session is capped at one
// hour; roles bound the age of the code (the MFA age), not the age of the session.

import { maxChainedSeconds, maxMfaSeconds } from "../aws/session-limits.ts";
import type { Target } from "./target.ts";

export interface PlanFacts {
  readonly mode: Target["mode"];
  /** AWS's time. */
  readonly now: Date;
  /** How long after a code this session may be made: the role's duration, or the one that replaces it. */
  readonly usableSeconds: number;
  /** How long the session itself is to be: `single` and `once` take all of it, `renew` one hour of it. */
  readonly durationSeconds: number;
  /** The cached session of exactly these inputs, by the later of two clocks. */
  readonly cached:
    | {
        readonly secondsLeft: number;
        readonly lengthSeconds: number;
        readonly marginSeconds: number;
      }
    | undefined;
  /** The identity's MFA session, of the same key and endpoints. */
  readonly mfa: { readonly codeAt: Date; readonly secondsLeft: number } | undefined;
  readonly refresh: boolean;
  readonly keysAreFixed: boolean;
  /** AWS refused this role with these inputs to a new MFA session before. */
  readonly refusedBefore: boolean;
  /** The shortest duration the role is known to refuse, in seconds. */
  readonly refusedSeconds: number | undefined;
  /** A scoped session of this name has ended; only a user at a terminal starts another. */
  readonly hasEnded: boolean;
}

export type Plan =
  /** Nothing is called. */
  | { readonly do: "use-cached" }
  /** AssumeRole from the MFA session, without a prompt. */
  | { readonly do: "assume"; readonly seconds: number; readonly orUseCached: boolean }
  /** A code → GetSessionToken → AssumeRole. */
  | { readonly do: "open-session"; readonly seconds: number }
  /** A code → AssumeRole for the whole time. */
  | { readonly do: "assume-with-code"; readonly seconds: number }
  | { readonly do: "refuse"; readonly why: "refused-before" | "ended" };

export function planSession(facts: PlanFacts): Plan {
  const seconds = Math.min(maxChainedSeconds, facts.durationSeconds);
  const cached =
    facts.cached !== undefined && facts.cached.secondsLeft > 0 ? facts.cached : undefined;
  const mayAssume = isWithinUsableTime(facts);

  if (cached && !facts.refresh) {
    const margin = facts.keysAreFixed
      ? Math.max(cached.marginSeconds, cached.lengthSeconds / 2)
      : cached.marginSeconds;
    const isRenewed = facts.mode !== "once" && !needsOwnCode(facts);
    const renews = isRenewed && mayAssume && cached.secondsLeft <= margin;
    return renews ? { do: "assume", seconds, orUseCached: true } : { do: "use-cached" };
  }
  if (facts.refresh) return withCode(facts, seconds);
  if (facts.hasEnded) return { do: "refuse", why: "ended" };
  if (mayAssume && !needsOwnCode(facts)) return { do: "assume", seconds, orUseCached: false };
  if (facts.refusedBefore) return { do: "refuse", why: "refused-before" };
  return withCode(facts, seconds);
}

/** What AccessDenied on AssumeRole means, from the age of the session that asked. */
export function planAfterDenial(facts: {
  readonly mfaAgeSeconds: number;
  readonly refusedBefore: boolean;
}): "ask-for-a-code" | "not-allowed" {
  const isOld = facts.mfaAgeSeconds > freshCodeSeconds;
  return isOld && !facts.refusedBefore ? "ask-for-a-code" : "not-allowed";
}

/** AWS did not refuse a session with so recent a code for its age: no role asks for a code every 15 min. */
export const freshCodeSeconds = 15 * 60;

/** What GetSessionToken is asked for: the longest time for which any role is used after a code, from 12 h to 36 h. */
export function mfaSessionSeconds(usableSeconds: readonly number[]): number {
  return Math.min(maxMfaSeconds, Math.max(12 * 3600, ...usableSeconds));
}

/**
 * Until when a session may be made anew after a code: exactly AWS's own condition on the MFA age.
 * `mfaEndsAt`: an MFA session that was requested for less time ends earlier.
 */
export function renewableUntil(codeAt: Date, usableSeconds: number, mfaEndsAt?: Date): Date {
  const until = new Date(codeAt.getTime() + usableSeconds * 1000);
  return mfaEndsAt !== undefined && mfaEndsAt < until ? mfaEndsAt : until;
}

function isWithinUsableTime(facts: PlanFacts): boolean {
  const { mfa } = facts;
  if (mfa === undefined || mfa.secondsLeft <= minUsefulSeconds) return false;
  return facts.now.getTime() < renewableUntil(mfa.codeAt, facts.usableSeconds).getTime();
}

/** A session with less time left would expire during the call. */
const minUsefulSeconds = 10;

function needsOwnCode(facts: PlanFacts): boolean {
  if (facts.mode !== "single") return false;
  return facts.refusedSeconds === undefined || facts.durationSeconds < facts.refusedSeconds;
}

function withCode(facts: PlanFacts, seconds: number): Plan {
  return needsOwnCode(facts)
    ? { do: "assume-with-code", seconds: facts.durationSeconds }
    : { do: "open-session", seconds };
}
