// The loop: look, decide, do, look again. What AWS's list cannot show yet is added to it as it was done;
// it is read anew where an answer was lost. Before the switch the first failure is the one that counts.

import { AwstError, isAwstError } from "../../model/errors.ts";
import type { ListedKey } from "../../model/key/access-key.ts";
import { keyItem, nextKeyItem, previousKeyItem } from "../../model/keychain/items.ts";
import {
  initialRunFacts,
  isSwitched,
  nextStep,
  type RotationFacts,
  type RotationRefusal,
  type RunFacts,
  rotatedKeysOf,
  type Step,
  type TakenStep,
} from "../../model/rotation/rotation.ts";
import { mayKeyStillAppear } from "../../model/rotation/rotation-journal.ts";
import {
  applyStep,
  plannedKeyId,
  planSteps,
  recordResult,
  resultOfError,
  type StepResult,
} from "../../model/rotation/step-results.ts";
import { type Waiting, waitingFor } from "../../output/rotation/rotation-report.ts";
import type { Needs } from "../../ports.ts";
import { noteAges } from "../key/key-ages.ts";
import {
  confirmForeignKey,
  copyDescription,
  createKey,
  deactivateOld,
  deleteOwnKey,
  isCodeOld,
  recordIntent,
  storeCreatedKey,
  verifyKey,
} from "./iam-steps.ts";
import {
  checkSessions,
  switchBack,
  switchKeys,
  updateReferences,
  whileNobodyTypes,
} from "./keychain-steps.ts";
import {
  openOwnIam,
  type RotationContext,
  type RotationNeeds,
  readAwsTime,
  readJournal,
  readKey,
  readOrRebuildJournal,
  readStoredKeys,
  recordStep,
  updateJournal,
  writeJournal,
  writeKey,
} from "./rotation-context.ts";
export type RotationRequest = Pick<RotationFacts, "request" | "graceSeconds" | "minimumAgeSeconds">;

export interface RotationRunResult {
  readonly start: RotationFacts;
  readonly end: RotationFacts;
  readonly steps: readonly TakenStep[];
  readonly waiting: readonly Waiting[];
  /** Nothing came of it, or something waits for more than the next code. */
  readonly failure: AwstError | undefined;
  /** The failure is one of asking AWS for the list or the new key: another session may do better. */
  readonly isOfCaller: boolean;
}

/** More steps than any rotation has. */
const stepsAtMost = 80;

/** Errors: those of the first look. */
export async function runRotation(
  context: RotationNeeds,
  hands: RotationContext,
  wish: RotationRequest,
): Promise<RotationRunResult> {
  let facts = await look(context, hands, wish, await list(context, hands), initialRunFacts);
  const start = facts;
  const steps: TakenStep[] = [];
  const waiting: Waiting[] = [];
  let failure: AwstError | undefined;
  let isOfCaller = false;
  for (let count = 0; count < stepsAtMost; count++) {
    const step = nextStep(facts);
    if (step.do === "end" || step.do === "refuse") {
      if (step.do === "refuse") failure ??= await rotationRefused(context, hands, facts, step.why);
      return { start, end: facts, steps, waiting, failure, isOfCaller };
    }
    context.debug(`rotation: ${step.do}`);
    try {
      const outcome = await performStep(context, hands, facts, step);
      if (!steps.includes(step)) steps.push(step);
      const run = recordResult(facts, step, outcome);
      const after = outcome.how === "denied" ? facts : applyStep(facts, step);
      const keys = step.do === "list-again" ? await list(context, hands) : after.keys;
      facts = await look(context, hands, wish, withMade(keys, hands), run);
      if (!run.isRollingBack && waiting.length === 0) failure = undefined;
    } catch (error) {
      if (!isAwstError(error)) throw error;
      context.debug(`rotation: ${step.do}: ${error.message}`);
      const keys = withMade(await list(context, hands).catch(() => facts.keys), hands);
      const seen = await look(context, hands, wish, keys, facts.run);
      const run = recordResult(seen, step, resultOfError(step, error));
      const isForward = isAfterSwitch(seen);
      const needsCode = await isForNewCode(context, hands, step, error);
      const isUnderWay = rotatedKeysOf(seen)?.new !== undefined;
      if (isUnderWay && run.failedSteps.includes(step.do))
        waiting.push(waitingFor(step, error, needsCode));
      if (!isForward && isInherited(seen, step)) hands.remarks.push(error.message);
      else if (!isForward || !needsCode) failure ??= error;
      isOfCaller = !isForward && step.do === "create" && needsCode;
      facts = { ...seen, run: { ...run, createdKeyId: inHand(hands) } };
    }
  }
  throw new Error(`a rotation does not end: ${steps.map((step) => step.do).join(" ")}`);
}

