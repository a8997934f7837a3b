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
    .filter((entry) => entry.kind === "role" && isOf(entry, names))
    .map((entry) => ({
      scope: entry.scope,
      expiresAt: new Date(entry.expiresAt),
      renewableUntil: dateOf(entry.renewableUntil),
    }))
    .filter(({ expiresAt }) => expiresAt > now)
    .sort((one, other) => (one.scope ?? "").localeCompare(other.scope ?? ""));
}

export function liveMfaSession(
  index: SessionIndex,
  identity: string,
  now: Date,
): LiveMfaSession | undefined {
  const entry = Object.values(index).find(
    (each) => each.kind === "mfa" && each.identity === identity && new Date(each.expiresAt) > now,
  );
  const codeAt = dateOf(entry?.codeAt);
  return entry && codeAt && { codeAt, expiresAt: new Date(entry.expiresAt) };
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

function isOf(entry: SessionEntry, names: SessionNames): boolean {
  return (
    entry.identity === names.identity &&
    entry.account === names.account &&
    entry.role === names.role
  );
}

function dateOf(text: string | undefined): Date | undefined {
  const date = text === undefined ? undefined : new Date(text);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}
