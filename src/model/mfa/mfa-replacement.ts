// In which order a new device takes an old one's place. Usually the new one works before the old one
// goes. Where the policy allows one name only, the old one has to make room first, inside a session
// that its own code opened; if it then can't be deleted it is put back.

import type { Replacement } from "./mfa-journal.ts";

export interface ReplacementFacts {
  readonly order: Replacement["order"];
  readonly old: "enabled" | "unassigned" | "gone";
  /** The new one is enabled and proved. */
  readonly isNewReady: boolean;
  /** Something of the new one is begun. With the same name that says: the old one is gone. */
  readonly isNewBegun: boolean;
  /** AWS denied the old one's deletion. */
  readonly isStuck: boolean;
}

export type ReplacementStep =
  | "enrol"
  | "deactivate-old"
  | "delete-old"
  /** Two codes of the old one: it works again, and nothing has changed. */
  | "restore-old"
  | "done";

export function nextReplacementStep(facts: ReplacementFacts): ReplacementStep {
  const { order, old, isNewReady, isNewBegun, isStuck } = facts;
  if (order === "same-name") {
    if (isNewReady) return "done";
    if (isNewBegun || old === "gone") return "enrol";
    if (old === "enabled") return "deactivate-old";
    return isStuck ? "restore-old" : "delete-old";
  }
  if (!isNewReady) return "enrol";
  if (old === "enabled") return "deactivate-old";
  // A deletion that is denied is for an administrator: the old one works no more.
  return old === "unassigned" && !isStuck ? "delete-old" : "done";
}