/** What would be done if all went well. */
export async function planRotation(
  context: RotationNeeds,
  hands: RotationContext,
  wish: RotationRequest,
): Promise<RotationRunResult> {
  const start = await look(context, hands, wish, await list(context, hands), initialRunFacts);
  const steps: TakenStep[] = [];
  let failure: AwstError | undefined;
  for (const step of planSteps(start)) {
    if (step.do === "refuse") failure = await rotationRefused(context, hands, start, step.why);
    else if (step.do !== "end") steps.push(step);
  }
  return { start, end: start, steps, waiting: [], failure, isOfCaller: false };
}

function isAfterSwitch(facts: RotationFacts): boolean {
  const pair = rotatedKeysOf(facts);
  return pair !== undefined && isSwitched(facts, pair);
}

/** A key that an earlier run made, and that something took back already: no failure of this one. */
function isInherited(facts: RotationFacts, step: TakenStep): boolean {
  return (
    step.do === "verify" && step.key === rotatedKeysOf(facts)?.new && facts.run.createAttempts === 0
  );
}

/** AWS no longer takes the session, or its code may be too old for the policy. */
async function isForNewCode(
  context: RotationNeeds,
  hands: RotationContext,
  step: TakenStep,
  error: AwstError,
): Promise<boolean> {
  if (step.do === "verify" || hands.session === undefined) return false;
  if (isAwstError(error, "AWS_SESSION_EXPIRED", "AWS_KEY_REJECTED")) return true;
  return isAwstError(error, "AWS_DENIED") && isCodeOld(context, hands);
}

async function list(context: RotationNeeds, hands: RotationContext): Promise<readonly ListedKey[]> {
  const iam = await openOwnIam(context, hands);
  const { keys, at } = await iam.listAccessKeys(hands.userName);
  hands.listedAt = at;
  await noteAges(context, keys);
  return keys;
}

async function look(
  context: RotationNeeds,
  hands: RotationContext,
  wish: RotationRequest,
  keys: readonly ListedKey[],
  run: RunFacts,
): Promise<RotationFacts> {
  const { current: held, next, previous } = await readStoredKeys(context, hands.identityContext);
  return {
    ...wish,
    now: await readAwsTime(context),
    keys,
    current: held?.accessKeyId,
    next: next?.accessKeyId,
    previous: previous?.accessKeyId,
    journal: await readJournal(context, hands.identityContext.identity.name),
    run: { ...run, createdKeyId: inHand(hands) },
  };
}

function inHand({ createdKey: made }: RotationContext): string | undefined {
  return made?.accessKeyId;
}

/** A list may not show the new key yet. */
function withMade(
  keys: readonly ListedKey[],
  { createdKey: made }: RotationContext,
): readonly ListedKey[] {
  const known = keys.filter((key) => key.accessKeyId !== plannedKeyId);
  if (made === undefined || known.some((key) => key.accessKeyId === made.accessKeyId)) return known;
  return [...known, { accessKeyId: made.accessKeyId, status: "Active", createdAt: made.at }];
}

type Way<Name> = (
  context: RotationNeeds,
  hands: RotationContext,
  step: Extract<Step, { readonly do: Name }>,
  facts: RotationFacts,
  // biome-ignore lint/suspicious/noConfusingVoidType: most steps end in nothing but being done
) => Promise<StepResult | void>;

type Doable = TakenStep["do"];

/** Errors: AwstError, as each step's. */
export async function performStep(
  context: RotationNeeds,
  hands: RotationContext,
  facts: RotationFacts,
  step: TakenStep,
): Promise<StepResult> {
  const way = ways[step.do] as Way<Doable>;
  return (await way(context, hands, step, facts)) ?? { how: "done" };
}

