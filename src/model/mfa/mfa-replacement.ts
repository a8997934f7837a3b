// Decides the order in which a new device replaces an old one. Usually the new device is verified before
// the old one is deleted. If the policy allows only one name, the old device is deleted first, in a
// session opened with its own code; if AWS then denies the deletion, the old device is enabled again.

import type { Replacement } from "./mfa-journal.ts";

export interface ReplacementFacts {
  readonly order: Replacement["order"];
  readonly old: "enabled" | "unassigned" | "gone";
  /** The new device is enabled and verified. */
  readonly isNewVerified: boolean;
  /** The enrolment of the new device is started. With the same name, the old one is then deleted. */
  readonly isNewStarted: boolean;
  /** AWS denied the deletion of the old device. */
  readonly deletionDenied: boolean;
}

export type ReplacementStep =
  | "enrol"
  | "deactivate-old"
  | "delete-old"
  /** Enable the old device again with two of its codes: nothing has changed. */
  | "restore-old"
  | "done";

/** Returns the next step of a replacement. */
export function nextReplacementStep(facts: ReplacementFacts): ReplacementStep {
  const { order, old, isNewVerified, isNewStarted, deletionDenied } = facts;
  if (order === "same-name") {
    if (isNewVerified) return "done";
    if (isNewStarted || old === "gone") return "enrol";
    if (old === "enabled") return "deactivate-old";
    return deletionDenied ? "restore-old" : "delete-old";
  }
  if (!isNewVerified) return "enrol";
  if (old === "enabled") return "deactivate-old";
  // The old device no longer works; a denied deletion is left to an administrator.
  return old === "unassigned" && !deletionDenied ? "delete-old" : "done";
}
