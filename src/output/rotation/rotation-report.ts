// The report of a rotation: what was done, which key is in use, until when undo works, what is still to do
// and why. All sentences about a rotation's steps are here.

import type { AwstError } from "../../model/errors.ts";
import type { RotationFacts, TakenStep } from "../../model/rotation/rotation.ts";
import { graceEnd } from "../../model/rotation/rotation-journal.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { untilText } from "../session/session-report.ts";

export interface RotationReport {
  readonly identity: string;
  /** `finished`, `rolled-back`: a rotation that an earlier run started. `waiting`: started earlier, nothing to
   *  do yet. `meanwhile`: another process rotated the key while this one waited. */
  readonly result:
    | "rotated"
    | "finished"
    | "undone"
    | "rolled-back"
    | "waiting"
    | "young"
    | "nothing"
    | "meanwhile"
    | "planned";
  /** Whether a rotation was in progress when this run started. */
  readonly wasUnderWay: boolean;
  readonly currentKeyId: string;
  /** The previous key, until it is deleted. */
  readonly oldKeyId: string | undefined;
  readonly oldKeyState: "active" | "inactive" | "deleted" | undefined;
  readonly undoUntil: Date | undefined;
  /** In their order; of `planned`: those that a run would take. */
  readonly steps: readonly TakenStep[];
  readonly waiting: readonly Waiting[];
  readonly remarks: readonly string[];
  /** Decides the exit status; undefined also when steps wait for the next code. */
  readonly failure: AwstError | undefined;
}

export interface Waiting {
  readonly step: string;
  readonly why: string;
}

/** Returns the result that follows from the steps that were taken. */
export function resultOf(
  steps: readonly TakenStep[],
  end: RotationFacts,
): RotationReport["result"] {
  const did = (name: TakenStep["do"]) => steps.some((step) => step.do === name);
  const deleted = (whose: "old" | "new" | "leftover") => deletedKeys(steps, whose).length > 0;
  if (did("switch-back")) return "undone";
  if (did("switch")) return "rotated";
  if (deleted("new") || deleted("leftover"))
    return end.request === "undo" ? "undone" : "rolled-back";
  if (deleted("old") || did("deactivate") || did("check-sessions")) return "finished";
  if (end.journal !== undefined) return "waiting";
  return end.request === "rotate" && !did("clean-up") ? "young" : "nothing";
}

/** Returns until when `--undo` works, as far as it is known. */
export function undoEnd(facts: RotationFacts): Date | undefined {
  if (facts.previous === undefined || facts.previous === facts.current) return undefined;
  return graceEnd(facts.journal, facts.graceSeconds);
}

const nextCode = "the next MFA code";

/** For a step that the next run takes, whatever happens until then. */
export const nextRun = "the next run";

/** `needsCode`: AWS refused the session, or the session's code may be too old. */
export function waitingFor(step: TakenStep, error: AwstError, needsCode: boolean): Waiting {
  return { step: stepText(step), why: needsCode ? nextCode : error.message };
}

/** One line each, for stderr. */
export function rotationLines(report: RotationReport, now: Date): readonly string[] {
  const { undoUntil, waiting, remarks } = report;
  const undo =
    undoUntil !== undefined && undoUntil > now
      ? [`undo is possible until ${untilText(undoUntil, now)}: awst key rotate --undo`]
      : [];
  return [...resultLines(report), ...undo, ...waiting.map(waitingText), ...remarks];
}

/** `still to do: deactivate AKIA… (needs the next MFA code)` */
export function waitingText({ step, why }: Waiting): string {
  const reason = why === nextCode ? `needs ${why}` : why === nextRun ? `in ${why}` : why;
  return `still to do: ${step} (${reason})`;
}

function resultLines(report: RotationReport): readonly string[] {
  const { result, currentKeyId, oldKeyId, steps, identity } = report;
  const deleted = deletionLines(steps, oldKeyId);
  const states = `${currentKeyId} is active${oldStateText(report)}`;
  switch (result) {
    case "planned":
      if (steps.length === 0) return ["nothing to do"];
      return [...steps.map((step) => `would ${stepText(step)}`), ...laterText(steps)];
    case "rotated":
      return [
        `rotated the access key of "${identity}": ${states}`,
        ...(report.wasUnderWay && !steps.some((step) => step.do === "record-intent")
          ? ["this run completed a rotation that an earlier run started"]
          : []),
        ...deleted,
        `other machines that use ${oldKeyId} need the new key: run \`awst key add\` there`,
      ];
    case "finished":
      return [`completed the rotation that an earlier run started: ${states}`];
    case "undone":
      return [`undid the rotation: ${currentKeyId} is the key in use again`, ...deleted];
    case "rolled-back":
      return report.failure === undefined
        ? [
            `rolled back the rotation that an earlier run started: ${currentKeyId} is the key in use`,
            ...deleted,
          ]
        : [`rolled back the rotation: ${currentKeyId} is still the key in use`, ...deleted];
    case "young":
      return [`${currentKeyId} is not due for rotation`];
    case "nothing":
      return [`no rotation is in progress: ${currentKeyId} is the key in use`];
    case "waiting":
      if (report.oldKeyState === "inactive" && report.waiting.length === 0) {
        return [`the last rotation is complete: ${states}`];
      }
      return [`a rotation is in progress: ${states}`];
    case "meanwhile":
      return [`another awst process rotated the key: ${currentKeyId} is the key in use`];
  }
}

