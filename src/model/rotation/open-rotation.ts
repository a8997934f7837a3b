// What an open journal means for a user: which of the two keys is in use, which other one may exist at AWS, and
// why. The journal may be forged, so this is for messages and for the decision to start a run, never for more.

import type { AwstError } from "../errors.ts";
import { commandLine } from "../text/command-line.ts";
import { oneLine } from "../text/one-line.ts";
import { graceEnd, type RotationJournal } from "./rotation-journal.ts";

/** The text for a journal that can't be read. */
export function unreadableText({ message, hint }: Pick<AwstError, "message" | "hint">): string {
  return hint === undefined ? message : `${message}; to repair: ${hint}`;
}

export interface OpenRotation {
  readonly identity: string;
  /** `creating`: AWS may have a new key that awst does not know. `created`: the new key is not in use yet.
   *  `switched`: the new key is in use, and the old one is still active. `grace`: the rotation is complete, and
   *  the old key stays until `deletedAfter`. `overdue`: that time is over. */
  readonly state: "creating" | "created" | "switched" | "undoing" | "grace" | "overdue";
  readonly oldKeyId: string;
  readonly newKeyId: string | undefined;
  /** When the old key is deleted, by AWS's time; undefined until it was deactivated. */
  readonly deletedAfter: Date | undefined;
  readonly isDeactivationDenied: boolean;
}

/** Returns undefined if no rotation is under way. */
export function openRotation(
  identity: string,
  journal: RotationJournal | undefined,
  awsNow: Date,
): OpenRotation | undefined {
  if (journal === undefined) return undefined;
  const { oldKeyId, newKeyId } = journal;
  const state = stateOf(journal, awsNow);
  const isOver = state === "grace" || state === "overdue";
  return {
    identity,
    state,
    oldKeyId: oneLine(oldKeyId),
    newKeyId: newKeyId && oneLine(newKeyId),
    deletedAfter: isOver ? graceEnd(journal) : undefined,
    isDeactivationDenied: journal.isDeactivationDenied === true,
  };
}

/** Returns whether a run stopped, or is, in the middle of a rotation. */
export function isUnfinished({ state }: OpenRotation): boolean {
  return state !== "grace" && state !== "overdue";
}

/** After this time an old key that is still not deleted is a problem: the next run should have deleted it. */
const overdueMs = 24 * 3600 * 1000;

/** Returns what a user has to know, and the command that completes the rotation; undefined for a rotation that is
 *  complete, while the old key waits for its deletion. */
export function rotationProblem(
  rotation: OpenRotation,
  awsNow: Date,
): { readonly message: string; readonly hint: string } | undefined {
  const { identity, state, oldKeyId, deletedAfter } = rotation;
  const hint = commandLine(["awst", "key", "rotate", "--resume", "--identity", identity]);
  if (state === "grace") return undefined;
  if (state !== "overdue") {
    const message = `the rotation of the access key of "${identity}" is unfinished: ${keysText(rotation)}`;
    return { message, hint };
  }
  if (awsNow.getTime() - (deletedAfter?.getTime() ?? 0) < overdueMs) return undefined;
  const message = `${oldKeyId}, an access key of "${identity}" that a rotation replaced, should be deleted by now`;
  return { message, hint };
}

/** Returns which keys exist at AWS and which one is in use, as far as the journal shows it. */
function keysText({ state, oldKeyId, newKeyId }: OpenRotation): string {
  switch (state) {
    case "creating":
      return `${oldKeyId} is in use, and AWS may have created a second active key`;
    case "created":
      return `${oldKeyId} is in use, and the new key ${newKeyId} is active too`;
    case "switched":
      return `${newKeyId ?? "the new key"} is in use, and the old key ${oldKeyId} is still active`;
    case "undoing":
      return `${oldKeyId} is being restored, and ${newKeyId ?? "the new key"} still exists`;
    case "grace":
    case "overdue":
      return `${newKeyId ?? "the new key"} is in use, and the old key ${oldKeyId} still exists`;
  }
}

function stateOf(journal: RotationJournal, awsNow: Date): OpenRotation["state"] {
  const { newKeyId, switchedAt, deactivatedAt, isDeactivationDenied, isUndone } = journal;
  if (isUndone) return "undoing";
  if (switchedAt === undefined) return newKeyId === undefined ? "creating" : "created";
  if (deactivatedAt === undefined && !isDeactivationDenied) return "switched";
  return awsNow < (graceEnd(journal) ?? awsNow) ? "grace" : "overdue";
}
