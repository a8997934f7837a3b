// Rotation that cannot lose a key: the next step, decided from what is observed. Before the switch every
// failure goes back, after it forward; nothing is deleted while the key in use is not proved; no key is
// touched that awst did not make.

import type { ListedKey } from "../key/access-key.ts";
import {
  graceEnd,
  intentMs,
  isCreatedByIntent,
  mayKeyStillAppear,
  type RotationJournal,
} from "./rotation-journal.ts";

export function nextStep(facts: RotationFacts): Step {
  const step = decide(facts);
  const { failedSteps: stuck, doneSteps: did } = facts.run;
  const isAgain = did.includes(step.do) && onceAtMost.includes(step.do);
  return isAgain || stuck.includes(step.do) ? { do: "end" } : step;
}

/** These change what is decided next, unless the disk takes nothing. */
const onceAtMost: readonly Step["do"][] = [
  "restore",
  "start-undo",
  "cancel-undo",
  "clean-up",
  "abandon",
];

function decide(facts: RotationFacts): Step {
  const { current: held, next, previous } = facts;
  if (held === undefined) {
    if (previous !== undefined) return { do: "restore", from: "previous" };
    if (next !== undefined) return { do: "restore", from: "next" };
    return { do: "refuse", why: "key-absent" };
  }
  const pair = rotatedKeysOf(facts);
  if (pair === undefined) {
    return previous === held || next === held ? { do: "clean-up" } : beginning(facts);
  }
  if (held !== pair.old && held !== pair.new) return setAside(facts, held, pair.new);
  if (!isSwitched(facts, pair)) return beforeSwitch(facts, pair);
  const made = held;
  return afterSwitch(facts, pair.old, made);
}

/** A key put in by hand is the one in use; what was made and never used goes. */
function setAside(facts: RotationFacts, held: string, made: string | undefined): Step {
  const { run, journal, previous } = facts;
  const wasUsed = journal?.switchedAt !== undefined || previous !== undefined;
  const isGone = run.deleted.includes(made ?? "") || findListedKey(facts, made) === undefined;
  if (made === undefined || wasUsed || isGone) return { do: "abandon" };
  return afterVerifying(facts, held, { do: "delete", key: made, whose: "new" });
}

function beforeSwitch(facts: RotationFacts, { old, new: made }: RotatedKeys): Step {
  if (made === undefined) return notMade(facts);
  if (isGivenUp(facts, old, made)) return goBack(facts, old, made);
  if (facts.next !== made) return { do: "store", key: made };
  return afterVerifying(facts, made, { do: "switch", from: old, to: made });
}

/** Never in favour of a key that does not work. */
function isGivenUp(facts: RotationFacts, old: string, made: string): boolean {
  const { run, request: wish, journal, next } = facts;
  if (next !== made && run.createdKeyId !== made) return true;
  if (!run.isRollingBack && wish !== "undo" && !journal?.isUndone) return false;
  return findListedKey(facts, old)?.status === "Active" && !run.rejected.includes(old);
}

function goBack(facts: RotationFacts, old: string, made: string): Step {
  const { run, journal } = facts;
  if (journal?.switchedAt !== undefined && !run.areReferencesUpdated)
    return { do: "update-references", from: made, to: old };
  const isGone = run.deleted.includes(made) || run.absent.includes(made) || isLongGone(facts, made);
  if (!isGone) return afterVerifying(facts, old, { do: "delete", key: made, whose: "new" });
  if ((journal?.sessions.length ?? 0) > 0 && mayCheckSessions(facts))
    return { do: "check-sessions", key: made };
  return { do: "clean-up" };
}

/** Not in the list, and made so long ago that it would be. */
function isLongGone(facts: RotationFacts, made: string): boolean {
  const { journal, now } = facts;
  const madeAt = journal?.madeAt;
  if (findListedKey(facts, made) !== undefined || madeAt === undefined) return false;
  return now.getTime() - Date.parse(madeAt) > intentMs;
}

