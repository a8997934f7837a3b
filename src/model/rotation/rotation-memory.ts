// What a step leaves behind: in the memory of this run, and, for the steps of a `--dry-run`, in the facts
// as they would then be observed.

import { type AwstError, isAwstError } from "../errors.ts";
import type { ListedKey } from "../key/listed-key.ts";
import { nextStep } from "./rotation.ts";
import { pairOf, type RotationFacts, type RunFacts, type Step } from "./rotation-facts.ts";
import { emptyJournal } from "./rotation-journal.ts";

export type Outcome =
  | { readonly how: "done" }
  /** `absent`: of `delete`, AWS knew no such key. `used`: of `look-up-use`, somebody used it. `denied`: of
   *  `deactivate`, for good, so that it is left out. */
  | { readonly how: "absent" | "used" | "denied" }
  /** `create`: what became of a create. `isRejected`: AWS does not take the key that was tried. */
  | {
      readonly how: "failed";
      readonly create?: RunFacts["create"];
      readonly isRejected?: boolean;
    };

/** `step` ended in this error. */
export function failedWith(step: Step, error: AwstError): Outcome {
  const isRejected = isAwstError(error, "AWS_KEY_REJECTED", "AWS_SECRET_WRONG");
  if (step.do === "prove") return { how: "failed", isRejected };
  if (step.do !== "create") return { how: "failed" };
  if (error.fate !== "nothing-done") return { how: "failed", create: "unknown" };
  return { how: "failed", create: error.code === "IAM_QUOTA" ? "quota" : "nothing-done" };
}

/** Creates in one run: a second one after what a lost answer left was taken away. */
const createsAtMost = 2;

export function remember(facts: RotationFacts, step: Step, outcome: Outcome): RunFacts {
  if (outcome.how === "failed") return rememberFailure(facts, step, outcome);
  return rememberDone({ ...facts.run, did: [...facts.run.did, step.do] }, step, outcome);
}

function rememberDone(run: RunFacts, step: Step, outcome: Outcome): RunFacts {
  switch (step.do) {
    case "begin":
      return { ...run, isBegun: true, did: [] };
    case "create":
      return { ...run, isBegun: false, creates: run.creates + 1, create: undefined };
    case "store":
      return { ...run, inHand: undefined };
    case "prove":
      return { ...run, proved: [...run.proved, step.key] };
    case "switch":
    case "switch-back":
      return { ...run, isNoted: true, isServed: true };
    case "note":
      return { ...run, isNoted: true };
    case "deactivate":
    case "carry-description":
    case "test-sessions":
      return { ...run, isServed: true };
    case "turn-back":
      return { ...run, isNoted: false };
    case "look-again":
      return { ...run, looks: run.looks + 1 };
    case "look-up-use":
      return { ...run, use: outcome.how === "used" ? "used" : "unused" };
    case "ask-about":
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
  const mayTryAgain = run.creates < createsAtMost;
  const again = { isGoingBack: false, create: undefined, isBegun: false } as const;
  return { ...gone, use: "unasked", ...(mayTryAgain && again) };
}

function rememberFailure(
  facts: RotationFacts,
  step: Step,
  { create, isRejected }: Outcome & { readonly how: "failed" },
): RunFacts {
  const { run } = facts;
  const pair = pairOf(facts);
  const isBefore = facts.held === pair?.old || pair === undefined;
  const isWayOfReturn = ["begin", "create", "store", "switch"].includes(step.do);
  const isOfNewKey = step.do === "prove" && step.key === pair?.made;
  const goesBack = isBefore && !run.isGoingBack && (isWayOfReturn || isOfNewKey);
  const key = "key" in step ? step.key : "";
  return {
    ...run,
    isGoingBack: run.isGoingBack || isBefore,
    stuck: goesBack ? run.stuck : [...run.stuck, step.do],
    rejected: isRejected ? [...run.rejected, key] : run.rejected,
    looks: step.do === "look-again" ? run.looks + 1 : run.looks,
    ...(step.do === "create" && { creates: run.creates + 1, create, isBegun: false }),
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
    facts = { ...afterStep(facts, step), run: rememberPlanned(facts, step) };
  }
  throw new Error(`the steps of a rotation do not end: ${steps.map((step) => step.do).join(" ")}`);
}

/** Stands for the id that AWS has not given yet. */
export const unmadeKey = "the new key";

function rememberPlanned(facts: RotationFacts, step: Step): RunFacts {
  const run = remember(facts, step, { how: "done" });
  return step.do === "create" ? { ...run, inHand: unmadeKey } : run;
}

/** The facts as AWS and the keychain would show them. */
export function afterStep(facts: RotationFacts, step: Step): RotationFacts {
  const { held, keys, next, previous, now } = facts;
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
      return { ...facts, held: step.from === "previous" ? previous : next };
    case "begin":
      return noted({ listed: keys.map((key) => key.accessKeyId), newKeyId: undefined });
    case "create":
      return {
        ...facts,
        keys: [...keys, { accessKeyId: unmadeKey, status: "Active", createdAt: now }],
      };
    case "store":
      return { ...noted({ newKeyId: step.key, madeAt: at }), next: step.key };
    case "switch":
      return { ...noted({ switchedAt: at }), previous: step.from, held: step.to, next: undefined };
    case "note":
      return noted({ switchedAt: journal.switchedAt ?? at });
    case "carry-description":
      return noted({ description: "carried" });
    case "deactivate":
      return { ...noted({ deactivatedAt: at }), keys: withStatus(step.key, "Inactive") };
    case "test-sessions":
      return noted({ areSessionsTested: true });
    case "ask-about":
    case "delete":
      return { ...facts, keys: keys.filter((key) => key.accessKeyId !== step.key) };
    case "turn-back":
      return noted({ isUndone: true, sessions: [], areSessionsTested: false });
    case "give-up-undo":
      return noted({ isUndone: undefined });
    case "reactivate":
      return { ...facts, keys: withStatus(step.key, "Active") };
    case "switch-back":
      return { ...facts, next: step.from, held: step.to, previous: undefined };
    case "forget":
    case "set-aside":
      return { ...facts, journal: undefined, next: undefined, previous: undefined };
    default:
      return facts;
  }
}
