// Reads the journals of rotations outside a rotation. Without the keychain a journal is a hint: it may print a line
// or start a run. What acts on a journal, or reports it as a fact, reads it through its seal.

import { type AwstError, isAwstError } from "../../model/errors.ts";
import { rotationSealItem } from "../../model/keychain/items.ts";
import { type OpenRotation, openRotation } from "../../model/rotation/open-rotation.ts";
import {
  hasPendingWork,
  journalFile,
  type RotationJournal,
} from "../../model/rotation/rotation-journal.ts";
import { cachedKeyIdsFile } from "../../model/session/config-cache.ts";
import { isSealed } from "../../model/state-seal.ts";
import { fingerprint } from "../../model/text/fingerprint.ts";
import type { Keychain, Needs } from "../../ports.ts";

/** Returns the journal that awst sealed with this keychain. Errors: KEYCHAIN_*, only if there is a journal. */
export async function readSealedJournal(
  context: Needs<"state">,
  keychain: Pick<Keychain, "read">,
  identity: string,
): Promise<RotationJournal | undefined> {
  const file = journalFile(identity);
  const journal = context.state.read(file);
  if (journal === undefined) return undefined;
  const key = await keychain.read(rotationSealItem(identity));
  return isSealed(key, file.name, journal) ? journal : undefined;
}

/** Returns whether there is a journal, with or without a valid seal. */
export function hasJournal(context: Needs<"state">, identity: string): boolean {
  return context.state.read(journalFile(identity)) !== undefined;
}

/** Returns a fingerprint that changes with the journal. */
export function fingerprintOfJournal(context: Needs<"state">, identity: string): string {
  return fingerprint(context.state.read(journalFile(identity)) ?? null).slice(0, 12);
}

/** Returns the open rotations of every identity that has used awst, as their journals show them: hints. A journal
 *  that can't be read costs the others nothing. */
export function findOpenRotations(
  context: Needs<"state" | "clock">,
  onUnreadable: (error: AwstError) => void = () => {},
): readonly OpenRotation[] {
  const { awsNow } = context.clock();
  return Object.keys(context.state.read(cachedKeyIdsFile)).flatMap((identity) => {
    try {
      const open = openRotation(identity, context.state.read(journalFile(identity)), awsNow);
      return open === undefined ? [] : [open];
    } catch (error) {
      if (!isAwstError(error)) throw error;
      onUnreadable(error);
      return [];
    }
  });
}

/** Returns whether a run may have something to do: a hint. */
export function mayBePending(context: Needs<"state" | "clock">, identity: string): boolean {
  return hasPendingWork(context.state.read(journalFile(identity)), context.clock().awsNow);
}
