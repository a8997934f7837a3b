// Times as people read them: the clock on their wall, and how long until then.

import type { RoleSession } from "./session.ts";

/** `3 h 59 min`, `59 min`, `40 s`, `2 d 3 h`; whole units, rounded down; `0 s` for the past. */
export function lengthText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return join(`${hours} h`, minutes % 60, "min");
  return join(`${Math.floor(hours / 24)} d`, hours % 24, "h");
}

/** `18:04`, or `2025-06-16 18:04` on another day; local time. */
export function clockText(at: Date, now: Date): string {
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return day(at) === day(now) ? time : `${day(at)} ${time}`;
}

/** `18:04 (in 3 h 59 min)` */
export function untilText(at: Date, now: Date): string {
  return `${clockText(at, now)} (in ${lengthText(at.getTime() - now.getTime())})`;
}

/** Until when it renews by itself and until when these keys hold, in one line. */
export function holdsText(session: RoleSession, now: Date): string {
  const keys = `these keys hold until ${untilText(session.keys.expiresAt, now)}`;
  const { renewableUntil } = session;
  if (renewableUntil === undefined) return `${keys} and are not renewed`;
  if (renewableUntil <= now) return `${keys}, then a code is needed`;
  return `renews without a code until ${untilText(renewableUntil, now)}; ${keys}`;
}

function join(whole: string, part: number, unit: string): string {
  return part === 0 ? whole : `${whole} ${part} ${unit}`;
}

function day(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