export function afterSwitch(facts: RotationFacts, old: string, made: string): Step {
  const { run, journal, request: wish } = facts;
  if (!run.areReferencesUpdated) return { do: "update-references", from: old, to: made };
  if (wish === "undo" || journal?.isUndone) return undo(facts, old, made);
  const oldKey = findListedKey(facts, old);
  const canTest = mayCheckSessions(facts);
  const isDescribed =
    journal?.description !== undefined || run.doneSteps.includes("copy-description");
  if (!isDescribed && oldKey && !run.failedSteps.includes("copy-description")) {
    return { do: "copy-description", from: old, to: made };
  }
  if (oldKey === undefined) {
    return canTest ? { do: "check-sessions", key: old } : { do: "clean-up" };
  }
  if ((findListedKey(facts, made)?.status ?? "Active") !== "Active") {
    // Whoever did that had a reason: the old key is not brought back unasked.
    return wish === "rotate" ? { do: "refuse", why: "key-inactive" } : { do: "end" };
  }
  if (run.rejected.includes(made)) {
    const canTurn = facts.previous === old && !run.rejected.includes(old);
    return canTurn ? { do: "start-undo", to: old } : { do: "end" };
  }
  if (oldKey.status === "Active" && !journal?.isDeactivationDenied) {
    return afterVerifying(facts, made, { do: "deactivate", key: old });
  }
  if (canTest && !run.failedSteps.includes("deactivate")) return { do: "check-sessions", key: old };
  if (!isDescribed || !isDeletable(facts)) return { do: "end" };
  return afterVerifying(facts, made, { do: "delete", key: old, whose: "old" });
}

/** As long as a create may come to light, two keys keep the place taken. */
function isDeletable(facts: RotationFacts): boolean {
  const { journal, now, graceSeconds } = facts;
  if (mayKeyStillAppear(journal, now)) return false;
  if (isAnotherWanted(facts)) return true;
  const end = graceEnd(journal, graceSeconds);
  return (graceSeconds ?? journal?.graceSeconds) === 0 || (end !== undefined && now >= end);
}

/** The key that came of the last rotation is to be replaced in its turn. */
function isAnotherWanted(facts: RotationFacts): boolean {
  const { request: wish, run, current: held } = facts;
  return (
    wish === "rotate" &&
    !run.isRequestDone &&
    !run.isRollingBack &&
    !isYoungerThanWanted(facts, findListedKey(facts, held))
  );
}

function undo(facts: RotationFacts, old: string, made: string): Step {
  const { run, journal, previous, request: wish } = facts;
  const oldKey = findListedKey(facts, old);
  if (oldKey === undefined || previous !== old || run.rejected.includes(old)) {
    if (journal?.isUndone) return { do: "cancel-undo", key: old };
    return wish === "undo" ? { do: "refuse", why: "cannot-undo" } : { do: "end" };
  }
  if (!journal?.isUndone) return { do: "start-undo", to: old };
  if (oldKey.status !== "Active") return { do: "reactivate", key: old };
  return afterVerifying(facts, old, { do: "switch-back", from: made, to: old });
}

/** How often the list is looked at again for a key whose create was not answered. */
const looksAtMost = 5;

/** No answer to a create came, or none was sent. */
export function notMade(facts: RotationFacts): Step {
  const { journal, run, current: held, request: wish } = facts;
  const [stranger, ...others] = strangers(facts);
  if (stranger && others.length === 0 && journal && isCreatedByIntent(journal, stranger)) {
    const { accessKeyId: key } = stranger;
    if (run.lastUse === "unasked") return { do: "check-last-use", key };
    const remove: Step = { do: "delete", key, whose: "leftover" };
    if (run.lastUse === "unused") return afterVerifying(facts, held ?? "", remove);
  }
  if (wish === "rotate" && !run.isRequestDone && !run.isRollingBack) return beginning(facts);
  const isOpen = run.createFailure === "unknown" || run.createFailure === "quota";
  if (run.isRollingBack && isOpen && run.listRetries < looksAtMost) return { do: "list-again" };
  return mayKeyStillAppear(journal, facts.now) ? { do: "end" } : { do: "clean-up" };
}

