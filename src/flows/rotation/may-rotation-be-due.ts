// Whether a rotation has anything to do, by what is written down alone: no AWS, no keychain. A key whose age
// was never asked may be old.

import { clockName, clockOf } from "../../model/clock.ts";
import {
  decodeJournal,
  isWorkWaiting,
  rotationName,
} from "../../model/rotation/rotation-journal.ts";
import { decodeKeyNotes, keyNotesName } from "../../model/session/warm-state.ts";
import type { Needs } from "../../ports.ts";
import { readMadeAt } from "../key/key-ages.ts";

/** `minimumAgeSeconds` undefined: what was begun counts, the key's age does not. */
export async function mayRotationBeDue(
  world: Needs<"state" | "now">,
  identity: string,
  minimumAgeSeconds: number | undefined,
): Promise<boolean> {
  const { awsNow } = clockOf(world.state.read(clockName), world.now());
  const journal = decodeJournal(world.state.read(rotationName(identity)));
  if (isWorkWaiting(journal, awsNow)) return true;
  if (minimumAgeSeconds === undefined) return false;
  const note = decodeKeyNotes(world.state.read(keyNotesName))[identity];
  const isImported = note !== undefined && note.credentialsStamp === undefined;
  const madeAt = isImported ? await readMadeAt(world, note.accessKeyId) : undefined;
  if (madeAt === undefined) return true;
  return awsNow.getTime() - madeAt.getTime() >= minimumAgeSeconds * 1000;
}
