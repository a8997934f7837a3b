// Before a new key is known of: whether one may be made, and whose a key is that nobody knows. awst's own is
// one alone that a create without an answer can have made, never used; every other is somebody else's.

import type { ListedKey } from "../key/listed-key.ts";
import { find, isYoung, provedFirst, type RotationFacts, type Step } from "./rotation-facts.ts";
import { isInTime, mayComeToLight } from "./rotation-journal.ts";

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
