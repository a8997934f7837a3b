// Each step of a rotation, done. What a step needs it looks up again: between two of them this process may
// have been killed, and another gone on.

import { isAwstError } from "../../model/errors.ts";
import { keyItem, nextKeyItem, previousKeyItem } from "../../model/keychain/items.ts";
import {
  pairOf,
  type RotationFacts,
  type Step,
  type TakenStep,
} from "../../model/rotation/rotation-facts.ts";
import { mayComeToLight } from "../../model/rotation/rotation-journal.ts";
import type { Outcome } from "../../model/rotation/rotation-memory.ts";
import { askAboutKey } from "./ask-about-key.ts";
import { carryDescription } from "./carry-description.ts";
import { createKey, recordIntent, storeKeyMade } from "./create-key.ts";
import { proveKey } from "./prove-key.ts";
import { deactivateOld, deleteOwn } from "./retire-key.ts";
import {
  beginJournal,
  changeJournal,
  type Hands,
  openJournal,
  openOwnIam,
  putKey,
  type RotationNeeds,
  readKeptKeys,
  readKey,
  recordStep,
} from "./rotation-hands.ts";
import { testSessions } from "./stamp-sessions.ts";
import { noteKeys, switchBack, switchKeys, whileNobodyTypes } from "./switch-keys.ts";

type Way<Name> = (
  world: RotationNeeds,
  hands: Hands,
  step: Extract<Step, { readonly do: Name }>,
  facts: RotationFacts,
  // biome-ignore lint/suspicious/noConfusingVoidType: most steps end in nothing but being done
) => Promise<Outcome | void>;

type Doable = TakenStep["do"];

/** Errors: AwstError, as each step's. */
export async function takeStep(
  world: RotationNeeds,
  hands: Hands,
  facts: RotationFacts,
  step: TakenStep,
): Promise<Outcome> {
  const way = ways[step.do] as Way<Doable>;
  return (await way(world, hands, step, facts)) ?? { how: "done" };
}

const ways: { readonly [Name in Doable]: Way<Name> } = {
  restore: async (world, { caller }, { from }) => {
    const { previous, next } = await readKeptKeys(world, caller);
    const key = from === "previous" ? previous : next;
    if (key) await putKey(world, caller, keyItem(caller.identity.name), key);
  },
  begin: (world, hands, _step, facts) => recordIntent(world, hands, facts),
  create: (world, hands) => createKey(world, hands),
  store: (world, hands) => storeKeyMade(world, hands),
  prove: async (world, hands, { key }, facts) => {
    const isNew = key === pairOf(facts)?.made || facts.journal?.isUndone === true;
    await proveKey(world, hands, await readKey(world, hands.caller, key), { isNew });
  },
  switch: async (world, hands, { from, to }) => {
    await switchKeys(world, hands, from, to);
    await recordStep(world, hands, "key-switched", { from, to });
  },
  note: (world, hands, { from, to }) => noteKeys(world, hands, from, to),
  "carry-description": (world, hands, { from, to }) => carryDescription(world, hands, from, to),
  deactivate: (world, hands, { key }) =>
    whileNobodyTypes(world, hands, () => deactivateOld(world, hands, key)),
  "test-sessions": async (world, hands, { key }) => {
    const { dropped } = await testSessions(world, hands, key);
    await changeJournal(world, hands, () => ({ areSessionsTested: true }));
    if (dropped > 0) {
      hands.remarks.push(`AWS ended the sessions made with ${key}: the next use needs a code`);
    }
  },
  delete: deleteOwn,
  "look-again": (world, _hands, _step, { run }) =>
    world.sleep(Math.min(4_000, 500 * 2 ** run.looks)),
  "look-up-use": async (world, hands, { key }) => {
    const iam = await openOwnIam(world, hands);
    try {
      const { usedAt } = await iam.lastUseOf(key);
      return { how: usedAt === undefined ? "done" : "used" };
    } catch (error) {
      if (!isAwstError(error, "AWS_DENIED", "IAM_ABSENT")) throw error;
    }
  },
  "ask-about": (world, hands, { key }, facts) => askAboutKey(world, hands, facts, key),
  "turn-back": async (world, hands) => {
    await beginJournal(world, hands.caller.identity.name, {
      ...(await openJournal(world, hands)),
      isUndone: true,
      sessions: [],
      areSessionsTested: false,
    });
  },
  "give-up-undo": (world, hands) =>
    changeJournal(world, hands, () => ({ isUndone: false, areSessionsTested: false })),
  reactivate: async (world, hands, { key }) => {
    const iam = await openOwnIam(world, hands);
    await iam.setAccessKeyStatus(hands.userName, key, "Active");
    await recordStep(world, hands, "key-activated", { accessKeyId: key });
  },
  "switch-back": async (world, hands, { from, to }) => {
    await switchBack(world, hands, from, to);
    await recordStep(world, hands, "key-switched-back", { from, to });
  },
  forget: async (world, hands, _step, facts) => {
    await removeCopies(hands);
    await changeJournal(world, hands, (journal) => {
      const isUnsure = facts.run.absent.includes(journal.newKeyId ?? "");
      const intents = [...journal.intents, ...(isUnsure && journal.madeAt ? [journal.madeAt] : [])];
      if (!mayComeToLight({ ...journal, intents }, facts.now)) return undefined;
      const { held = journal.oldKeyId } = facts;
      return { ...blank, oldKeyId: held, listed: [held], intents, sessions: [] };
    });
  },
  "set-aside": async (world, hands, _step, { keys, held }) => {
    await removeCopies(hands);
    await changeJournal(world, hands, () => undefined);
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

async function removeCopies({ caller }: Hands): Promise<void> {
  const { name } = caller.identity;
  await caller.keychain.remove(nextKeyItem(name));
  await caller.keychain.remove(previousKeyItem(name));
}
