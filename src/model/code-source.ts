// Where a code came from, and what follows from that.

import type { Secret } from "./secret.ts";

export interface FoundCode {
  readonly code: Secret;
  readonly source: "flag" | "environment" | "command" | "seed" | "terminal" | "dialog";
}

/** By a person, who may be asked again. */
export function isTyped(found: FoundCode): boolean {
  return found.source === "terminal" || found.source === "dialog";
}

/** From one command line alone: what AWS says of it tells others nothing. */
export function isFixed(found: FoundCode): boolean {
  return found.source === "flag" || found.source === "environment";
}
