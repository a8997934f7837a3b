// The journal of unfinished work on an identity's MFA devices. It is written before each step that a
// crash could interrupt, so that the next run resumes there. It contains no secret: the seed of a device
// that is not verified yet is stored in the keychain. Without a valid seal it counts as lost.

import type { StateFile } from "../state-file.ts";

export interface MfaJournal {
  /** The IAM user; the journal of another user is ignored. */
  readonly userName: string;
  readonly enrolment?: Enrolment | undefined;
  readonly replacement?: Replacement | undefined;
  /** Serial of a device that is being removed. */
  readonly removal?: string | undefined;
  /** HMAC over the rest, with a key from the keychain: see `model/state-seal.ts`. */
  readonly seal?: string | undefined;
}

/** A new device, from before it is created until it is verified and its seed is stored or deleted. */
export interface Enrolment {
  readonly name: string;
  /** undefined until AWS returned it. */
  readonly serial?: string | undefined;
  readonly since: string;
  /** --store */
  readonly keepsSeed: boolean;
  /** One of its codes opened an MFA session. */
  readonly isVerified: boolean;
}

export interface Replacement {
  /** Serial of the old device. */
  readonly old: string;
  /** `same-name`: the policy allows one name only, so the old device is deleted first. */
  readonly order: "new-first" | "same-name";
  /** Serial of the new device, once it is verified. */
  readonly fresh?: string | undefined;
  readonly since: string;
}

/** Returns whether nothing is unfinished. */
export function isEmptyJournal({ enrolment, replacement, removal }: MfaJournal): boolean {
  return [enrolment, replacement, removal].every((part) => part === undefined);
}

/** Returns whether any step of a replacement was done. */
export function isReplacing({ replacement, enrolment }: MfaJournal): boolean {
  if (replacement === undefined) return false;
  const { order, fresh } = replacement;
  return order === "same-name" || fresh !== undefined || enrolment !== undefined;
}

/** Returns the `awst mfa` command that gives the user a new device: it resumes unfinished work, if any. */
export function resumeCommand(journal: MfaJournal): "add" | "replace" {
  return isReplacing(journal) ? "replace" : "add";
}

/** Returns the journal's state file. Its value is empty for another user and for an unreadable file. */
export function mfaJournalFile(identity: string, userName: string): StateFile<MfaJournal> {
  return {
    name: `mfa-${identity}`,
    decode: (stored) => decodeMfaJournal(stored, userName),
    encode: encodeMfaJournal,
  };
}

function decodeMfaJournal(value: unknown, userName: string): MfaJournal {
  const journal = asRecord(value);
  if (journal?.["userName"] !== userName) return { userName };
  const enrolment = decodeEnrolment(journal["enrolment"]);
  const { replacement, removal, seal } = journal;
  return {
    userName,
    ...(enrolment && { enrolment }),
    ...(isReplacement(replacement) && { replacement }),
    ...(typeof removal === "string" && { removal }),
    ...(typeof seal === "string" && { seal }),
  };
}

/** The file says `isProved` for `isVerified`, as earlier versions wrote it. */
function encodeMfaJournal({ enrolment, ...others }: MfaJournal): unknown {
  if (enrolment === undefined) return others;
  const { isVerified, ...more } = enrolment;
  return { ...others, enrolment: { ...more, isProved: isVerified } };
}

/** Returns whether both are stored alike: a member that is undefined counts as absent. */
export function sameJournal(one: MfaJournal, other: MfaJournal): boolean {
  const stored = (journal: MfaJournal) =>
    JSON.stringify(decodeMfaJournal(encodeMfaJournal(journal), journal.userName));
  return stored(one) === stored(other);
}

function decodeEnrolment(value: unknown): Enrolment | undefined {
  const { name, serial, since, keepsSeed, isProved } = asRecord(value) ?? {};
  if (typeof name !== "string" || typeof since !== "string") return undefined;
  if (typeof keepsSeed !== "boolean" || typeof isProved !== "boolean") return undefined;
  if (serial === undefined) return { name, since, keepsSeed, isVerified: isProved };
  if (typeof serial !== "string") return undefined;
  return { name, serial, since, keepsSeed, isVerified: isProved };
}

function isReplacement(value: unknown): value is Replacement {
  const { old, order, fresh, since } = asRecord(value) ?? {};
  return (
    typeof old === "string" &&
    (order === "new-first" || order === "same-name") &&
    (fresh === undefined || typeof fresh === "string") &&
    typeof since === "string"
  );
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}