const ways: { readonly [Name in Doable]: Way<Name> } = {
  restore: async (context, { identityContext }, { from }) => {
    const { previous, next } = await readStoredKeys(context, identityContext);
    const key = from === "previous" ? previous : next;
    if (key) await writeKey(context, identityContext, keyItem(identityContext.identity.name), key);
  },
  "record-intent": (context, hands, _step, facts) => recordIntent(context, hands, facts),
  create: (context, hands) => createKey(context, hands),
  store: (context, hands) => storeCreatedKey(context, hands),
  verify: async (context, hands, { key }, facts) => {
    const isNew = key === rotatedKeysOf(facts)?.new || facts.journal?.isUndone === true;
    await verifyKey(context, hands, await readKey(context, hands.identityContext, key), { isNew });
  },
  switch: async (context, hands, { from, to }) => {
    await switchKeys(context, hands, from, to);
    await recordStep(context, hands, "key-switched", { from, to });
  },
  "update-references": (context, hands, { from, to }) => updateReferences(context, hands, from, to),
  "copy-description": (context, hands, { from, to }) => copyDescription(context, hands, from, to),
  deactivate: (context, hands, { key }) =>
    whileNobodyTypes(context, hands, () => deactivateOld(context, hands, key)),
  "check-sessions": async (context, hands, { key }) => {
    const { dropped } = await checkSessions(context, hands, key);
    await updateJournal(context, hands, () => ({ areSessionsTested: true }));
    if (dropped > 0) {
      hands.remarks.push(`AWS ended the sessions made with ${key}: the next use needs a code`);
    }
  },
  delete: deleteOwnKey,
  "list-again": (context, _hands, _step, { run }) =>
    context.sleep(Math.min(4_000, 500 * 2 ** run.listRetries)),
  "check-last-use": async (context, hands, { key }) => {
    const iam = await openOwnIam(context, hands);
    try {
      const { usedAt } = await iam.lastUseOf(key);
      return { how: usedAt === undefined ? "done" : "used" };
    } catch (error) {
      if (!isAwstError(error, "AWS_DENIED", "IAM_ABSENT")) throw error;
    }
  },
  "confirm-foreign-key": (context, hands, { key }, facts) =>
    confirmForeignKey(context, hands, facts, key),
  "start-undo": async (context, hands) => {
    await writeJournal(context, hands.identityContext.identity.name, {
      ...(await readOrRebuildJournal(context, hands)),
      isUndone: true,
      sessions: [],
      areSessionsTested: false,
    });
  },
  "cancel-undo": (context, hands) =>
    updateJournal(context, hands, () => ({ isUndone: false, areSessionsTested: false })),
  reactivate: async (context, hands, { key }) => {
    const iam = await openOwnIam(context, hands);
    await iam.setAccessKeyStatus(hands.userName, key, "Active");
    await recordStep(context, hands, "key-activated", { accessKeyId: key });
  },
  "switch-back": async (context, hands, { from, to }) => {
    await switchBack(context, hands, from, to);
    await recordStep(context, hands, "key-switched-back", { from, to });
  },
  "clean-up": async (context, hands, _step, facts) => {
    await removeCopies(hands);
    await updateJournal(context, hands, (journal) => {
      const isUnsure = facts.run.absent.includes(journal.newKeyId ?? "");
      const intents = [...journal.intents, ...(isUnsure && journal.madeAt ? [journal.madeAt] : [])];
      if (!mayKeyStillAppear({ ...journal, intents }, facts.now)) return undefined;
      const { current: held = journal.oldKeyId } = facts;
      return { ...blank, oldKeyId: held, listed: [held], intents, sessions: [] };
    });
  },
  abandon: async (context, hands, _step, { keys, current: held }) => {
    await removeCopies(hands);
    await updateJournal(context, hands, () => undefined);
    for (const { accessKeyId: id } of keys.filter((key) => key.accessKeyId !== held)) {
      hands.remarks.push(
        `another key was put in by hand, so the rotation is over; ${id} stays at AWS: awst key delete ${id}`,
      );
    }
  },
};

const blank = {
  newKeyId: undefined,
  madeAt: undefined,
  switchedAt: undefined,
  deactivatedAt: undefined,
  isDeactivationDenied: undefined,
  description: undefined,
  areSessionsTested: undefined,
  isUndone: undefined,
};

async function removeCopies({ identityContext }: RotationContext): Promise<void> {
  const { name } = identityContext.identity;
  await identityContext.keychain.remove(nextKeyItem(name));
  await identityContext.keychain.remove(previousKeyItem(name));
}

/** The error, not thrown. */
export async function rotationRefused(
  context: Needs<"debug">,
  { identityContext, userName }: RotationContext,
  facts: RotationFacts,
  why: RotationRefusal,
): Promise<AwstError> {
  context.debug(`rotation: refused: ${why}`);
  const held = facts.current ?? identityContext.key.accessKeyId;
  const old = rotatedKeysOf(facts)?.old;
  switch (why) {
    case "key-absent":
      return new AwstError(
        "KEY_MISSING",
        `the keychain has no key of "${identityContext.identity.name}"`,
        {
          hint: identityContext.key.source === "profile" ? "awst key import" : "awst key add",
        },
      );
    case "key-unlisted":
      return new AwstError(
        "AWS_FAILED",
        `AWS takes ${held}, and does not list it for ${userName}`,
        {
          hint: "a new key is listed a little later: try again in a minute",
        },
      );
    case "key-inactive":
      return deactivatedElsewhere(facts, held);
    case "nothing-to-undo":
      return new AwstError("IAM_ABSENT", `there is no rotation of ${held} to undo`);
    case "cannot-undo":
      return new AwstError("IAM_ABSENT", `${old} cannot be had again: ${held} stays the key`);
  }
}

/** A younger key that works beside it is what a rotation leaves. */
function deactivatedElsewhere({ keys }: RotationFacts, held: string): AwstError {
  const madeAt = keys.find((key) => key.accessKeyId === held)?.createdAt ?? new Date(0);
  const heir = keys.find(({ status, createdAt }) => status === "Active" && createdAt > madeAt);
  if (heir === undefined) {
    return new AwstError("AWS_KEY_REJECTED", `${held} was deactivated by somebody else`, {
      hint: `awst key activate ${held}`,
    });
  }
  const message = `${held} was deactivated, and ${heir.accessKeyId} is newer: it looks rotated on another machine`;
  return new AwstError("AWS_KEY_REJECTED", message, {
    hint: "put the key that works in with: awst key add; or, on that machine: awst key rotate --undo",
  });
}
