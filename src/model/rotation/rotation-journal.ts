// The journal of a rotation (state file `rotation-IDENTITY`), written before each change: key ids and times
// (AWS's, RFC 3339), never a secret. Where AWS or the keychain contradict the journal, they are right.
// What is read from the file is a hint: it may print a line or start a run. A run believes only what
// `model/state-seal.ts` verified; a journal without a valid seal counts as lost.

import type { ListedKey } from "../key/access-key.ts";
import type { StateFile } from "../state-file.ts";

export interface RotationJournal {
  /** The key in use when the rotation started. */
  readonly oldKeyId: string;
  /** Known once CreateAccessKey has responded. */
  readonly newKeyId?: string | undefined;
  readonly madeAt?: string | undefined;
  /** Ids of the user's keys before the create. */
  readonly listed: readonly string[];
  /** Times of CreateAccessKey calls without a response: each may have created a key. */
  readonly intents: readonly string[];
  readonly graceSeconds: number;
  readonly switchedAt?: string | undefined;
  readonly deactivatedAt?: string | undefined;
  /** UpdateAccessKey is not allowed: the old key stays active until it is deleted. */
  readonly isDeactivationDenied?: boolean | undefined;
  readonly description?: "carried" | "none" | "denied" | undefined;
  /** Key ids of sessions that were made with one key and are now bound to the other. */
  readonly sessions: readonly string[];
  /** Whether these sessions were checked since their key stopped working. */
  readonly areSessionsTested?: boolean | undefined;
  readonly isUndone?: boolean | undefined;
  /** HMAC over the rest, with a key from the keychain: see `model/state-seal.ts`. */
  readonly seal?: string | undefined;
}

/** A key that a lost CreateAccessKey created appears within this time. */
export const intentMs = 2 * 60 * 1000;
export const defaultGraceSeconds = 24 * 3600;
export const maxGraceSeconds = 365 * 24 * 3600;

/** Returns the state file; undefined in it: no rotation is under way, or the journal is damaged. */
export function journalFile(identity: string): StateFile<RotationJournal | undefined> {
  return {
    name: `rotation-${identity}`,
    version: 1,
    decode: decodeJournal,
    encode: (journal) => journal ?? null,
  };
}

export function emptyJournal(
  oldKeyId: string,
  graceSeconds = defaultGraceSeconds,
): RotationJournal {
  return { oldKeyId, listed: [], intents: [], sessions: [], graceSeconds };
}

function decodeJournal(value: unknown): RotationJournal | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const journal = value as Record<string, unknown>;
  const isValid =
    typeof journal["oldKeyId"] === "string" &&
    isTextOrNone(journal["newKeyId"]) &&
    isTextOrNone(journal["seal"]) &&
    ["madeAt", "switchedAt", "deactivatedAt"].every((name) => isTimeOrNone(journal[name])) &&
    isTexts(journal["listed"]) &&
    isTexts(journal["intents"]) &&
    isTexts(journal["sessions"]) &&
    isGrace(journal["graceSeconds"]);
  if (!isValid) return undefined;
  return journal as unknown as RotationJournal;
}

/** Returns whether a CreateAccessKey without a response may still turn out to have created a key. */
export function mayKeyStillAppear(journal: RotationJournal | undefined, now: Date): boolean {
  return (journal?.intents ?? []).some((at) => now.getTime() - Date.parse(at) <= intentMs);
}

/** Returns whether a CreateAccessKey without a response created this key: the key was not listed before,
 *  and was created within `intentMs` of the call. AWS's times are whole seconds. */
export function isCreatedByIntent(journal: RotationJournal, key: ListedKey): boolean {
  if (journal.listed.includes(key.accessKeyId)) return false;
  return journal.intents.some((at) => {
    const since = key.createdAt.getTime() - Math.floor(Date.parse(at) / 1000) * 1000;
    return since >= 0 && since <= intentMs;
  });
}

/** Returns the intents without the one that created a key at `createdAt`. */
export function withoutIntentOf({ intents }: RotationJournal, createdAt: Date): readonly string[] {
  const second = (time: number) => Math.floor(time / 1000);
  const intent = intents.findLast((at) => second(Date.parse(at)) <= second(createdAt.getTime()));
  return intents.filter((at) => at !== intent);
}

/** Returns when the old key may be deleted and undo ends; undefined while that is unknown. */
export function graceEnd(
  journal: RotationJournal | undefined,
  graceSeconds = journal?.graceSeconds,
): Date | undefined {
  const since = journal?.deactivatedAt ?? journal?.switchedAt;
  if (since === undefined || graceSeconds === undefined) return undefined;
  return new Date(Date.parse(since) + graceSeconds * 1000);
}

/** Returns whether the journal alone shows that a step can be taken now. Needs neither AWS nor the keychain. */
export function hasPendingWork(journal: RotationJournal | undefined, now: Date): boolean {
  if (journal === undefined) return false;
  const { switchedAt, deactivatedAt, isDeactivationDenied, areSessionsTested } = journal;
  if (switchedAt === undefined || journal.isUndone || journal.description === undefined)
    return true;
  if (deactivatedAt === undefined && !isDeactivationDenied) return true;
  return !areSessionsTested || now >= (graceEnd(journal) ?? now);
}

function isGrace(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= maxGraceSeconds;
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

function isTimeOrNone(value: unknown): boolean {
  return isTextOrNone(value) && (value === undefined || !Number.isNaN(Date.parse(value as string)));
}
