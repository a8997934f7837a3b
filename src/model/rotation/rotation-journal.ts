// What a rotation writes down before and while it changes anything (state file `rotation-IDENTITY`): ids
// and times, never a secret. All times are AWS's, RFC 3339. What AWS and the keychain show goes before it.

import type { ListedKey } from "../key/access-key.ts";

export interface RotationJournal {
  /** The key that was held when it began. */
  readonly oldKeyId: string;
  /** Known once CreateAccessKey has answered. */
  readonly newKeyId?: string | undefined;
  readonly madeAt?: string | undefined;
  /** Ids of the user's keys before the create. */
  readonly listed: readonly string[];
  /** When creates were begun whose answer never came: each may still have made a key. */
  readonly intents: readonly string[];
  readonly graceSeconds: number;
  readonly switchedAt?: string | undefined;
  readonly deactivatedAt?: string | undefined;
  /** AWS allows no UpdateAccessKey: the old key stays active until it is deleted. */
  readonly isDeactivationDenied?: boolean | undefined;
  readonly description?: "carried" | "none" | "denied" | undefined;
  /** Ids of temporary keys that were made with the one key and are stamped with the other. */
  readonly sessions: readonly string[];
  /** Whether these were tried since that key stopped working. */
  readonly areSessionsTested?: boolean | undefined;
  readonly isUndone?: boolean | undefined;
}

/** How long after an intent a key may turn up that it made. */
export const intentMs = 2 * 60 * 1000;
export const defaultGraceSeconds = 24 * 3600;

export function journalName(identity: string): string {
  return `rotation-${identity}`;
}

export function emptyJournal(
  oldKeyId: string,
  graceSeconds = defaultGraceSeconds,
): RotationJournal {
  return { oldKeyId, listed: [], intents: [], sessions: [], graceSeconds };
}

export function encodeJournal(journal: RotationJournal | undefined): unknown {
  return journal === undefined ? null : { version: 1, ...journal };
}

/** undefined for none, and for anything that is not a whole one of a version this program knows. */
export function decodeJournal(value: unknown): RotationJournal | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const journal = value as Record<string, unknown>;
  const isWhole =
    journal["version"] === 1 &&
    typeof journal["oldKeyId"] === "string" &&
    isTextOrNone(journal["newKeyId"]) &&
    ["madeAt", "switchedAt", "deactivatedAt"].every((name) => isTimeOrNone(journal[name])) &&
    isTexts(journal["listed"]) &&
    isTexts(journal["intents"]) &&
    isTexts(journal["sessions"]) &&
    typeof journal["graceSeconds"] === "number";
  if (!isWhole) return undefined;
  const { version: _, ...rest } = journal;
  return rest as unknown as RotationJournal;
}

/** Whether a create may still have made a key that nobody has seen. */
export function mayKeyStillAppear(journal: RotationJournal | undefined, now: Date): boolean {
  return (journal?.intents ?? []).some((at) => now.getTime() - Date.parse(at) <= intentMs);
}

/** Absent from the list before, and made in the time of a create whose answer never came. AWS's times
 *  are whole seconds. */
export function isCreatedByIntent(journal: RotationJournal, key: ListedKey): boolean {
  if (journal.listed.includes(key.accessKeyId)) return false;
  return journal.intents.some((at) => {
    const since = key.createdAt.getTime() - Math.floor(Date.parse(at) / 1000) * 1000;
    return since >= 0 && since <= intentMs;
  });
}

/** The intents, without the one that a key made then came of. */
export function withoutIntentOf({ intents }: RotationJournal, madeAt: Date): readonly string[] {
  const second = (time: number) => Math.floor(time / 1000);
  const its = intents.findLast((at) => second(Date.parse(at)) <= second(madeAt.getTime()));
  return intents.filter((at) => at !== its);
}

/** When the old key may be deleted, and undo ends; undefined while it is not known. */
export function graceEnd(
  journal: RotationJournal | undefined,
  graceSeconds = journal?.graceSeconds,
): Date | undefined {
  const since = journal?.deactivatedAt ?? journal?.switchedAt;
  if (since === undefined || graceSeconds === undefined) return undefined;
  return new Date(Date.parse(since) + graceSeconds * 1000);
}

/** Whether there is something to do now, as far as the journal tells. Cheap: for every start. */
export function hasPendingWork(journal: RotationJournal | undefined, now: Date): boolean {
  if (journal === undefined) return false;
  const { switchedAt, deactivatedAt, isDeactivationDenied, areSessionsTested } = journal;
  if (switchedAt === undefined || journal.isUndone || journal.description === undefined)
    return true;
  if (deactivatedAt === undefined && !isDeactivationDenied) return true;
  return !areSessionsTested || now >= (graceEnd(journal) ?? now);
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