export function beginning(facts: RotationFacts): Step {
  const { request: wish, run, current: held } = facts;
  if (run.isRequestDone || run.isRollingBack || wish === "resume") return { do: "end" };
  if (wish === "undo") {
    return run.deleted.length > 0 ? { do: "end" } : { do: "refuse", why: "nothing-to-undo" };
  }
  const key = findListedKey(facts, held);
  if (key === undefined) {
    // A young key may be missing from the list; another is gone, which the proof tells.
    return afterVerifying(facts, held ?? "", { do: "refuse", why: "key-unlisted" });
  }
  if (key.status !== "Active") return { do: "refuse", why: "key-inactive" };
  if (isYoungerThanWanted(facts, key)) return { do: "end" };
  const [stranger] = strangers(facts);
  if (stranger) return { do: "confirm-foreign-key", key: stranger.accessKeyId };
  return run.isIntentRecorded ? { do: "create" } : { do: "record-intent" };
}

function strangers({ keys, current: held, run }: RotationFacts): readonly ListedKey[] {
  return keys.filter(({ accessKeyId: id }) => id !== held && !run.deleted.includes(id));
}

export interface RotationFacts {
  /** `finish`: what was begun; nothing new. */
  readonly request: "rotate" | "resume" | "undo";
  /** AWS's time. */
  readonly now: Date;
  /** --grace, where it was given. */
  readonly graceSeconds: number | undefined;
  /** --if-older-than */
  readonly minimumAgeSeconds: number;
  readonly keys: readonly ListedKey[];
  /** Ids in the keychain: the key in use, the new one before it is, the old one until it is deleted. */
  readonly current: string | undefined;
  readonly next: string | undefined;
  readonly previous: string | undefined;
  readonly journal: RotationJournal | undefined;
  readonly run: RunFacts;
}

/** What this run did and saw; a run that goes on after a kill starts with none of it. */
export interface RunFacts {
  /** The intent is written down, and no create came of it yet. */
  readonly isIntentRecorded: boolean;
  readonly createAttempts: number;
  /** How the last create failed, where it did. */
  readonly createFailure: "nothing-done" | "unknown" | "quota" | undefined;
  /** A key whose secret this process has and the keychain has not yet. */
  readonly createdKeyId: string | undefined;
  /** Something failed before the switch. */
  readonly isRollingBack: boolean;
  readonly verified: readonly string[];
  readonly rejected: readonly string[];
  readonly deleted: readonly string[];
  /** AWS found no such key to delete. */
  readonly absent: readonly string[];
  /** Of the key that nobody knows. */
  readonly lastUse: "unasked" | "unused" | "used";
  /** How often the list was looked at again for a key that may have been made. */
  readonly listRetries: number;
  /** Failed after the switch: not tried again in this run. */
  readonly failedSteps: readonly Step["do"][];
  readonly areReferencesUpdated: boolean;
  /** Since the last `begin`. Where the journal can't be written, this is what knows. */
  readonly doneSteps: readonly Step["do"][];
  /** What was wished is done: nothing new is begun. */
  readonly isRequestDone: boolean;
}

export const initialRunFacts: RunFacts = {
  isIntentRecorded: false,
  createAttempts: 0,
  createFailure: undefined,
  createdKeyId: undefined,
  isRollingBack: false,
  verified: [],
  rejected: [],
  deleted: [],
  absent: [],
  lastUse: "unasked",
  listRetries: 0,
  failedSteps: [],
  areReferencesUpdated: false,
  doneSteps: [],
  isRequestDone: false,
};

