// The session index: which sessions are cached and when they expire, without secrets. `list`, `status` and
// `logout` read it in place of the keychain.

import type { StateFile } from "../state-file.ts";

const sessionIndexName = "sessions";

export interface SessionEntry {
  readonly kind: "mfa" | "role";
  readonly identity: string;
  readonly account?: string | undefined;
  readonly role?: string | undefined;
  /** The account is marked as production. */
  readonly production?: true | undefined;
  /** Set for sessions that options shape: the hex after `@` in the item's name. */
  readonly scope?: string | undefined;
  readonly accessKeyId: string;
  /** RFC 3339, UTC. */
  readonly expiresAt: string;
  readonly renewableUntil?: string | undefined;
  readonly codeAt?: string | undefined;
  /** Where copies of the session may be: the keychain that it was written to, and earlier ones. */
  readonly stores?: readonly StoreKind[] | undefined;
}

export type StoreKind = "system" | "file";

/** By the keychain item's name. */
export type SessionIndex = Readonly<Record<string, SessionEntry>>;

export const sessionIndexFile: StateFile<SessionIndex> = {
  name: sessionIndexName,
  decode: decodeSessionIndex,
};

function decodeSessionIndex(value: unknown): SessionIndex {
  if (typeof value !== "object" || value === null) return {};
  const entries = Object.entries(value);
  return Object.fromEntries(entries.filter(([, entry]) => isEntry(entry)));
}

/** Returns the index with one more entry, without those that expired more than a day ago. Scoped sessions stay
 *  for 30 days, so that their profile still knows that they have ended. */
export function withEntry(
  index: SessionIndex,
  item: string,
  entry: SessionEntry,
  now: Date,
): SessionIndex {
  const day = 24 * 3600 * 1000;
  const recent = Object.entries(index).filter(([, each]) => {
    const age = each.scope === undefined ? day : 30 * day;
    return Date.parse(each.expiresAt) > now.getTime() - age;
  });
  return { ...Object.fromEntries(recent), [item]: entry };
}

/** Returns the stores that may have a session of this entry; a forged index names no others. */
export function storesOf(entry: SessionEntry | undefined): readonly StoreKind[] {
  const stores: unknown = entry?.stores;
  const isNamed = (kind: StoreKind) => Array.isArray(stores) && stores.includes(kind);
  return (["system", "file"] as const).filter(isNamed);
}

export function withoutEntries(index: SessionIndex, items: readonly string[]): SessionIndex {
  const removed = new Set(items);
  return Object.fromEntries(Object.entries(index).filter(([item]) => !removed.has(item)));
}

/** Returns whether a scoped session existed and can't be renewed any more: only a user at a terminal starts another. */
export function hasEnded(
  entry: SessionEntry | undefined,
  cachedUntil: Date | undefined,
  awsNow: Date,
): boolean {
  if (entry?.scope === undefined) return false;
  if (cachedUntil !== undefined && cachedUntil > awsNow) return false;
  const ends = [entry.expiresAt, entry.renewableUntil ?? entry.expiresAt].map((end) =>
    Date.parse(end),
  );
  return Math.max(...ends) <= awsNow.getTime();
}

function isEntry(value: unknown): value is SessionEntry {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Record<string, unknown>;
  const isKnown = entry["kind"] === "mfa" || entry["kind"] === "role";
  return isKnown && typeof entry["identity"] === "string" && typeof entry["expiresAt"] === "string";
}
