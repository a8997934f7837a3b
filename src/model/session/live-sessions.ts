// Live sessions and how long they last, by the session index.

import type { Role } from "../configuration/configuration.ts";
import type { SessionEntry, SessionIndex } from "./session-index.ts";

export interface LiveRoleSession {
  /** Hex after `@` in its profile's name; undefined for the configured session. */
  readonly scope: string | undefined;
  readonly expiresAt: Date;
  readonly renewableUntil: Date | undefined;
}

export interface LiveMfaSession {
  readonly codeAt: Date;
  readonly expiresAt: Date;
}

export interface SessionNames {
  readonly identity: string;
  readonly account: string;
  readonly role: string;
}

/** Returns the sessions that have not expired, the configured one first. `now`: AWS's time. */
export function liveRoleSessions(
  index: SessionIndex,
  names: SessionNames,
  now: Date,
): readonly LiveRoleSession[] {
  return Object.values(index)
    .filter((note) => note.kind === "role" && isOf(note, names))
    .map((note) => ({
      scope: note.scope,
      expiresAt: new Date(note.expiresAt),
      renewableUntil: dateOf(note.renewableUntil),
    }))
    .filter(({ expiresAt }) => expiresAt > now)
    .sort((one, other) => (one.scope ?? "").localeCompare(other.scope ?? ""));
}

export function liveMfaSession(
  index: SessionIndex,
  identity: string,
  now: Date,
): LiveMfaSession | undefined {
  const note = Object.values(index).find(
    (each) => each.kind === "mfa" && each.identity === identity && new Date(each.expiresAt) > now,
  );
  const codeAt = dateOf(note?.codeAt);
  return note && codeAt && { codeAt, expiresAt: new Date(note.expiresAt) };
}

/** Returns until when a role needs no code; undefined when it needs one now. */
export function withoutCodeUntil(
  mfa: LiveMfaSession | undefined,
  role: Pick<Role, "durationSeconds" | "session">,
  now: Date,
): Date | undefined {
  if (mfa === undefined || role.session === "single") return undefined;
  const end = Math.min(mfa.codeAt.getTime() + role.durationSeconds * 1000, mfa.expiresAt.getTime());
  return end > now.getTime() ? new Date(end) : undefined;
}

function isOf(note: SessionEntry, names: SessionNames): boolean {
  return (
    note.identity === names.identity && note.account === names.account && note.role === names.role
  );
}

function dateOf(text: string | undefined): Date | undefined {
  const date = text === undefined ? undefined : new Date(text);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}
