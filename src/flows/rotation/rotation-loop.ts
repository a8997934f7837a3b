// The loop of a rotation: observe, decide (`nextStep`), perform, and again until nothing is left to do.
// Before the switch the first failure starts the rollback and is the one that is reported.

import { AwstError, isAwstError } from "../../model/errors.ts";
import type { ListedKey } from "../../model/key/access-key.ts";
import {
  initialRunFacts,
  isSwitched,
  nextStep,
  type RotationFacts,
  type RotationRefusal,
  type RunFacts,
  rotatedKeysOf,
  type TakenStep,
} from "../../model/rotation/rotation.ts";
import {
  applyStep,
  plannedKeyId,
  planSteps,
  recordResult,
  resultOfError,
  type StepResult,
} from "../../model/rotation/step-results.ts";
import { type Waiting, waitingFor } from "../../output/rotation/rotation-report.ts";
import type { Context } from "../../ports.ts";
import {
  checkLastUse,
  confirmEarlyDeletion,
  confirmForeignKey,
  copyDescription,
  createKey,
  deactivateOldKey,
  deleteOwnKey,
  isCodeOld,
  listKeys,
  reactivateKey,
  recordIntent,
  verifyKey,
} from "./iam-steps.ts";
import {
  abandonRotation,
  checkSessions,
  cleanUp,
  restoreKey,
  startUndo,
  storeCreatedKey,
  switchKeyInUse,
  updateReferences,
} from "./keychain-steps.ts";
import {
  discardUnsealedJournal,
  type RotationContext,
  readJournal,
  readStoredKey,
  readStoredKeys,
  updateJournal,
} from "./rotation-context.ts";

export type RotationRequest = Pick<
  RotationFacts,
  "request" | "graceSeconds" | "minimumAgeSeconds" | "earlyDeletion"
>;

export interface RotationResult {
  readonly start: RotationFacts;
  readonly end: RotationFacts;
  readonly steps: readonly TakenStep[];
  readonly waiting: readonly Waiting[];
  /** The rotation failed, or a step waits for more than the next MFA code. */
  readonly failure: AwstError | undefined;
  /** AWS refused the session before anything changed: a session with a newer code may succeed. */
  readonly needsNewCode: boolean;
}

/** More than any rotation takes. */
const maxSteps = 80;

/** Performs steps until none is left. Errors: those of the first observation. */
export async function runRotation(
  context: Context,
  rotation: RotationContext,
  request: RotationRequest,
): Promise<RotationResult> {
  await discardUnsealedJournal(context, rotation);
  const keys = await listKeys(context, rotation);
  const start = await observe(context, rotation, request, keys, initialRunFacts);
  let facts = start;
  const steps: TakenStep[] = [];
  const waiting: Waiting[] = [];
  let failure: AwstError | undefined;
  let needsNewCode = false;
  for (let count = 0; count < maxSteps; count++) {
    const step = nextStep(facts);
    if (step.do === "end" || step.do === "refuse") {
      if (step.do === "refuse") failure ??= refusalError(context, rotation, facts, step.why);
      return { start, end: facts, steps, waiting, failure, needsNewCode };
    }
    context.debug(`rotation: ${step.do}`);
    try {
      const result = await performStep(context, rotation, step, facts);
      if (!steps.includes(step)) steps.push(step);
      const run = recordResult(facts, step, result);
      // ListAccessKeys may not show the change yet, so the step is applied to the last list.
      const known = result.how === "denied" ? facts.keys : applyStep(facts, step).keys;
      const listed = step.do === "list-again" ? await listKeys(context, rotation) : known;
      facts = await observe(context, rotation, request, listed, run);
      if (!run.isRollingBack && waiting.length === 0) failure = undefined;
    } catch (error) {
      if (!isAwstError(error)) throw error;
      context.debug(`rotation: ${step.do}: ${error.message}`);
      const listed = await listKeys(context, rotation).catch(() => facts.keys);
      const seen = await observe(context, rotation, request, listed, facts.run);
      const run = recordResult(seen, step, resultOfError(step, error));
      const isForward = isAfterSwitch(seen);
      const isForNewCode = mayNewCodeHelp(context, rotation, step, error);
      // A rotation that the user did not want is no work that is left.
      const isQuestion = step.do === "confirm-early-deletion";
      if (
        !isQuestion &&
        rotatedKeysOf(seen)?.new !== undefined &&
        run.failedSteps.includes(step.do)
      ) {
        waiting.push(waitingFor(step, error, isForNewCode));
      }
      if (!isForward && isVerifyingEarlierKey(seen, step)) rotation.remarks.push(error.message);
      else if (!isForward || !isForNewCode) failure ??= error;
      needsNewCode = !isForward && step.do === "create" && isForNewCode;
      facts = { ...seen, run: { ...run, createdKeyId: rotation.createdKey?.accessKeyId } };
    }
  }
  throw new Error(`the rotation does not end: ${steps.map((step) => step.do).join(" ")}`);
}