export type RotationRefusal =
  | "key-absent"
  | "key-unlisted"
  | "key-inactive"
  | "nothing-to-undo"
  | "cannot-undo";

export type Step =
  /** The keychain's own copy of a key takes the place of one that is torn or gone. */
  | { readonly do: "restore"; readonly from: "previous" | "next" }
  | { readonly do: "record-intent" }
  | { readonly do: "create" }
  | { readonly do: "store"; readonly key: string }
  | { readonly do: "verify"; readonly key: string }
  | { readonly do: "switch"; readonly from: string; readonly to: string }
  /** What is written down elsewhere follows the keychain: notes, the stamps of sessions. */
  | { readonly do: "update-references"; readonly from: string; readonly to: string }
  | { readonly do: "copy-description"; readonly from: string; readonly to: string }
  | { readonly do: "deactivate"; readonly key: string }
  | { readonly do: "check-sessions"; readonly key: string }
  | { readonly do: "delete"; readonly key: string; readonly whose: "old" | "new" | "leftover" }
  | { readonly do: "list-again" }
  | { readonly do: "check-last-use"; readonly key: string }
  | { readonly do: "confirm-foreign-key"; readonly key: string }
  /** From here on it is undone. */
  | { readonly do: "start-undo"; readonly to: string }
  | { readonly do: "cancel-undo"; readonly key: string }
  | { readonly do: "reactivate"; readonly key: string }
  | { readonly do: "switch-back"; readonly from: string; readonly to: string }
  | { readonly do: "clean-up" }
  /** Another key was put in by hand: this rotation is over. */
  | { readonly do: "abandon" }
  | { readonly do: "end" }
  | { readonly do: "refuse"; readonly why: RotationRefusal };

/** A step that does something. */
export type TakenStep = Exclude<Step, { readonly do: "end" | "refuse" }>;

export interface RotatedKeys {
  readonly old: string;
  /** undefined until AWS has answered the create. */
  readonly new: string | undefined;
}

/** The two keys of the rotation under way; undefined when there is none. The keychain alone will do. */
export function rotatedKeysOf(facts: Omit<RotationFacts, "keys" | "now">): RotatedKeys | undefined {
  const { current: held, next, previous, journal, run } = facts;
  const old =
    journal?.oldKeyId ??
    (previous !== undefined && previous !== held
      ? previous
      : next !== undefined && next !== held
        ? held
        : undefined);
  if (old === undefined) return undefined;
  const named = journal?.newKeyId === old ? undefined : journal?.newKeyId;
  const made =
    named ??
    run.createdKeyId ??
    (next !== old ? next : undefined) ??
    (previous === old && held !== old ? held : undefined);
  return { old, new: made };
}

export function findListedKey(facts: RotationFacts, id: string | undefined): ListedKey | undefined {
  return facts.keys.find((key) => key.accessKeyId === id);
}

export function isSwitched(
  { current: held }: Pick<RotationFacts, "current">,
  { old, new: made }: RotatedKeys,
): boolean {
  return held !== undefined && held === made && held !== old;
}

export function isYoungerThanWanted(
  { now, minimumAgeSeconds }: RotationFacts,
  key: ListedKey | undefined,
): boolean {
  if (key === undefined) return false;
  return (now.getTime() - key.createdAt.getTime()) / 1000 < minimumAgeSeconds;
}

/** Sessions made with a key that no longer works, not tried since. */
export function mayCheckSessions({ journal, run }: RotationFacts): boolean {
  const isDone = journal?.areSessionsTested || run.doneSteps.includes("check-sessions");
  return !isDone && !run.failedSteps.includes("check-sessions");
}

/** A step that leaves no way back waits for the proof, and is not even prepared when it can't be taken. */
export function afterVerifying({ run }: RotationFacts, key: string, step: Step): Step {
  if (run.failedSteps.includes(step.do) || run.rejected.includes(key)) return { do: "end" };
  return run.verified.includes(key) ? step : { do: "verify", key };
}
