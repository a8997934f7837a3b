// What `list`, `status` and `logout` may know without the keychain: which sessions there are and until
// when. Kept in the state file `sessions`; never a secret.

import type { StateFile } from "../state-file.ts";

export const sessionIndexName = "sessions";

export interface SessionEntry {
  readonly kind: "mfa" | "role";
  readonly identity: string;
  readonly account?: string | undefined;
  readonly role?: string | undefined;
  /** Set for sessions that flags set apart: the hex behind `@` in the item's name. */
  readonly scope?: string | undefined;
  readonly accessKeyId: string;
  /** RFC 3339, UTC. */
  readonly expiresAt: string;
  readonly renewableUntil?: string | undefined;
  readonly codeAt?: string | undefined;
}

/** By the keychain item's name. */
export type SessionIndex = Readonly<Record<string, SessionEntry>>;

export const sessionIndexFile: StateFile<SessionIndex> = {
  name: sessionIndexName,
  decode: decodeSessionIndex,
};

export function decodeSessionIndex(value: unknown): SessionIndex {
  if (typeof value !== "object" || value === null) return {};
  const notes: Record<string, SessionEntry> = {};
  for (const [item, note] of Object.entries(value)) {
    if (isNote(note)) notes[item] = note;
  }
  return notes;
}

/** The index with one note added, without those that ended long ago: a day, a month for scoped ones
 *  (whose profile then still knows that they are over). */
export function withEntry(
  index: SessionIndex,
  item: string,
  note: SessionEntry,
  now: Date,
): SessionIndex {
  const day = 24 * 3600 * 1000;
  const kept = Object.entries(index).filter(([, each]) => {
    const memory = each.scope === undefined ? day : 30 * day;
    return Date.parse(each.expiresAt) > now.getTime() - memory;
  });
  return { ...Object.fromEntries(kept), [item]: note };
}

export function withoutEntries(index: SessionIndex, items: readonly string[]): SessionIndex {
  return Object.fromEntries(Object.entries(index).filter(([item]) => !items.includes(item)));
}

/** Whether a session that flags set apart was there, and has ended for good: only a person starts another. */
export function hasEnded(
  note: SessionEntry | undefined,
  heldUntil: Date | undefined,
  awsNow: Date,
): boolean {
  if (note?.scope === undefined) return false;
  if (heldUntil !== undefined && heldUntil > awsNow) return false;
  const ends = [note.expiresAt, note.renewableUntil ?? note.expiresAt].map((end) =>
    Date.parse(end),
  );
  return Math.max(...ends) <= awsNow.getTime();
}

function isNote(value: unknown): value is SessionEntry {
  if (typeof value !== "object" || value === null) return false;
  const note = value as Record<string, unknown>;
  const known = note["kind"] === "mfa" || note["kind"] === "role";
  return known && typeof note["identity"] === "string" && typeof note["expiresAt"] === "string";
}