/** Returns the steps of a run without a failure, and performs none: `--dry-run`. */
export async function planRotation(
  context: Context,
  rotation: RotationContext,
  request: RotationRequest,
): Promise<RotationResult> {
  const keys = await listKeys(context, rotation);
  const start = await observe(context, rotation, request, keys, initialRunFacts);
  const steps: TakenStep[] = [];
  let failure: AwstError | undefined;
  for (const step of planSteps(start)) {
    if (step.do === "refuse") failure = refusalError(context, rotation, start, step.why);
    else if (step.do !== "end") steps.push(step);
  }
  return { start, end: start, steps, waiting: [], failure, needsNewCode: false };
}

async function observe(
  context: Context,
  rotation: RotationContext,
  request: RotationRequest,
  keys: readonly ListedKey[],
  run: RunFacts,
): Promise<RotationFacts> {
  const { keychain, identity } = rotation.identityContext;
  const { current, next, previous } = await readStoredKeys(keychain, identity.name);
  return {
    ...request,
    now: context.clock().awsNow,
    keys: withCreatedKey(keys, rotation),
    current: current?.accessKeyId,
    next: next?.accessKeyId,
    previous: previous?.accessKeyId,
    journal: await readJournal(context, rotation),
    run: { ...run, createdKeyId: rotation.createdKey?.accessKeyId },
  };
}

/** ListAccessKeys may not show the new key yet. */
function withCreatedKey(
  keys: readonly ListedKey[],
  { createdKey }: RotationContext,
): readonly ListedKey[] {
  const listed = keys.filter((key) => key.accessKeyId !== plannedKeyId);
  if (createdKey === undefined) return listed;
  const { accessKeyId, at } = createdKey;
  if (listed.some((key) => key.accessKeyId === accessKeyId)) return listed;
  return [...listed, { accessKeyId, status: "Active", createdAt: at }];
}

function isAfterSwitch(facts: RotationFacts): boolean {
  const pair = rotatedKeysOf(facts);
  return pair !== undefined && isSwitched(facts, pair);
}

/** An earlier run created the key, and it was deleted since: that is no failure of this run. */
function isVerifyingEarlierKey(facts: RotationFacts, step: TakenStep): boolean {
  const isNewKey = step.do === "verify" && step.key === rotatedKeysOf(facts)?.new;
  return isNewKey && facts.run.createAttempts === 0;
}

/** AWS no longer accepts the session, or a policy demands a newer code. */
function mayNewCodeHelp(
  context: Context,
  rotation: RotationContext,
  step: TakenStep,
  error: AwstError,
): boolean {
  if (step.do === "verify" || rotation.session === undefined) return false;
  if (isAwstError(error, "AWS_SESSION_EXPIRED", "AWS_KEY_REJECTED")) return true;
  return isAwstError(error, "AWS_DENIED") && isCodeOld(context, rotation);
}

const done: StepResult = { how: "done" };

