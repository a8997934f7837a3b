// Decides the next step of a key rotation from what is observed at AWS, in the keychain and in the journal.
// Until the switch a failure rolls back; after it the rotation goes forward. No key is deleted unless the
// key in use was verified in the same run, and no key that awst did not create is touched without consent.

import type { ListedKey } from "../key/access-key.ts";
import {
  graceEnd,
  intentMs,
  isCreatedByIntent,
  mayKeyStillAppear,
  type RotationJournal,
} from "./rotation-journal.ts";

export type Step =
  /** The key in use is missing or damaged in the keychain: a copy in the keychain replaces it. */
  | { readonly do: "restore"; readonly from: "previous" | "next" }
  | { readonly do: "record-intent" }
  | { readonly do: "create" }
  | { readonly do: "store"; readonly key: string }
  | { readonly do: "verify"; readonly key: string }
  | { readonly do: "switch"; readonly from: string; readonly to: string }
  /** The journal, the caches and the sessions' key id follow the switch in the keychain. */
  | { readonly do: "update-references"; readonly from: string; readonly to: string }
  | { readonly do: "copy-description"; readonly from: string; readonly to: string }
  | { readonly do: "deactivate"; readonly key: string }
  | { readonly do: "check-sessions"; readonly key: string }
  /** `new`: rolled back. `leftover`: created by a request whose response was lost. */
  | { readonly do: "delete"; readonly key: string; readonly whose: "old" | "new" | "leftover" }
  | { readonly do: "list-again" }
  | { readonly do: "check-last-use"; readonly key: string }
  | { readonly do: "confirm-foreign-key"; readonly key: string }
  /** The old key of the last rotation would be deleted before its grace period is over. */
  | { readonly do: "confirm-early-deletion"; readonly key: string }
  /** From here on the run goes back to the old key. */
  | { readonly do: "start-undo"; readonly to: string }
  | { readonly do: "cancel-undo"; readonly key: string }
  | { readonly do: "reactivate"; readonly key: string }
  | { readonly do: "switch-back"; readonly from: string; readonly to: string }
  | { readonly do: "clean-up" }
  /** Another key was stored by hand: this rotation is over. */
  | { readonly do: "abandon" }
  | { readonly do: "end" }
  | { readonly do: "refuse"; readonly why: RotationRefusal };

/** A step that does something. */
export type TakenStep = Exclude<Step, { readonly do: "end" | "refuse" }>;

export type RotationRefusal =
  | "key-absent"
  | "key-unlisted"
  | "key-inactive"
  | "nothing-to-undo"
  | "cannot-undo";

export interface RotationFacts {
  /** `resume`: completes what an earlier run started, and starts nothing. */
  readonly request: "rotate" | "resume" | "undo";
  /** AWS's time. */
  readonly now: Date;
  /** --grace, where it was given. */
  readonly graceSeconds: number | undefined;
  /** --if-older-than */
  readonly minimumAgeSeconds: number;
  /** Whether a rotation may delete the old key of the last one within its grace period. `refused`: the next rotation
   *  waits for the end of that time. */
  readonly earlyDeletion: "allowed" | "ask" | "refused";
  /** As ListAccessKeys shows them. */
  readonly keys: readonly ListedKey[];
  /** Ids in the keychain: the key in use, the new key until the switch, the old key until it is deleted. */
  readonly current: string | undefined;
  readonly next: string | undefined;
  readonly previous: string | undefined;
  readonly journal: RotationJournal | undefined;
  readonly run: RunFacts;
}

