// What a step leaves behind: in the memory of this run, and, for the steps of a `--dry-run`, in the facts
// as they would then be observed.

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
  /** `absent`: of `delete`, AWS knew no such key. `used`: of `look-up-use`, somebody used it. `denied`: of
   *  `deactivate`, for good, so that it is left out. */
  | { readonly how: "absent" | "used" | "denied" }
  /** `create`: what became of a create. `isRejected`: AWS does not take the key that was tried. */
  | {
      readonly how: "failed";
      readonly create?: RunFacts["createFailure"];
      readonly isRejected?: boolean;
    };

/** `step` ended in this error. */
export function resultOfError(step: Step, error: AwstError): StepResult {
  const isRejected = isAwstError(error, "AWS_KEY_REJECTED", "AWS_SECRET_WRONG");
  if (step.do === "verify") return { how: "failed", isRejected };
  if (step.do !== "create") return { how: "failed" };
  if (error.fate !== "nothing-done") return { how: "failed", create: "unknown" };
  return { how: "failed", create: error.code === "IAM_QUOTA" ? "quota" : "nothing-done" };
}

/** Creates in one run: a second one after what a lost answer left was taken away. */
const createsAtMost = 2;

export function recordResult(facts: RotationFacts, step: Step, outcome: StepResult): RunFacts {
  if (outcome.how === "failed") return rememberFailure(facts, step, outcome);
  return rememberDone(
    { ...facts.run, doneSteps: [...facts.run.doneSteps, step.do] },
    step,
    outcome,
  );
}

function rememberDone(run: RunFacts, step: Step, outcome: StepResult): RunFacts {
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
      return { ...run, lastUse: outcome.how === "used" ? "used" : "unused" };
    case "confirm-foreign-key":
      return { ...run, deleted: [...run.deleted, step.key] };
    case "delete":
      return rememberDeleted(run, step, outcome.how === "absent");
    default:
      return run;
  }
}

function rememberDeleted(
  run: RunFacts,
  step: Step & { readonly do: "delete" },
  isAbsent: boolean,
): RunFacts {
  const gone = isAbsent
    ? { ...run, absent: [...run.absent, step.key] }
    : { ...run, deleted: [...run.deleted, step.key] };
  if (step.whose !== "leftover") return gone;
  const mayTryAgain = run.createAttempts < createsAtMost;
  const again = { isGoingBack: false, create: undefined, isBegun: false } as const;
  return { ...gone, lastUse: "unasked", ...(mayTryAgain && again) };
}

function rememberFailure(
  facts: RotationFacts,
  step: Step,
  { create, isRejected }: StepResult & { readonly how: "failed" },
): RunFacts {
  const { run } = facts;
  const pair = rotatedKeysOf(facts);
  const isBefore = facts.current === pair?.old || pair === undefined;
  const isWayOfReturn = ["record-intent", "create", "store", "switch"].includes(step.do);
  const isOfNewKey = step.do === "verify" && step.key === pair?.new;
  const goesBack = isBefore && !run.isRollingBack && (isWayOfReturn || isOfNewKey);
  const key = "key" in step ? step.key : "";
  return {
    ...run,
    isRollingBack: run.isRollingBack || isBefore,
    failedSteps: goesBack ? run.failedSteps : [...run.failedSteps, step.do],
    rejected: isRejected ? [...run.rejected, key] : run.rejected,
    listRetries: step.do === "list-again" ? run.listRetries + 1 : run.listRetries,
    ...(step.do === "create" && {
      createAttempts: run.createAttempts + 1,
      createFailure: create,
      isIntentRecorded: false,
    }),
  };
}

/** The steps that would be taken if all went well: `--dry-run`. */
export function planSteps(start: RotationFacts): readonly Step[] {
  const steps: Step[] = [];
  for (let facts = start; steps.length < 60; ) {
    const step = nextStep(facts);
    if (step.do === "end" && steps.length > 0) return steps;
    steps.push(step);
    if (step.do === "end" || step.do === "refuse") return steps;
    facts = { ...applyStep(facts, step), run: rememberPlanned(facts, step) };
  }
  throw new Error(`the steps of a rotation do not end: ${steps.map((step) => step.do).join(" ")}`);
}

/** Stands for the id that AWS has not given yet. */
export const plannedKeyId = "the new key";

function rememberPlanned(facts: RotationFacts, step: Step): RunFacts {
  const run = recordResult(facts, step, { how: "done" });
  return step.do === "create" ? { ...run, createdKeyId: plannedKeyId } : run;
}

/** The facts as AWS and the keychain would show them. */
export function applyStep(facts: RotationFacts, step: Step): RotationFacts {
  const { current: held, keys, next, previous, now } = facts;
  const journal = facts.journal ?? emptyJournal(held ?? "", facts.graceSeconds);
  const at = now.toISOString();
  const noted = (change: Partial<typeof journal>) => ({
    ...facts,
    journal: { ...journal, ...change },
  });
  const withStatus = (id: string, status: ListedKey["status"]) =>
    keys.map((key) => (key.accessKeyId === id ? { ...key, status } : key));
  switch (step.do) {
    case "restore":
      return { ...facts, current: step.from === "previous" ? previous : next };
    case "record-intent":
      return noted({ listed: keys.map((key) => key.accessKeyId), newKeyId: undefined });
    case "create":
      return {
        ...facts,
        keys: [...keys, { accessKeyId: plannedKeyId, status: "Active", createdAt: now }],
      };
    case "store":
      return { ...noted({ newKeyId: step.key, madeAt: at }), next: step.key };
    case "switch":
      return {
        ...noted({ switchedAt: at }),
        previous: step.from,
        current: step.to,
        next: undefined,
      };
    case "update-references":
      return noted({ switchedAt: journal.switchedAt ?? at });
    case "copy-description":
      return noted({ description: "carried" });
    case "deactivate":
      return { ...noted({ deactivatedAt: at }), keys: withStatus(step.key, "Inactive") };
    case "check-sessions":
      return noted({ areSessionsTested: true });
    case "confirm-foreign-key":
    case "delete":
      return { ...facts, keys: keys.filter((key) => key.accessKeyId !== step.key) };
    case "start-undo":
      return noted({ isUndone: true, sessions: [], areSessionsTested: false });
    case "cancel-undo":
      return noted({ isUndone: undefined });
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