export function rotationJson(report: RotationReport) {
  const { identity, result, wasUnderWay, currentKeyId, waiting, remarks } = report;
  return {
    identity,
    result,
    wasUnderWay,
    currentKeyId,
    oldKeyId: report.oldKeyId ?? null,
    oldKeyState: report.oldKeyState ?? null,
    undoUntil: report.undoUntil ? rfc3339(report.undoUntil) : null,
    steps: report.steps.map((step) => ({ step: step.do, key: "key" in step ? step.key : null })),
    waiting,
    remarks,
    failure: report.failure?.message ?? null,
  };
}

function oldStateText({ oldKeyId, oldKeyState }: RotationReport): string {
  return oldKeyId === undefined || oldKeyState === undefined
    ? ""
    : `, ${oldKeyId} is ${oldKeyState === "active" ? "still active" : oldKeyState}`;
}

function deletedKeys(
  steps: readonly TakenStep[],
  ...whose: readonly ("old" | "new" | "leftover")[]
): readonly string[] {
  return steps.flatMap((step) =>
    step.do === "delete" && whose.includes(step.whose) ? [step.key] : [],
  );
}

/** What a run after the grace period would do. */
function laterText(steps: readonly TakenStep[]): readonly string[] {
  const step = steps.findLast((each) => each.do === "deactivate");
  const isDeleted = steps.some((each) => each.do === "delete" && each.key === step?.key);
  if (step === undefined || isDeleted) return [];
  return [`a later run would delete ${step.key}, after the grace period`];
}

function deletionLines(
  steps: readonly TakenStep[],
  oldKeyId: string | undefined,
): readonly string[] {
  return steps.flatMap((step) =>
    step.do === "delete" && step.key !== oldKeyId
      ? [`deleted ${step.key}, ${describeKey[step.whose]}`]
      : [],
  );
}

const describeKey = {
  old: "which an earlier rotation replaced",
  new: "the new key",
  leftover: "which AWS created although its response was lost",
} as const;

/** What a step does, as an infinitive: `create a new access key`. */
export function stepText(step: TakenStep): string {
  switch (step.do) {
    case "restore":
      return `restore the ${step.from} key`;
    case "record-intent":
      return "record the planned rotation";
    case "create":
      return "create a new access key";
    case "store":
      return `store ${step.key} in the keychain and verify that it can be read`;
    case "verify":
      return `verify that AWS accepts ${step.key}`;
    case "switch":
      return `switch from ${step.from} to ${step.to}`;
    case "update-references":
      return `rebind cached sessions from ${step.from} to ${step.to}`;
    case "copy-description":
      return `copy the description to ${step.to}`;
    case "deactivate":
      return `deactivate ${step.key}`;
    case "check-sessions":
      return `check the sessions made with ${step.key}, and drop those that AWS refuses`;
    case "delete":
      return `delete ${step.key}${deletionReason[step.whose]}`;
    case "list-again":
      return "check whether AWS created a key although its response was lost";
    case "check-last-use":
      return `check whether ${step.key} was ever used`;
    case "confirm-foreign-key":
      return `ask whether to delete ${step.key}, which awst did not create`;
    case "confirm-early-deletion":
      return `ask whether to delete ${step.key} before its grace period is over`;
    case "start-undo":
      return `record that ${step.to} becomes the key in use again`;
    case "cancel-undo":
      return `cancel the undo, since ${step.key} can't be restored`;
    case "reactivate":
      return `reactivate ${step.key}`;
    case "switch-back":
      return `switch back from ${step.from} to ${step.to}`;
    case "clean-up":
      return "delete the record of the rotation";
    case "abandon":
      return "stop the rotation, since another key was stored meanwhile";
  }
}

const deletionReason = {
  old: "",
  new: ", which was never used",
  leftover: ", which AWS created although its response was lost",
} as const;
