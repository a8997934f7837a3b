// Times as people read them: the clock on their wall, and how long until then.

import type { RoleSession } from "../../model/session/session.ts";
import { formatDuration } from "../../model/text/duration.ts";

const soonMs = 12 * 3600 * 1000;

/** `18:04`; `2025-06-16 18:04` where that could be mistaken: on another day, and not soon. Local time. */
export function clockText(at: Date, now: Date): string {
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const isSoon = at >= now && at.getTime() - now.getTime() < soonMs;
  return isSoon || day(at) === day(now) ? time : `${day(at)} ${time}`;
}

/** `18:04 (in 3 h 59 min)` */
export function untilText(at: Date, now: Date): string {
  return `${clockText(at, now)} (in ${formatDuration((at.getTime() - now.getTime()) / 1000)})`;
}

/** Until when it renews by itself and until when these keys hold, in one line. */
export function holdsText(session: RoleSession, now: Date): string {
  const keys = `these keys hold until ${untilText(session.keys.expiresAt, now)}`;
  const { renewableUntil } = session;
  if (renewableUntil === undefined) return `${keys} and are not renewed`;
  if (renewableUntil <= now) return `${keys}, then a code is needed`;
  return `renews without a code until ${untilText(renewableUntil, now)}; ${keys}`;
}

/** For keys that go where they can't renew. */
export function fixedText(
  obtained: { readonly session: RoleSession; readonly account: string; readonly role: string },
  now: Date,
): string {
  const { session, account, role } = obtained;
  return `keys of ${account} ${role} hold until ${untilText(session.keys.expiresAt, now)}`;
}

function day(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
