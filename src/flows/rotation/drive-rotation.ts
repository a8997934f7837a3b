// The loop: look, decide, do, look again. What AWS's list cannot show yet is added to it as it was done;
// it is read anew where an answer was lost. Before the switch the first failure is the one that counts.

import { AwstError, isAwstError } from "../../model/errors.ts";
import type { ListedKey } from "../../model/key/listed-key.ts";
import { keyItem, nextKeyItem, previousKeyItem } from "../../model/keychain/items.ts";
import { nextStep } from "../../model/rotation/rotation.ts";
import {
  isSwitched,
  newRun,
  pairOf,
  type Refusal,
  type RotationFacts,
  type RunFacts,
  type Step,
  type TakenStep,
} from "../../model/rotation/rotation-facts.ts";
import { mayComeToLight } from "../../model/rotation/rotation-journal.ts";
import {
  afterStep,
  failedWith,
  type Outcome,
  planSteps,
  remember,
  unmadeKey,
} from "../../model/rotation/rotation-memory.ts";
import { type Waiting, waitingFor } from "../../output/rotation/rotation-report.ts";
import type { Needs } from "../../ports.ts";
import { noteAges } from "../key/key-ages.ts";
import {
  askAboutKey,
  carryDescription,
  createKey,
  deactivateOld,
  deleteOwn,
  isCodeOld,
  proveKey,
  recordIntent,
  storeKeyMade,
} from "./create-key.ts";
import {
  askClock,
  beginJournal,
  changeJournal,
  type Hands,
  openJournal,
  openOwnIam,
  putKey,
  type RotationNeeds,
  readJournal,
  readKeptKeys,
  readKey,
  recordStep,
} from "./rotation-hands.ts";
import { noteKeys, switchBack, switchKeys, testSessions, whileNobodyTypes } from "./switch-keys.ts";
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
  context: RotationNeeds,
  hands: Hands,
  wish: Wish,
): Promise<Driven> {
  let facts = await look(context, hands, wish, await list(context, hands), newRun);
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
      const outcome = await takeStep(context, hands, facts, step);
      if (!steps.includes(step)) steps.push(step);
      const run = remember(facts, step, outcome);
      const after = outcome.how === "denied" ? facts : afterStep(facts, step);
      const keys = step.do === "look-again" ? await list(context, hands) : after.keys;
      facts = await look(context, hands, wish, withMade(keys, hands), run);
      if (!run.isGoingBack && waiting.length === 0) failure = undefined;
    } catch (error) {
      if (!isAwstError(error)) throw error;
      context.debug(`rotation: ${step.do}: ${error.message}`);
      const keys = withMade(await list(context, hands).catch(() => facts.keys), hands);
      const seen = await look(context, hands, wish, keys, facts.run);
      const run = remember(seen, step, failedWith(step, error));
      const isForward = isAfterSwitch(seen);
      const needsCode = await isForNewCode(context, hands, step, error);
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
  context: RotationNeeds,
  hands: Hands,
  wish: Wish,
): Promise<Driven> {
  const start = await look(context, hands, wish, await list(context, hands), newRun);
  const steps: TakenStep[] = [];
  let failure: AwstError | undefined;
  for (const step of planSteps(start)) {
    if (step.do === "refuse") failure = await rotationRefused(context, hands, start, step.why);
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
  context: RotationNeeds,
  hands: Hands,
  step: TakenStep,
  error: AwstError,
): Promise<boolean> {
  if (step.do === "prove" || hands.session === undefined) return false;
  if (isAwstError(error, "AWS_SESSION_EXPIRED", "AWS_KEY_REJECTED")) return true;
  return isAwstError(error, "AWS_DENIED") && isCodeOld(context, hands);
}

async function list(context: RotationNeeds, hands: Hands): Promise<readonly ListedKey[]> {
  const iam = await openOwnIam(context, hands);
  const { keys, at } = await iam.listAccessKeys(hands.userName);
  hands.listedAt = at;
  await noteAges(context, keys);
  return keys;
}

async function look(
  context: RotationNeeds,
  hands: Hands,
  wish: Wish,
  keys: readonly ListedKey[],
  run: RunFacts,
): Promise<RotationFacts> {
  const { held, next, previous } = await readKeptKeys(context, hands.identityContext);
  return {
    ...wish,
    now: await askClock(context),
    keys,
    held: held?.accessKeyId,
    next: next?.accessKeyId,
    previous: previous?.accessKeyId,
    journal: await readJournal(context, hands.identityContext.identity.name),
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

type Way<Name> = (
  context: RotationNeeds,
  hands: Hands,
  step: Extract<Step, { readonly do: Name }>,
  facts: RotationFacts,
  // biome-ignore lint/suspicious/noConfusingVoidType: most steps end in nothing but being done
) => Promise<Outcome | void>;

type Doable = TakenStep["do"];

/** Errors: AwstError, as each step's. */
export async function takeStep(
  context: RotationNeeds,
  hands: Hands,
  facts: RotationFacts,
  step: TakenStep,
): Promise<Outcome> {
  const way = ways[step.do] as Way<Doable>;
  return (await way(context, hands, step, facts)) ?? { how: "done" };
}

const ways: { readonly [Name in Doable]: Way<Name> } = {
  restore: async (context, { identityContext }, { from }) => {
    const { previous, next } = await readKeptKeys(context, identityContext);
    const key = from === "previous" ? previous : next;
    if (key) await putKey(context, identityContext, keyItem(identityContext.identity.name), key);
  },
  begin: (context, hands, _step, facts) => recordIntent(context, hands, facts),
  create: (context, hands) => createKey(context, hands),
  store: (context, hands) => storeKeyMade(context, hands),
  prove: async (context, hands, { key }, facts) => {
    const isNew = key === pairOf(facts)?.made || facts.journal?.isUndone === true;
    await proveKey(context, hands, await readKey(context, hands.identityContext, key), { isNew });
  },
  switch: async (context, hands, { from, to }) => {
    await switchKeys(context, hands, from, to);
    await recordStep(context, hands, "key-switched", { from, to });
  },
  note: (context, hands, { from, to }) => noteKeys(context, hands, from, to),
  "carry-description": (context, hands, { from, to }) => carryDescription(context, hands, from, to),
  deactivate: (context, hands, { key }) =>
    whileNobodyTypes(context, hands, () => deactivateOld(context, hands, key)),
  "test-sessions": async (context, hands, { key }) => {
    const { dropped } = await testSessions(context, hands, key);
    await changeJournal(context, hands, () => ({ areSessionsTested: true }));
    if (dropped > 0) {
      hands.remarks.push(`AWS ended the sessions made with ${key}: the next use needs a code`);
    }
  },
  delete: deleteOwn,
  "look-again": (context, _hands, _step, { run }) =>
    context.sleep(Math.min(4_000, 500 * 2 ** run.looks)),
  "look-up-use": async (context, hands, { key }) => {
    const iam = await openOwnIam(context, hands);
    try {
      const { usedAt } = await iam.lastUseOf(key);
      return { how: usedAt === undefined ? "done" : "used" };
    } catch (error) {
      if (!isAwstError(error, "AWS_DENIED", "IAM_ABSENT")) throw error;
    }
  },
  "ask-about": (context, hands, { key }, facts) => askAboutKey(context, hands, facts, key),
  "turn-back": async (context, hands) => {
    await beginJournal(context, hands.identityContext.identity.name, {
      ...(await openJournal(context, hands)),
      isUndone: true,
      sessions: [],
      areSessionsTested: false,
    });
  },
  "give-up-undo": (context, hands) =>
    changeJournal(context, hands, () => ({ isUndone: false, areSessionsTested: false })),
  reactivate: async (context, hands, { key }) => {
    const iam = await openOwnIam(context, hands);
    await iam.setAccessKeyStatus(hands.userName, key, "Active");
    await recordStep(context, hands, "key-activated", { accessKeyId: key });
  },
  "switch-back": async (context, hands, { from, to }) => {
    await switchBack(context, hands, from, to);
    await recordStep(context, hands, "key-switched-back", { from, to });
  },
  forget: async (context, hands, _step, facts) => {
    await removeCopies(hands);
    await changeJournal(context, hands, (journal) => {
      const isUnsure = facts.run.absent.includes(journal.newKeyId ?? "");
      const intents = [...journal.intents, ...(isUnsure && journal.madeAt ? [journal.madeAt] : [])];
      if (!mayComeToLight({ ...journal, intents }, facts.now)) return undefined;
      const { held = journal.oldKeyId } = facts;
      return { ...blank, oldKeyId: held, listed: [held], intents, sessions: [] };
    });
  },
  "set-aside": async (context, hands, _step, { keys, held }) => {
    await removeCopies(hands);
    await changeJournal(context, hands, () => undefined);
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

async function removeCopies({ identityContext }: Hands): Promise<void> {
  const { name } = identityContext.identity;
  await identityContext.keychain.remove(nextKeyItem(name));
  await identityContext.keychain.remove(previousKeyItem(name));
}

/** The error, not thrown. */
export async function rotationRefused(
  context: Needs<"debug">,
  { identityContext, userName }: Hands,
  facts: RotationFacts,
  why: Refusal,
): Promise<AwstError> {
  context.debug(`rotation: refused: ${why}`);
  const held = facts.held ?? identityContext.key.accessKeyId;
  const old = pairOf(facts)?.old;
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
