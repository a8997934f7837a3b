// How a rotation without a user present ended: the text that `key schedule --show` prints, and the notice that
// the next typed command prints.

import { type AwstError, type ErrorCode, exitStatus } from "../../model/errors.ts";
import type { Notice } from "../../model/rotation/notices.ts";
import type { RotationRun, RunResult } from "../../model/rotation/rotation-runs.ts";
import { intervalText } from "../../model/rotation/schedule.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { clockText } from "../session/session-report.ts";
import { type RotationReport, rotationLines, waitingText } from "./rotation-report.ts";

export interface UnattendedEnd {
  readonly result: RunResult;
  readonly status: number;
  readonly text: string;
  /** undefined: nothing that a user needs to know. */
  readonly notice:
    | (Pick<Notice, "kind" | "text" | "command" | "currentKeyId"> & { readonly isCall: boolean })
    | undefined;
}

/** `notice`: what automatic rotation means, for a first rotation. `retry`: the arguments to run it by hand. */
export function endOfReport(
  report: RotationReport,
  now: Date,
  notice: string | undefined,
  retry: readonly string[],
): UnattendedEnd {
  const { identity, result, undoUntil, failure, waiting } = report;
  const [text = result] = rotationLines(report, now);
  const isDone = result === "rotated" || result === "finished" || result === "undone";
  if (failure !== undefined && !isDone) {
    const what =
      result === "waiting"
        ? `rotated the access key of "${identity}", but some steps are not done`
        : undefined;
    return endOfError(failure, identity, retry, what);
  }
  const status = failure === undefined ? 0 : exitStatus(failure);
  const left = waiting.map(waitingText);
  if (result === "rotated") {
    const isUndoable = undoUntil !== undefined && undoUntil > now;
    const undo = isUndoable
      ? [`undo is possible until ${clockText(undoUntil, now)}: awst key rotate --undo`]
      : [];
    const parts = [text, ...undo, ...left, ...(notice === undefined ? [] : [notice])];
    return { ...ended(report, "rotated", status, parts), text };
  }
  if (result === "finished" || result === "rolled-back" || result === "undone") {
    const parts = [`access key of "${identity}": ${text}`, ...left];
    return { ...ended(report, "finished", status, parts), text };
  }
  return { result: "not-due", status: 0, text, notice: undefined };
}

/** `retry`: the arguments that run it with a user present. */
export function endOfError(
  error: AwstError,
  identity: string,
  retry: readonly string[],
  what = `did not rotate the access key of "${identity}"`,
): UnattendedEnd {
  const status = exitStatus(error);
  const result = status === 3 ? "waiting" : "failed";
  const byHand = commandLine(retry);
  const notice = {
    kind: result,
    text: `${what}: ${error.message}`,
    command: error.code === "CODE_NEEDED" ? byHand : (error.hint ?? byHand),
    isCall: status === 3,
  } as const;
  const isTransient = transientCodes.has(error.code);
  return { result, status, text: error.message, notice: isTransient ? undefined : notice };
}

/** The next run tries again, so no notice is left for these. */
const transientCodes: ReadonlySet<ErrorCode> = new Set([
  "AWS_UNREACHABLE",
  "AWS_THROTTLED",
  "WAIT_TIMED_OUT",
]);

export function runOf(
  { result, status, text }: UnattendedEnd,
  by: RotationRun["by"],
  now: Date,
): RotationRun {
  return { at: now.toISOString(), by, result, status, text };
}

/** `parts`: of the notice, the main fact first. */
function ended(
  { currentKeyId }: RotationReport,
  result: "rotated" | "finished",
  status: number,
  parts: readonly string[],
): Omit<UnattendedEnd, "text"> {
  const command = undefined;
  const notice = { kind: result, text: parts.join("; "), command, isCall: false, currentKeyId };
  return { result, status, notice };
}

/** One line; undefined where the configuration switches automatic rotation off. */
export function firstRotationNotice(keyRotationIntervalMinutes: number): string | undefined {
  if (keyRotationIntervalMinutes === 0) return undefined;
  const every = intervalText(keyRotationIntervalMinutes * 60);
  return `awst rotates this access key every ${every}; other machines that use the same key then stop working; keyRotationIntervalMinutes = 0 turns this off`;
}

/** A run that was started in the background and never recorded its end. */
export function lostStartProblem(identity: string, startedAt: Date, now: Date) {
  return {
    message: `the automatic rotation of "${identity}" that awst started at ${clockText(startedAt, now)} did not end`,
    hint: commandLine(["awst", "key", "rotate", "--resume", "--identity", identity]),
  };
}

/** One line each, for stderr. */
export function noticeLines(notices: readonly Notice[], now: Date): readonly string[] {
  return notices.flatMap(({ at, text, command }) => [
    `${clockText(new Date(at), now)}: ${text}`,
    ...(command === undefined ? [] : [`to do: ${command}`]),
  ]);
}