/** What this process did and observed. A run that resumes after a kill starts with `initialRunFacts`. */
export interface RunFacts {
  /** The intent is in the journal, and CreateAccessKey was not called since. */
  readonly isIntentRecorded: boolean;
  readonly createAttempts: number;
  /** How the last CreateAccessKey failed; `unknown`: a key may exist. */
  readonly createFailure: "nothing-done" | "unknown" | "quota" | undefined;
  /** A new key whose secret is in this process and not in the keychain yet. */
  readonly createdKeyId: string | undefined;
  /** A step before the switch failed. */
  readonly isRollingBack: boolean;
  readonly verified: readonly string[];
  /** AWS does not accept these keys. */
  readonly rejected: readonly string[];
  readonly deleted: readonly string[];
  /** DeleteAccessKey found no such key. */
  readonly absent: readonly string[];
  /** Of the key that a lost response may have left. */
  readonly lastUse: "unknown" | "unused" | "used";
  /** The user agreed to the deletion of the last rotation's old key. */
  readonly isEarlyDeletionConfirmed: boolean;
  /** How often the keys were listed again to find a key that may exist. */
  readonly listRetries: number;
  /** These steps failed and are not tried again in this run. */
  readonly failedSteps: readonly Step["do"][];
  readonly areReferencesUpdated: boolean;
  /** Since the last `record-intent`. Replaces the journal where the journal can't be written. */
  readonly doneSteps: readonly Step["do"][];
  /** What was requested is done: nothing new is started. */
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
  lastUse: "unknown",
  isEarlyDeletionConfirmed: false,
  listRetries: 0,
  failedSteps: [],
  areReferencesUpdated: false,
  doneSteps: [],
  isRequestDone: false,
};

/** Returns the one step to take now; `end` when nothing is left to do in this run. */
export function nextStep(facts: RotationFacts): Step {
  const step = decide(facts);
  const { failedSteps, doneSteps } = facts.run;
  const isRepeated = doneSteps.includes(step.do) && onceAtMost.includes(step.do);
  return isRepeated || failedSteps.includes(step.do) ? { do: "end" } : step;
}

/** Each of these changes the next decision. A repetition means that the state folder can't be written. */
const onceAtMost: readonly Step["do"][] = [
  "restore",
  "start-undo",
  "cancel-undo",
  "clean-up",
  "abandon",
];

function decide(facts: RotationFacts): Step {
  const { current, next, previous } = facts;
  if (current === undefined) {
    if (previous !== undefined) return { do: "restore", from: "previous" };
    if (next !== undefined) return { do: "restore", from: "next" };
    return { do: "refuse", why: "key-absent" };
  }
  const pair = rotatedKeysOf(facts);
  if (pair === undefined) {
    return previous === current || next === current ? { do: "clean-up" } : startRotation(facts);
  }
  if (current !== pair.old && current !== pair.new) return abandon(facts, current, pair.new);
  return isSwitched(facts, pair)
    ? afterSwitch(facts, pair.old, current)
    : beforeSwitch(facts, pair.old, pair.new);
}

function startRotation(facts: RotationFacts): Step {
  const { request, run, current } = facts;
  if (run.isRequestDone || run.isRollingBack || request === "resume") return { do: "end" };
  if (request === "undo") {
    return run.deleted.length > 0 ? { do: "end" } : { do: "refuse", why: "nothing-to-undo" };
  }
  const key = findListedKey(facts, current);
  if (key === undefined) {
    // A young key may be missing from the list. Verifying it shows whether it was deleted.
    return afterVerifying(facts, current ?? "", { do: "refuse", why: "key-unlisted" });
  }
  if (key.status !== "Active") return { do: "refuse", why: "key-inactive" };
  if (isYoungerThanMinimum(facts, key)) return { do: "end" };
  const [foreign] = otherKeys(facts);
  if (foreign) return { do: "confirm-foreign-key", key: foreign.accessKeyId };
  return run.isIntentRecorded ? { do: "create" } : { do: "record-intent" };
}

function beforeSwitch(facts: RotationFacts, oldId: string, newId: string | undefined): Step {
  if (newId === undefined) return withoutNewKey(facts);
  if (isRollback(facts, oldId, newId)) return rollBack(facts, oldId, newId);
  if (facts.next !== newId) return { do: "store", key: newId };
  return afterVerifying(facts, newId, { do: "switch", from: oldId, to: newId });
}

const maxListRetries = 5;

/** CreateAccessKey was not called, or its response was lost. */
function withoutNewKey(facts: RotationFacts): Step {
  const { journal, run, current, request } = facts;
  const [other, ...more] = otherKeys(facts);
  if (other && more.length === 0 && journal && isCreatedByIntent(journal, other)) {
    const { accessKeyId: key } = other;
    if (run.lastUse === "unknown") return { do: "check-last-use", key };
    const remove: Step = { do: "delete", key, whose: "leftover" };
    if (run.lastUse === "unused") return afterVerifying(facts, current ?? "", remove);
  }
  if (request === "rotate" && !run.isRequestDone && !run.isRollingBack) return startRotation(facts);
  const mayExist = run.createFailure === "unknown" || run.createFailure === "quota";
  if (run.isRollingBack && mayExist && run.listRetries < maxListRetries) {
    return { do: "list-again" };
  }
  return mayKeyStillAppear(journal, facts.now) ? { do: "end" } : { do: "clean-up" };
}

