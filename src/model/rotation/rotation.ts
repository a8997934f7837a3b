// Rotation that cannot lose a key: the next step, decided from what is observed. Before the switch every
// failure goes back, after it forward; nothing is deleted while the key in use is not proved; no key is
// touched that awst did not make.

import { afterSwitch } from "./rotation-after-switch.ts";
import { beginning, notMade } from "./rotation-beginning.ts";
import {
  find,
  isSwitched,
  isToTest,
  type Pair,
  pairOf,
  provedFirst,
  type RotationFacts,
  type Step,
} from "./rotation-facts.ts";
import { intentMs } from "./rotation-journal.ts";

export function nextStep(facts: RotationFacts): Step {
  const step = decide(facts);
  const { stuck, did } = facts.run;
  const isAgain = did.includes(step.do) && onceAtMost.includes(step.do);
  return isAgain || stuck.includes(step.do) ? { do: "end" } : step;
}

/** These change what is decided next, unless the disk takes nothing. */
const onceAtMost: readonly Step["do"][] = [
  "restore",
  "turn-back",
  "give-up-undo",
  "forget",
  "set-aside",
];

function decide(facts: RotationFacts): Step {
  const { held, next, previous } = facts;
  if (held === undefined) {
    if (previous !== undefined) return { do: "restore", from: "previous" };
    if (next !== undefined) return { do: "restore", from: "next" };
    return { do: "refuse", why: "key-absent" };
  }
  const pair = pairOf(facts);
  if (pair === undefined) {
    return previous === held || next === held ? { do: "forget" } : beginning(facts);
  }
  if (held !== pair.old && held !== pair.made) return setAside(facts, held, pair.made);
  if (!isSwitched(facts, pair)) return beforeSwitch(facts, pair);
  const made = held;
  return afterSwitch(facts, pair.old, made);
}

/** A key put in by hand is the one in use; what was made and never used goes. */
function setAside(facts: RotationFacts, held: string, made: string | undefined): Step {
  const { run, journal, previous } = facts;
  const wasUsed = journal?.switchedAt !== undefined || previous !== undefined;
  const isGone = run.deleted.includes(made ?? "") || find(facts, made) === undefined;
  if (made === undefined || wasUsed || isGone) return { do: "set-aside" };
  return provedFirst(facts, held, { do: "delete", key: made, whose: "new" });
}

function beforeSwitch(facts: RotationFacts, { old, made }: Pair): Step {
  if (made === undefined) return notMade(facts);
  if (isGivenUp(facts, old, made)) return goBack(facts, old, made);
  if (facts.next !== made) return { do: "store", key: made };
  return provedFirst(facts, made, { do: "switch", from: old, to: made });
}

/** Never in favour of a key that does not work. */
function isGivenUp(facts: RotationFacts, old: string, made: string): boolean {
  const { run, wish, journal, next } = facts;
  if (next !== made && run.inHand !== made) return true;
  if (!run.isGoingBack && wish !== "undo" && !journal?.isUndone) return false;
  return find(facts, old)?.status === "Active" && !run.rejected.includes(old);
}

function goBack(facts: RotationFacts, old: string, made: string): Step {
  const { run, journal } = facts;
  if (journal?.switchedAt !== undefined && !run.isNoted) return { do: "note", from: made, to: old };
  const isGone = run.deleted.includes(made) || run.absent.includes(made) || isLongGone(facts, made);
  if (!isGone) return provedFirst(facts, old, { do: "delete", key: made, whose: "new" });
  if ((journal?.sessions.length ?? 0) > 0 && isToTest(facts))
    return { do: "test-sessions", key: made };
  return { do: "forget" };
}

/** Not in the list, and made so long ago that it would be. */
function isLongGone(facts: RotationFacts, made: string): boolean {
  const { journal, now } = facts;
  const madeAt = journal?.madeAt;
  if (find(facts, made) !== undefined || madeAt === undefined) return false;
  return now.getTime() - Date.parse(madeAt) > intentMs;
}
