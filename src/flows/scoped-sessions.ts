// Sessions that flags set apart: when one ends it is over, and only a person starts another.

import type { RoleSession } from "../model/session.ts";
import { decodeSessionIndex, sessionIndexName } from "../model/session-index.ts";
import type { Needs } from "../ports.ts";
import { timeOfAws } from "./spend-code.ts";

/** Whether a scoped session of this item's name was there, and has ended for good. */
export function hasEnded(
  world: Needs<"state" | "now">,
  item: string,
  held: RoleSession | undefined,
): boolean {
  const note = decodeSessionIndex(world.state.read(sessionIndexName))[item];
  if (note?.scope === undefined) return false;
  const now = timeOfAws(world).getTime();
  if (held !== undefined && held.keys.expiresAt.getTime() > now) return false;
  const ends = [note.expiresAt, note.renewableUntil ?? note.expiresAt].map(Date.parse);
  return Math.max(...ends) <= now;
}