/** Whether to go back to the old key. Never to one that does not work. */
function isRollback(facts: RotationFacts, oldId: string, newId: string): boolean {
  const { run, request, journal, next } = facts;
  if (next !== newId && run.createdKeyId !== newId) return true;
  if (!run.isRollingBack && request !== "undo" && !journal?.isUndone) return false;
  return findListedKey(facts, oldId)?.status === "Active" && !run.rejected.includes(oldId);
}

function rollBack(facts: RotationFacts, oldId: string, newId: string): Step {
  const { run, journal } = facts;
  if (journal?.switchedAt !== undefined && !run.areReferencesUpdated) {
    return { do: "update-references", from: newId, to: oldId };
  }
  const isGone =
    run.deleted.includes(newId) || run.absent.includes(newId) || isLongGone(facts, newId);
  if (!isGone) return afterVerifying(facts, oldId, { do: "delete", key: newId, whose: "new" });
  if ((journal?.sessions.length ?? 0) > 0 && mayCheckSessions(facts)) {
    return { do: "check-sessions", key: newId };
  }
  return { do: "clean-up" };
}

/** Not listed, and created so long ago that it would be. */
function isLongGone(facts: RotationFacts, newId: string): boolean {
  const createdAt = facts.journal?.madeAt;
  if (findListedKey(facts, newId) !== undefined || createdAt === undefined) return false;
  return facts.now.getTime() - Date.parse(createdAt) > intentMs;
}

function afterSwitch(facts: RotationFacts, oldId: string, newId: string): Step {
  const { run, journal, request } = facts;
  if (!run.areReferencesUpdated) return { do: "update-references", from: oldId, to: newId };
  if (request === "undo" || journal?.isUndone) return undo(facts, oldId, newId);
  const oldKey = findListedKey(facts, oldId);
  const canCheck = mayCheckSessions(facts);
  const isDescribed =
    journal?.description !== undefined || run.doneSteps.includes("copy-description");
  if (!isDescribed && oldKey && !run.failedSteps.includes("copy-description")) {
    return { do: "copy-description", from: oldId, to: newId };
  }
  if (oldKey === undefined) {
    return canCheck ? { do: "check-sessions", key: oldId } : { do: "clean-up" };
  }
  if ((findListedKey(facts, newId)?.status ?? "Active") !== "Active") {
    // The new key was deactivated outside awst. awst returns to the old key only when asked to.
    return request === "rotate" ? { do: "refuse", why: "key-inactive" } : { do: "end" };
  }
  if (run.rejected.includes(newId)) {
    const canGoBack = facts.previous === oldId && !run.rejected.includes(oldId);
    return canGoBack ? { do: "start-undo", to: oldId } : { do: "end" };
  }
  if (oldKey.status === "Active" && !journal?.isDeactivationDenied) {
    return afterVerifying(facts, newId, { do: "deactivate", key: oldId });
  }
  if (canCheck && !run.failedSteps.includes("deactivate")) {
    return { do: "check-sessions", key: oldId };
  }
  // While a lost key may still appear, the old key stays: AWS allows two keys, so no third can appear.
  if (!isDescribed || mayKeyStillAppear(journal, facts.now)) return { do: "end" };
  const remove: Step = { do: "delete", key: oldId, whose: "old" };
  if (isGraceOver(facts)) return afterVerifying(facts, newId, remove);
  if (!isNextRotationWanted(facts) || facts.earlyDeletion === "refused") return { do: "end" };
  if (facts.earlyDeletion === "ask" && !run.isEarlyDeletionConfirmed) {
    return { do: "confirm-early-deletion", key: oldId };
  }
  return afterVerifying(facts, newId, remove);
}

