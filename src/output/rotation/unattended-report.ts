// How a rotation that nobody watched ended, in the words that are kept: for `key schedule --show`, and for
// the next `assume`.

import { type AwstError, type ErrorCode, exitStatus } from "../../model/errors.ts";
import type { Notice } from "../../model/rotation/notices.ts";
import type { RotationRun, RunOutcome } from "../../model/rotation/rotation-runs.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { clockText } from "../session/session-report.ts";
import { type RotationReport, rotationLines } from "./rotation-report.ts";

export interface UnattendedEnd {
  readonly outcome: RunOutcome;
  readonly status: number;
  readonly text: string;
  /** undefined: nothing a person would want to know. */
  readonly notice:
    | (Pick<Notice, "kind" | "text" | "command"> & { readonly isCall: boolean })
    | undefined;
}

/** `terms`: what replacing by itself means, where it was not said yet. */
export function endOfReport(
  report: RotationReport,
  now: Date,
  terms: string | undefined,
  retry: readonly string[],
): UnattendedEnd {
  const {
    identity,
    outcome,
    currentKeyId: heldKeyId,
    oldKeyId,
    undoUntil,
    failure,
    waiting,
  } = report;
  const [text = outcome] = rotationLines(report, now);
  const left = waiting
    .map(({ step, why }) => `; still to do: ${step} (waits for: ${why})`)
    .join("");
  const isDone = outcome === "rotated" || outcome === "finished" || outcome === "undone";
  if (failure !== undefined && !isDone) {
    const what = outcome === "waiting" ? "is replaced, but not all is done" : undefined;
    return endOfError(failure, identity, retry, what);
  }
  const status = failure === undefined ? 0 : exitStatus(failure);
  if (outcome === "rotated") {
    const undo =
      undoUntil === undefined || undoUntil <= now
        ? ""
        : `; awst key rotate --undo goes back until ${clockText(undoUntil, now)}`;
    const words = `the access key of ${identity} was replaced: ${heldKeyId} in the place of ${oldKeyId}${undo}${left}`;
    const told = terms === undefined ? words : `${words}; ${terms}`;
    return ended("rotated", status, text, { kind: "rotated", text: told, command: undefined });
  }
  if (outcome === "finished" || outcome === "rolled-back" || outcome === "undone") {
    const words = `the access key of ${identity}: ${text}${left}`;
    return ended("finished", status, text, { kind: "finished", text: words, command: undefined });
  }
  return { outcome: "not-due", status: 0, text, notice: undefined };
}

/** `retry`: the words that do it with a person there. */
export function endOfError(
  error: AwstError,
  identity: string,
  retry: readonly string[],
  what = "was not replaced",
): UnattendedEnd {
  const status = exitStatus(error);
  const outcome = status === 3 ? "waiting" : "failed";
  const text = error.message;
  const byHand = commandLine(retry);
  const command = error.code === "CODE_NEEDED" ? byHand : (error.hint ?? byHand);
  const words = `the access key of ${identity} ${what}: ${text}`;
  const notice = { kind: outcome, text: words, command, isCall: status === 3 } as const;
  return { outcome, status, text, notice: passing.has(error.code) ? undefined : notice };
}

/** Tried again by itself: nobody need be told each time. */
const passing: ReadonlySet<ErrorCode> = new Set([
  "AWS_UNREACHABLE",
  "AWS_THROTTLED",
  "WAIT_TIMED_OUT",
]);

export function runOf(
  { outcome, status, text }: UnattendedEnd,
  by: RotationRun["by"],
  now: Date,
): RotationRun {
  return { at: now.toISOString(), by, outcome, status, text };
}

function ended(
  outcome: "rotated" | "finished",
  status: number,
  text: string,
  notice: Pick<Notice, "kind" | "text" | "command">,
): UnattendedEnd {
  return { outcome, status, text, notice: { ...notice, isCall: false } };
}
