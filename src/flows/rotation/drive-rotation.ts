// The loop: look, decide, do, look again. What AWS's list cannot show yet is added to it as it was done;
// it is read anew where an answer was lost. Before the switch the first failure is the one that counts.

import { type AwstError, isAwstError } from "../../model/errors.ts";
import type { ListedKey } from "../../model/key/listed-key.ts";
import { nextStep } from "../../model/rotation/rotation.ts";
import {
  isSwitched,
  newRun,
  pairOf,
  type RotationFacts,
  type RunFacts,
  type TakenStep,
} from "../../model/rotation/rotation-facts.ts";
import {
  afterStep,
  failedWith,
  planSteps,
  remember,
  unmadeKey,
} from "../../model/rotation/rotation-memory.ts";
import { type Waiting, waitingFor } from "../../model/rotation/rotation-report.ts";
import { noteAges } from "../key/key-ages.ts";
import { rotationRefused } from "./refuse-rotation.ts";
import { isCodeOld } from "./retire-key.ts";
import {
  askClock,
  type Hands,
  openOwnIam,
  type RotationNeeds,
  readJournal,
  readKeptKeys,
} from "./rotation-hands.ts";
import { takeStep } from "./rotation-steps.ts";

export type Wish = Pick<RotationFacts, "wish" | "graceSeconds" | "minimumAgeSeconds">;

export interface Driven {
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
export async function driveRotation(
  world: RotationNeeds,
  hands: Hands,
  wish: Wish,
): Promise<Driven> {
  let facts = await look(world, hands, wish, await list(world, hands), newRun);
  const start = facts;
  const steps: TakenStep[] = [];
  const waiting: Waiting[] = [];
  let failure: AwstError | undefined;
  let isOfCaller = false;
  for (let count = 0; count < stepsAtMost; count++) {
    const step = nextStep(facts);
    if (step.do === "end" || step.do === "refuse") {
      if (step.do === "refuse") failure ??= await rotationRefused(world, hands, facts, step.why);
      return { start, end: facts, steps, waiting, failure, isOfCaller };
    }
    world.debug(`rotation: ${step.do}`);
    try {
      const outcome = await takeStep(world, hands, facts, step);
      if (!steps.includes(step)) steps.push(step);
      const run = remember(facts, step, outcome);
      const after = outcome.how === "denied" ? facts : afterStep(facts, step);
      const keys = step.do === "look-again" ? await list(world, hands) : after.keys;
      facts = await look(world, hands, wish, withMade(keys, hands), run);
      if (!run.isGoingBack && waiting.length === 0) failure = undefined;
    } catch (error) {
      if (!isAwstError(error)) throw error;
      world.debug(`rotation: ${step.do}: ${error.message}`);
      const keys = withMade(await list(world, hands).catch(() => facts.keys), hands);
      const seen = await look(world, hands, wish, keys, facts.run);
      const run = remember(seen, step, failedWith(step, error));
      const isForward = isAfterSwitch(seen);
      const needsCode = await isForNewCode(world, hands, step, error);
      const isUnderWay = pairOf(seen)?.made !== undefined;
      if (isUnderWay && run.stuck.includes(step.do))
        waiting.push(waitingFor(step, error, needsCode));
      if (!isForward && isInherited(seen, step)) hands.remarks.push(error.message);
      else if (!isForward || !needsCode) failure ??= error;
      isOfCaller = !isForward && step.do === "create" && needsCode;
      facts = { ...seen, run: { ...run, inHand: inHand(hands) } };
    }
  }
  throw new Error(`a rotation does not end: ${steps.map((step) => step.do).join(" ")}`);
}

/** What would be done if all went well. */
export async function planRotation(
  world: RotationNeeds,
  hands: Hands,
  wish: Wish,
): Promise<Driven> {
  const start = await look(world, hands, wish, await list(world, hands), newRun);
  const steps: TakenStep[] = [];
  let failure: AwstError | undefined;
  for (const step of planSteps(start)) {
    if (step.do === "refuse") failure = await rotationRefused(world, hands, start, step.why);
    else if (step.do !== "end") steps.push(step);
  }
  return { start, end: start, steps, waiting: [], failure, isOfCaller: false };
}

function isAfterSwitch(facts: RotationFacts): boolean {
  const pair = pairOf(facts);
  return pair !== undefined && isSwitched(facts, pair);
}

/** A key that an earlier run made, and that something took back already: no failure of this one. */
function isInherited(facts: RotationFacts, step: TakenStep): boolean {
  return step.do === "prove" && step.key === pairOf(facts)?.made && facts.run.creates === 0;
}

/** AWS no longer takes the session, or its code may be too old for the policy. */
async function isForNewCode(
  world: RotationNeeds,
  hands: Hands,
  step: TakenStep,
  error: AwstError,
): Promise<boolean> {
  if (step.do === "prove" || hands.session === undefined) return false;
  if (isAwstError(error, "AWS_SESSION_EXPIRED", "AWS_KEY_REJECTED")) return true;
  return isAwstError(error, "AWS_DENIED") && isCodeOld(world, hands);
}

async function list(world: RotationNeeds, hands: Hands): Promise<readonly ListedKey[]> {
  const iam = await openOwnIam(world, hands);
  const { keys, at } = await iam.listAccessKeys(hands.userName);
  hands.listedAt = at;
  await noteAges(world, keys);
  return keys;
}

async function look(
  world: RotationNeeds,
  hands: Hands,
  wish: Wish,
  keys: readonly ListedKey[],
  run: RunFacts,
): Promise<RotationFacts> {
  const { held, next, previous } = await readKeptKeys(world, hands.caller);
  return {
    ...wish,
    now: await askClock(world),
    keys,
    held: held?.accessKeyId,
    next: next?.accessKeyId,
    previous: previous?.accessKeyId,
    journal: await readJournal(world, hands.caller.identity.name),
    run: { ...run, inHand: inHand(hands) },
  };
}

function inHand({ made }: Hands): string | undefined {
  return made?.accessKeyId;
}

/** A list may not show the new key yet. */
function withMade(keys: readonly ListedKey[], { made }: Hands): readonly ListedKey[] {
  const known = keys.filter((key) => key.accessKeyId !== unmadeKey);
  if (made === undefined || known.some((key) => key.accessKeyId === made.accessKeyId)) return known;
  return [...known, { accessKeyId: made.accessKeyId, status: "Active", createdAt: made.at }];
}