function isGraceOver({ journal, now, graceSeconds }: RotationFacts): boolean {
  const end = graceEnd(journal, graceSeconds);
  return (graceSeconds ?? journal?.graceSeconds) === 0 || (end !== undefined && now >= end);
}

/** The key that the last rotation created is to be replaced, so the old key must be deleted first. */
function isNextRotationWanted(facts: RotationFacts): boolean {
  const { request, run, current } = facts;
  return (
    request === "rotate" &&
    !run.isRequestDone &&
    !run.isRollingBack &&
    !isYoungerThanMinimum(facts, findListedKey(facts, current))
  );
}

function undo(facts: RotationFacts, oldId: string, newId: string): Step {
  const { run, journal, previous } = facts;
  const oldKey = findListedKey(facts, oldId);
  if (oldKey === undefined || previous !== oldId || run.rejected.includes(oldId)) {
    if (journal?.isUndone) return { do: "cancel-undo", key: oldId };
    return { do: "refuse", why: "cannot-undo" };
  }
  if (!journal?.isUndone) return { do: "start-undo", to: oldId };
  if (oldKey.status !== "Active") return { do: "reactivate", key: oldId };
  return afterVerifying(facts, oldId, { do: "switch-back", from: newId, to: oldId });
}

/** A key stored by hand is in use. A new key that was never in use is deleted first. */
function abandon(facts: RotationFacts, current: string, newId: string | undefined): Step {
  const { run, journal, previous } = facts;
  const wasUsed = journal?.switchedAt !== undefined || previous !== undefined;
  const isGone = run.deleted.includes(newId ?? "") || findListedKey(facts, newId) === undefined;
  if (newId === undefined || wasUsed || isGone) return { do: "abandon" };
  return afterVerifying(facts, current, { do: "delete", key: newId, whose: "new" });
}

/** `step` can't be reverted: `key` is verified first, and not for a step that already failed. */
function afterVerifying({ run }: RotationFacts, key: string, step: Step): Step {
  if (run.failedSteps.includes(step.do) || run.rejected.includes(key)) return { do: "end" };
  return run.verified.includes(key) ? step : { do: "verify", key };
}

export interface RotatedKeys {
  readonly old: string;
  /** undefined until CreateAccessKey has responded. */
  readonly new: string | undefined;
}

/** Returns the two keys of the rotation under way, from the keychain alone if the journal was lost. */
export function rotatedKeysOf(facts: Omit<RotationFacts, "keys" | "now">): RotatedKeys | undefined {
  const { current, next, previous, journal, run } = facts;
  const oldId =
    journal?.oldKeyId ??
    (previous !== undefined && previous !== current
      ? previous
      : next !== undefined && next !== current
        ? current
        : undefined);
  if (oldId === undefined) return undefined;
  const inJournal = journal?.newKeyId === oldId ? undefined : journal?.newKeyId;
  const newId =
    inJournal ??
    run.createdKeyId ??
    (next !== oldId ? next : undefined) ??
    (previous === oldId && current !== oldId ? current : undefined);
  return { old: oldId, new: newId };
}

export function findListedKey(facts: RotationFacts, id: string | undefined): ListedKey | undefined {
  return facts.keys.find((key) => key.accessKeyId === id);
}

/** Returns whether the new key is the key in use. */
export function isSwitched(
  { current }: Pick<RotationFacts, "current">,
  { old: oldId, new: newId }: RotatedKeys,
): boolean {
  return current !== undefined && current === newId && current !== oldId;
}

function otherKeys({ keys, current, run }: RotationFacts): readonly ListedKey[] {
  return keys.filter(({ accessKeyId: id }) => id !== current && !run.deleted.includes(id));
}

function isYoungerThanMinimum(
  { now, minimumAgeSeconds }: RotationFacts,
  key: ListedKey | undefined,
): boolean {
  if (key === undefined) return false;
  const age = (now.getTime() - key.createdAt.getTime()) / 1000;
  return minimumAgeSeconds > 0 && age < minimumAgeSeconds;
}

/** Whether sessions made with a key that no longer works are still to be checked. */
function mayCheckSessions({ journal, run }: RotationFacts): boolean {
  const isDone = journal?.areSessionsTested || run.doneSteps.includes("check-sessions");
  return !isDone && !run.failedSteps.includes("check-sessions");
}
