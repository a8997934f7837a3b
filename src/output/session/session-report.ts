// Sentences about sessions and when they expire, and times as users read them.

import type { RoleSession } from "../../model/session/session.ts";
import { formatDuration } from "../../model/text/duration.ts";

const soonMs = 12 * 3600 * 1000;

/** `18:04` in local time; with the date, `2025-06-16 18:04`, for another day that is not within 12 hours. */
export function clockText(at: Date, now: Date): string {
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const isSoon = at >= now && at.getTime() - now.getTime() < soonMs;
  return isSoon || day(at) === day(now) ? time : `${day(at)} ${time}`;
}

/** `18:04 (in 3 h 59 min)` */
export function untilText(at: Date, now: Date): string {
  return `${clockText(at, now)} (in ${formatDuration((at.getTime() - now.getTime()) / 1000)})`;
}

/** Returns when the session ends, to follow the role's name. Only the later of its two ends matters. */
export function renewalText(
  { keys, renewableUntil }: Pick<RoleSession, "keys" | "renewableUntil">,
  now: Date,
): string {
  return lifetimeText({ expiresAt: keys.expiresAt, renewableUntil }, now);
}

/** `expiresAt`: of the current credentials, which are replaced in time until `renewableUntil`. */
export function lifetimeText({ expiresAt, renewableUntil }: Lifetime, now: Date): string {
  const end = `expires at ${untilText(expiresAt, now)}`;
  if (renewableUntil === undefined) return `${end} and is not renewed`;
  if (renewableUntil <= expiresAt) return `${end}; then an MFA code is needed`;
  return `renews automatically until ${untilText(renewableUntil, now)}`;
}

/** The line of `assume`. */
export function assumedLine({ session, account, role }: Assumed, now: Date): string {
  return `assumed ${account} ${role}, ${renewalText(session, now)}`;
}

/** The line of `list` for a role without a cached session. */
export function noCodeText(until: Date, now: Date): string {
  return `no code needed until ${untilText(until, now)}`;
}

/** Explains `@48c396` in the table of `list`. */
export const scopeNote = "@…: a session with options such as --duration, in a profile of its own";

/** The line of `list` for an IAM user's MFA session. */
export function mfaSessionText(identity: string, expiresAt: Date | undefined, now: Date): string {
  return expiresAt === undefined
    ? `${identity}: the next session needs an MFA code`
    : `${identity}: MFA session expires at ${untilText(expiresAt, now)}`;
}

interface Lifetime {
  readonly expiresAt: Date;
  readonly renewableUntil: Date | undefined;
}

/** For credentials that are printed or passed to a program, where they can't renew. */
export function fixedText({ session, account, role }: Assumed, now: Date): string {
  const end = untilText(session.keys.expiresAt, now);
  return `credentials of ${account} ${role} expire at ${end} and are not renewed`;
}

interface Assumed {
  readonly session: RoleSession;
  readonly account: string;
  readonly role: string;
}

function day(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
