// From the switch on it goes forward, or, as long as the old key is there and somebody wants it so, back.

import {
  find,
  isToTest,
  isYoung,
  provedFirst,
  type RotationFacts,
  type Step,
} from "./rotation-facts.ts";
import { graceEnd, mayComeToLight } from "./rotation-journal.ts";

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
