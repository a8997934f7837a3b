// Finds out why a session ends before the duration that was asked for. AWS limits what can be had, and each limit is
// reported, before a program that stops working shows it.

import { maxRoleSeconds } from "../aws/session-limits.ts";
import type { LiveMfaSession } from "./live-sessions.ts";
import type { RoleSession } from "./session.ts";
import type { Target } from "./target.ts";

export type Shortfall =
  /** The role allows no single session of this length, so sessions of 1 h are used. */
  | { readonly why: "role-maximum"; readonly roleArn: string }
  /** The MFA session expires before the role's time after the code is over. */
  | { readonly why: "mfa-session"; readonly until: Date }
  /** The credentials can't renew where they go. `remedy`: a single session would last for the whole duration. */
  | { readonly why: "fixed-keys"; readonly seconds: number; readonly remedy: "single" | undefined };

interface ShortfallFacts {
  readonly target: Pick<
    Target,
    "mode" | "durationSeconds" | "inputs" | "chain" | "writesKeys" | "flags"
  >;
  readonly session: Pick<RoleSession, "keys" | "issuedAt" | "renewableUntil">;
  readonly keysAreFixed: boolean;
  /** The MFA session that is cached now. */
  readonly mfa: LiveMfaSession | undefined;
}

/** Two times of AWS for one call differ by this at most. */
const toleranceMs = 60_000;

/** Returns undefined where the session lasts as long as was asked for. */
export function shortfallOf(facts: ShortfallFacts): Shortfall | undefined {
  const { target, session, keysAreFixed, mfa } = facts;
  const { durationSeconds } = target;
  if (target.mode === "once") return undefined;
  const lengthMs = session.keys.expiresAt.getTime() - session.issuedAt.getTime();
  if (target.mode === "single") {
    const isGranted = lengthMs + toleranceMs >= durationSeconds * 1000;
    return isGranted ? undefined : { why: "role-maximum", roleArn: target.inputs.roleArn };
  }
  if (keysAreFixed) {
    // The duration of the configuration is for profiles, which renew.
    const isTyped = target.flags.durationSeconds !== undefined;
    if (!isTyped || lengthMs + toleranceMs >= durationSeconds * 1000) return undefined;
    const canBeSingle = target.chain.length === 0 && durationSeconds <= maxRoleSeconds;
    return {
      why: "fixed-keys",
      // Whole minutes: AWS's two times differ by a second.
      seconds: Math.round(lengthMs / 60_000) * 60,
      remedy: canBeSingle ? "single" : undefined,
    };
  }
  const end = session.renewableUntil?.getTime();
  if (end === undefined || mfa === undefined) return undefined;
  // A newer MFA session says nothing about an older role session.
  const isCut = Math.abs(end - mfa.expiresAt.getTime()) < 1000;
  const wanted = mfa.codeAt.getTime() + durationSeconds * 1000;
  return isCut && wanted - end > toleranceMs
    ? { why: "mfa-session", until: mfa.expiresAt }
    : undefined;
}
