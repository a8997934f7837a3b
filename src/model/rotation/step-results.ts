// Records what a step did: in the facts of this run, and, for steps that are only planned (`--dry-run`), in
// the facts that AWS, the keychain and the journal would show afterwards.

import { type AwstError, isAwstError } from "../errors.ts";
import type { ListedKey } from "../key/access-key.ts";
import {
  nextStep,
  type RotationFacts,
  type RunFacts,
  rotatedKeysOf,
  type Step,
} from "./rotation.ts";
import { emptyJournal } from "./rotation-journal.ts";

export type StepResult =
  | { readonly how: "done" }
  /** `absent`: `delete` found no such key. `used`: `check-last-use` found a use. `denied`: AWS allows no
   *  `deactivate` at all, so the step is skipped. */
  | { readonly how: "absent" | "used" | "denied" }
  | {
      readonly how: "failed";
      readonly createFailure?: RunFacts["createFailure"];
      /** AWS does not accept the key that was verified. */
      readonly isRejected?: boolean;
    };

/** Returns the result of a step that threw `error`. */
export function resultOfError(step: Step, error: AwstError): StepResult {
  const isRejected = isAwstError(error, "AWS_KEY_REJECTED", "AWS_SECRET_WRONG");
  if (step.do === "verify") return { how: "failed", isRejected };
  if (step.do !== "create") return { how: "failed" };
  if (error.effect !== "nothing-done") return { how: "failed", createFailure: "unknown" };
  return { how: "failed", createFailure: error.code === "IAM_QUOTA" ? "quota" : "nothing-done" };
}

/** In one run. The second one replaces a key that a lost response left and that was deleted. */
const maxCreateAttempts = 2;

/** Returns the facts of this run after the step. `facts`: as observed before it, after it if it failed. */
export function recordResult(facts: RotationFacts, step: Step, result: StepResult): RunFacts {
  if (result.how === "failed") return recordFailure(facts, step, result);
  return recordSuccess(
    { ...facts.run, doneSteps: [...facts.run.doneSteps, step.do] },
    step,
    result,
  );
}

function recordSuccess(run: RunFacts, step: Step, result: StepResult): RunFacts {
  switch (step.do) {
    case "record-intent":
      return { ...run, isIntentRecorded: true, doneSteps: [] };
    case "create":
      return {
        ...run,
        isIntentRecorded: false,
        createAttempts: run.createAttempts + 1,
        createFailure: undefined,
      };
    case "store":
      return { ...run, createdKeyId: undefined };
    case "verify":
      return { ...run, verified: [...run.verified, step.key] };
    case "switch":
    case "switch-back":
      return { ...run, areReferencesUpdated: true, isRequestDone: true };
    case "update-references":
      return { ...run, areReferencesUpdated: true };
    case "deactivate":
    case "copy-description":
    case "check-sessions":
      return { ...run, isRequestDone: true };
    case "start-undo":
      return { ...run, areReferencesUpdated: false };
    case "list-again":
      return { ...run, listRetries: run.listRetries + 1 };
    case "check-last-use":
      return { ...run, lastUse: result.how === "used" ? "used" : "unused" };
    case "confirm-foreign-key":
      return { ...run, deleted: [...run.deleted, step.key] };
    case "confirm-early-deletion":
      return { ...run, isEarlyDeletionConfirmed: true };
    case "delete":
      return recordDeletion(run, step, result.how === "absent");
    default:
      return run;
  }
}

function recordDeletion(
  run: RunFacts,
  step: Step & { readonly do: "delete" },
  isAbsent: boolean,
): RunFacts {
  const deleted = isAbsent
    ? { ...run, absent: [...run.absent, step.key] }
    : { ...run, deleted: [...run.deleted, step.key] };
  if (step.whose !== "leftover") return deleted;
  const mayCreateAgain = run.createAttempts < maxCreateAttempts;
  const restart = {
    isRollingBack: false,
    createFailure: undefined,
    isIntentRecorded: false,
  } as const;
  return { ...deleted, lastUse: "unknown", ...(mayCreateAgain && restart) };
}

