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

/** `expires 16:29, in 59 min`: for tables. */
export function expiresText(at: Date, now: Date): string {
  return `expires ${clockText(at, now)}, in ${formatDuration((at.getTime() - now.getTime()) / 1000)}`;
}

/**
 * Returns when the session ends, to follow the role's name. While it renews, the end of the current credentials
 * does not matter: they are replaced in time.
 */
export function renewalText(
  { keys, renewableUntil }: Pick<RoleSession, "keys" | "renewableUntil">,
  now: Date,
): string {
  const end = `expires at ${untilText(keys.expiresAt, now)}`;
  if (renewableUntil === undefined) return `${end} and is not renewed`;
  if (renewableUntil <= now) return `${end}; then an MFA code is needed`;
  return `renews automatically until ${untilText(renewableUntil, now)}`;
}

/**
 * The lines of `assume`. The second line is for credentials that are still valid after the last renewal: only
 * then does their end say more than the first line.
 */
export function assumedLines(
  { session, account, role }: Assumed,
  now: Date,
): readonly [string, ...string[]] {
  const { keys, renewableUntil } = session;
  const first = `assumed ${account} ${role}, ${renewalText(session, now)}`;
  const isRenewed = renewableUntil !== undefined && renewableUntil > now;
  if (!isRenewed || keys.expiresAt <= renewableUntil) return [first];
  return [first, `current credentials expire at ${untilText(keys.expiresAt, now)}`];
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
