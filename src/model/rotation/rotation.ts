// Rotation that cannot lose a key: the next step, decided from what is observed. Before the switch every
// failure goes back, after it forward; nothing is deleted while the key in use is not proved; no key is
// touched that awst did not make.

import type { ListedKey } from "../key/listed-key.ts";
import {
  find,
  isSwitched,
  isToTest,
  isYoung,
  type Pair,
  pairOf,
  provedFirst,
  type RotationFacts,
  type Step,
} from "./rotation-facts.ts";
import { graceEnd, intentMs, isInTime, mayComeToLight } from "./rotation-journal.ts";

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

export function afterSwitch(facts: RotationFacts, old: string, made: string): Step {
  const { run, journal, wish } = facts;
  if (!run.isNoted) return { do: "note", from: old, to: made };
  if (wish === "undo" || journal?.isUndone) return undo(facts, old, made);
  const oldKey = find(facts, old);
  const canTest = isToTest(facts);
  const isDescribed = journal?.description !== undefined || run.did.includes("carry-description");
  if (!isDescribed && oldKey && !run.stuck.includes("carry-description")) {
    return { do: "carry-description", from: old, to: made };
  }
  if (oldKey === undefined) {
    return canTest ? { do: "test-sessions", key: old } : { do: "forget" };
  }
  if ((find(facts, made)?.status ?? "Active") !== "Active") {
    // Whoever did that had a reason: the old key is not brought back unasked.
    return wish === "rotate" ? { do: "refuse", why: "key-inactive" } : { do: "end" };
  }
  if (run.rejected.includes(made)) {
    const canTurn = facts.previous === old && !run.rejected.includes(old);
    return canTurn ? { do: "turn-back", to: old } : { do: "end" };
  }
  if (oldKey.status === "Active" && !journal?.isDeactivationDenied) {
    return provedFirst(facts, made, { do: "deactivate", key: old });
  }
  if (canTest && !run.stuck.includes("deactivate")) return { do: "test-sessions", key: old };
  if (!isDescribed || !isDeletable(facts)) return { do: "end" };
  return provedFirst(facts, made, { do: "delete", key: old, whose: "old" });
}

/** As long as a create may come to light, two keys keep the place taken. */
function isDeletable(facts: RotationFacts): boolean {
  const { journal, now, graceSeconds } = facts;
  if (mayComeToLight(journal, now)) return false;
  if (isAnotherWanted(facts)) return true;
  const end = graceEnd(journal, graceSeconds);
  return (graceSeconds ?? journal?.graceSeconds) === 0 || (end !== undefined && now >= end);
}

/** The key that came of the last rotation is to be replaced in its turn. */
function isAnotherWanted(facts: RotationFacts): boolean {
  const { wish, run, held } = facts;
  return (
    wish === "rotate" && !run.isServed && !run.isGoingBack && !isYoung(facts, find(facts, held))
  );
}

function undo(facts: RotationFacts, old: string, made: string): Step {
  const { run, journal, previous, wish } = facts;
  const oldKey = find(facts, old);
  if (oldKey === undefined || previous !== old || run.rejected.includes(old)) {
    if (journal?.isUndone) return { do: "give-up-undo", key: old };
    return wish === "undo" ? { do: "refuse", why: "cannot-undo" } : { do: "end" };
  }
  if (!journal?.isUndone) return { do: "turn-back", to: old };
  if (oldKey.status !== "Active") return { do: "reactivate", key: old };
  return provedFirst(facts, old, { do: "switch-back", from: made, to: old });
}

/** How often the list is looked at again for a key whose create was not answered. */
const looksAtMost = 5;

/** No answer to a create came, or none was sent. */
export function notMade(facts: RotationFacts): Step {
  const { journal, run, held, wish } = facts;
  const [stranger, ...others] = strangers(facts);
  if (stranger && others.length === 0 && journal && isInTime(journal, stranger)) {
    const { accessKeyId: key } = stranger;
    if (run.use === "unasked") return { do: "look-up-use", key };
    const remove: Step = { do: "delete", key, whose: "leftover" };
    if (run.use === "unused") return provedFirst(facts, held ?? "", remove);
  }
  if (wish === "rotate" && !run.isServed && !run.isGoingBack) return beginning(facts);
  const isOpen = run.create === "unknown" || run.create === "quota";
  if (run.isGoingBack && isOpen && run.looks < looksAtMost) return { do: "look-again" };
  return mayComeToLight(journal, facts.now) ? { do: "end" } : { do: "forget" };
}

export function beginning(facts: RotationFacts): Step {
  const { wish, run, held } = facts;
  if (run.isServed || run.isGoingBack || wish === "finish") return { do: "end" };
  if (wish === "undo") {
    return run.deleted.length > 0 ? { do: "end" } : { do: "refuse", why: "nothing-to-undo" };
  }
  const key = find(facts, held);
  if (key === undefined) {
    // A young key may be missing from the list; another is gone, which the proof tells.
    return provedFirst(facts, held ?? "", { do: "refuse", why: "key-unlisted" });
  }
  if (key.status !== "Active") return { do: "refuse", why: "key-inactive" };
  if (isYoung(facts, key)) return { do: "end" };
  const [stranger] = strangers(facts);
  if (stranger) return { do: "ask-about", key: stranger.accessKeyId };
  return run.isBegun ? { do: "create" } : { do: "begin" };
}

function strangers({ keys, held, run }: RotationFacts): readonly ListedKey[] {
  return keys.filter(({ accessKeyId: id }) => id !== held && !run.deleted.includes(id));
}