function recordFailure(
  facts: RotationFacts,
  step: Step,
  { createFailure, isRejected }: StepResult & { readonly how: "failed" },
): RunFacts {
  const { run } = facts;
  const pair = rotatedKeysOf(facts);
  const isBeforeSwitch = facts.current === pair?.old || pair === undefined;
  const canRollBack = ["record-intent", "create", "store", "switch"].includes(step.do);
  const isVerifyingNewKey = step.do === "verify" && step.key === pair?.new;
  const startsRollback = isBeforeSwitch && !run.isRollingBack && (canRollBack || isVerifyingNewKey);
  const key = "key" in step ? step.key : "";
  return {
    ...run,
    isRollingBack: run.isRollingBack || isBeforeSwitch,
    failedSteps: startsRollback ? run.failedSteps : [...run.failedSteps, step.do],
    rejected: isRejected ? [...run.rejected, key] : run.rejected,
    listRetries: step.do === "list-again" ? run.listRetries + 1 : run.listRetries,
    ...(step.do === "create" && {
      createAttempts: run.createAttempts + 1,
      createFailure,
      isIntentRecorded: false,
    }),
  };
}

/** Returns the steps that a run without a failure would take: `--dry-run`. */
export function planSteps(start: RotationFacts): readonly Step[] {
  const steps: Step[] = [];
  for (let facts = start; steps.length < 60; ) {
    const step = nextStep(facts);
    if (step.do === "end" && steps.length > 0) return steps;
    steps.push(step);
    if (step.do === "end" || step.do === "refuse") return steps;
    facts = { ...applyStep(facts, step), run: recordPlanned(facts, step) };
  }
  throw new Error(`the rotation's steps do not end: ${steps.map((step) => step.do).join(" ")}`);
}

/** Replaces the id of a key that is not created yet. */
export const plannedKeyId = "the new key";

function recordPlanned(facts: RotationFacts, step: Step): RunFacts {
  const run = recordResult(facts, step, { how: "done" });
  return step.do === "create" ? { ...run, createdKeyId: plannedKeyId } : run;
}

/** Returns the facts as AWS, the keychain and the journal would show them after the step. */
export function applyStep(facts: RotationFacts, step: Step): RotationFacts {
  const { current, keys, next, previous, now } = facts;
  const journal = facts.journal ?? emptyJournal(current ?? "", facts.graceSeconds);
  const at = now.toISOString();
  const withJournal = (change: Partial<typeof journal>) => ({
    ...facts,
    journal: { ...journal, ...change },
  });
  const withStatus = (id: string, status: ListedKey["status"]) =>
    keys.map((key) => (key.accessKeyId === id ? { ...key, status } : key));
  switch (step.do) {
    case "restore":
      return { ...facts, current: step.from === "previous" ? previous : next };
    case "record-intent":
      return withJournal({ listed: keys.map((key) => key.accessKeyId), newKeyId: undefined });
    case "create":
      return {
        ...facts,
        keys: [...keys, { accessKeyId: plannedKeyId, status: "Active", createdAt: now }],
      };
    case "store":
      return { ...withJournal({ newKeyId: step.key, madeAt: at }), next: step.key };
    case "switch":
      return {
        ...withJournal({ switchedAt: at }),
        previous: step.from,
        current: step.to,
        next: undefined,
      };
    case "update-references":
      return withJournal({ switchedAt: journal.switchedAt ?? at });
    case "copy-description":
      return withJournal({ description: "carried" });
    case "deactivate":
      return { ...withJournal({ deactivatedAt: at }), keys: withStatus(step.key, "Inactive") };
    case "check-sessions":
      return withJournal({ areSessionsTested: true });
    case "confirm-foreign-key":
    case "delete":
      return { ...facts, keys: keys.filter((key) => key.accessKeyId !== step.key) };
    case "start-undo":
      return withJournal({ isUndone: true, sessions: [], areSessionsTested: false });
    case "cancel-undo":
      return withJournal({ isUndone: undefined });
    case "reactivate":
      return { ...facts, keys: withStatus(step.key, "Active") };
    case "switch-back":
      return { ...facts, next: step.from, current: step.to, previous: undefined };
    case "clean-up":
    case "abandon":
      return { ...facts, journal: undefined, next: undefined, previous: undefined };
    default:
      return facts;
  }
}