/** Errors: AwstError, as each step documents. */
async function performStep(
  context: Context,
  rotation: RotationContext,
  step: TakenStep,
  facts: RotationFacts,
): Promise<StepResult> {
  switch (step.do) {
    case "restore":
      await restoreKey(
        context,
        rotation.identityContext.keychain,
        rotation.identityContext.identity.name,
        step.from,
      );
      return done;
    case "record-intent":
      await recordIntent(context, rotation, facts);
      return done;
    case "create":
      await createKey(context, rotation);
      return done;
    case "store":
      await storeCreatedKey(context, rotation);
      return done;
    case "verify": {
      const isNew = step.key === rotatedKeysOf(facts)?.new || facts.journal?.isUndone === true;
      const key = await readStoredKey(rotation.identityContext, step.key);
      await verifyKey(context, rotation, key, { isNew });
      return done;
    }
    case "switch":
      await switchKeyInUse(context, rotation, { ...step, isUndo: false });
      return done;
    case "switch-back":
      await switchKeyInUse(context, rotation, { ...step, isUndo: true });
      return done;
    case "update-references":
      await updateReferences(context, rotation, step.from, step.to);
      return done;
    case "copy-description":
      await copyDescription(context, rotation, step.from, step.to);
      return done;
    case "deactivate":
      return deactivateOldKey(context, rotation, step.key);
    case "check-sessions":
      await checkSessions(context, rotation, step.key);
      return done;
    case "delete":
      return deleteOwnKey(context, rotation, step, facts);
    case "list-again":
      await context.sleep(Math.min(4_000, 500 * 2 ** facts.run.listRetries));
      return done;
    case "check-last-use":
      return checkLastUse(context, rotation, step.key);
    case "confirm-foreign-key":
      await confirmForeignKey(context, rotation, facts, step.key);
      return done;
    case "confirm-early-deletion":
      await confirmEarlyDeletion(context, rotation, facts, step.key);
      return done;
    case "start-undo":
      await startUndo(context, rotation);
      return done;
    case "cancel-undo":
      await updateJournal(context, rotation, () => ({ isUndone: false, areSessionsTested: false }));
      return done;
    case "reactivate":
      await reactivateKey(context, rotation, step.key);
      return done;
    case "clean-up":
      await cleanUp(context, rotation, facts);
      return done;
    case "abandon":
      await abandonRotation(context, rotation, facts);
      return done;
  }
}

function refusalError(
  context: Context,
  { identityContext, userName }: RotationContext,
  facts: RotationFacts,
  refusal: RotationRefusal,
): AwstError {
  context.debug(`rotation: refused: ${refusal}`);
  const { identity, key } = identityContext;
  const current = facts.current ?? key.accessKeyId;
  switch (refusal) {
    case "key-absent":
      return new AwstError("KEY_MISSING", `the keychain has no access key for "${identity.name}"`, {
        hint: key.source === "profile" ? "awst key import" : "awst key add",
      });
    case "key-unlisted":
      return new AwstError(
        "AWS_FAILED",
        `AWS accepts ${current} but does not list it for ${userName}`,
        {
          hint: "AWS lists a new key after some seconds: try again in a minute",
        },
      );
    case "key-inactive":
      return inactiveKeyError(facts, current);
    case "nothing-to-undo":
      return new AwstError("ROTATION_MISSING", `there is no rotation of ${current} to undo`);
    case "cannot-undo":
      return new AwstError(
        "IAM_ABSENT",
        `${rotatedKeysOf(facts)?.old} can't be restored: ${current} stays in use`,
      );
  }
}

/** A rotation on another machine leaves a newer active key beside an inactive one. */
function inactiveKeyError({ keys }: RotationFacts, current: string): AwstError {
  const createdAt = keys.find((key) => key.accessKeyId === current)?.createdAt ?? new Date(0);
  const newer = keys.find((key) => key.status === "Active" && key.createdAt > createdAt);
  if (newer === undefined) {
    return new AwstError("AWS_KEY_REJECTED", `${current} is inactive; awst did not deactivate it`, {
      hint: `awst key activate ${current}`,
    });
  }
  const message = `${current} is inactive and ${newer.accessKeyId} is newer: the key was probably rotated on another machine`;
  return new AwstError("AWS_KEY_REJECTED", message, {
    hint: "store the active key: awst key add; or, on that machine: awst key rotate --undo",
  });
}
