// What is told of a rotation: what was done, which key is held now, until when undo works, what waits and
// for what.

import type { AwstError } from "../../model/errors.ts";
import type { RotationFacts, TakenStep } from "../../model/rotation/rotation.ts";
import { graceEnd } from "../../model/rotation/rotation-journal.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { untilText } from "../session/session-report.ts";

export interface RotationReport {
  readonly identity: string;
  /** `finished`, `taken-back`: what an earlier run had begun. `waiting`: begun earlier, nothing to do yet.
   *  `meanwhile`: another process replaced the key while this one waited. */
  readonly outcome:
    | "rotated"
    | "finished"
    | "undone"
    | "rolled-back"
    | "waiting"
    | "young"
    | "nothing"
    | "meanwhile"
    | "planned";
  /** Whether a rotation was under way when this run began. */
  readonly wasUnderWay: boolean;
  readonly currentKeyId: string;
  /** The key before it, until it is deleted. */
  readonly oldKeyId: string | undefined;
  readonly oldKeyState: "active" | "inactive" | "deleted" | undefined;
  readonly undoUntil: Date | undefined;
  /** In their order; of `planned`: those that would be taken. */
  readonly steps: readonly TakenStep[];
  readonly waiting: readonly Waiting[];
  readonly remarks: readonly string[];
  /** The exit status follows from it; undefined also when steps wait for the next code. */
  readonly failure: AwstError | undefined;
}

export interface Waiting {
  readonly step: string;
  readonly why: string;
}

/** Which of the outcomes it was, by the steps that were taken. */
export function outcomeOf(
  steps: readonly TakenStep[],
  end: RotationFacts,
): RotationReport["outcome"] {
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

/** Until when `--undo` works, as far as that is known. */
export function undoEnd(facts: RotationFacts): Date | undefined {
  if (facts.previous === undefined || facts.previous === facts.current) return undefined;
  return graceEnd(facts.journal, facts.graceSeconds);
}

/** `needsCode`: AWS refused the session, or its code may be too old. */
export function waitingFor(step: TakenStep, error: AwstError, needsCode: boolean): Waiting {
  return { step: stepText(step), why: needsCode ? "the next MFA code" : error.message };
}

/** One line each, for stderr. */
export function rotationLines(report: RotationReport, now: Date): readonly string[] {
  const { undoUntil, waiting, remarks } = report;
  const undo =
    undoUntil !== undefined && undoUntil > now
      ? [`undo works until ${untilText(undoUntil, now)}: awst key rotate --undo`]
      : [];
  const left = waiting.map(({ step, why }) => `still to do: ${step}; it waits for: ${why}`);
  return [...outcomeLines(report), ...undo, ...left, ...remarks];
}

function outcomeLines(report: RotationReport): readonly string[] {
  const { outcome, currentKeyId: held, oldKeyId, steps, identity } = report;
  const gone = goneText(steps, oldKeyId);
  const andOld = oldStateText(report);
  switch (outcome) {
    case "planned":
      if (steps.length === 0) return ["there is nothing to do"];
      return [...steps.map((step) => `would ${stepText(step)}`), ...laterText(steps)];
    case "rotated":
      return [
        `${held} is the key of "${identity}" now, in the place of ${oldKeyId}${andOld}`,
        ...(report.wasUnderWay ? ["an earlier run had begun; this one went on from there"] : []),
        ...gone,
        `other machines that hold ${oldKeyId} need the new key: awst key add there`,
      ];
    case "finished":
      return [`finished what an earlier run began: ${held} is the key${andOld}`];
    case "undone":
      return [`undone: ${held} is the key again`, ...gone];
    case "rolled-back":
      return report.failure === undefined
        ? [`took back what an earlier run began: ${held} is the key`, ...gone]
        : [`taken back: ${held} stays the key`, ...gone];
    case "young":
      return [`${held} is not that old: nothing to do`];
    case "nothing":
      return [`no rotation is under way: ${held} is the key`];
    case "waiting":
      return [`${held} is the key${andOld}`];
    case "meanwhile":
      return [`another awst replaced the key meanwhile: ${held} is the key now`];
  }
}

/** Fields of `--json`. */
export function describeRotation(report: RotationReport) {
  const { identity, outcome, wasUnderWay, currentKeyId: heldKeyId, waiting, remarks } = report;
  return {
    version: 1,
    identity,
    outcome,
    wasUnderWay,
    heldKeyId,
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
    : `; ${oldKeyId} is ${oldKeyState === "active" ? "still active" : oldKeyState}`;
}

function deletedKeys(
  steps: readonly TakenStep[],
  ...whose: readonly ("old" | "new" | "leftover")[]
): readonly string[] {
  return steps.flatMap((step) =>
    step.do === "delete" && whose.includes(step.whose) ? [step.key] : [],
  );
}

/** What is left for after the grace time. */
function laterText(steps: readonly TakenStep[]): readonly string[] {
  const step = steps.findLast((each) => each.do === "deactivate");
  const isDeleted = steps.some((each) => each.do === "delete" && each.key === step?.key);
  if (step === undefined || isDeleted) return [];
  return [`a later run would delete ${step.key}, after the grace time`];
}

function goneText(steps: readonly TakenStep[], oldKeyId: string | undefined): readonly string[] {
  const why = {
    old: "which an earlier rotation had replaced",
    new: "the new one",
    leftover: "which a lost answer had left behind",
  };
  return steps.flatMap((step) =>
    step.do === "delete" && step.key !== oldKeyId
      ? [`${step.key}, ${why[step.whose]}, was deleted`]
      : [],
  );
}

export function stepText(step: TakenStep): string {
  switch (step.do) {
    case "restore":
      return `put the ${step.from} key back in its place`;
    case "record-intent":
      return "write down what is about to be done";
    case "create":
      return "make a new key";
    case "store":
      return `store ${step.key} in the keychain and read it back`;
    case "verify":
      return `prove that AWS takes ${step.key}`;
    case "switch":
      return `use ${step.to} in the place of ${step.from}`;
    case "update-references":
      return `let sessions made with ${step.from} count as made with ${step.to}`;
    case "copy-description":
      return `carry the description over to ${step.to}`;
    case "deactivate":
      return `deactivate ${step.key}`;
    case "check-sessions":
      return `try the sessions that were made with ${step.key}, and drop those that AWS refuses`;
    case "delete":
      return `delete ${step.key}${whose[step.whose]}`;
    case "list-again":
      return "look whether AWS made a key all the same";
    case "check-last-use":
      return `look up whether ${step.key} was ever used`;
    case "confirm-foreign-key":
      return `ask whether ${step.key}, which awst did not make, may be deleted`;
    case "start-undo":
      return `write down that ${step.to} is to be the key again`;
    case "cancel-undo":
      return `leave all as it is: ${step.key} cannot be had again`;
    case "reactivate":
      return `activate ${step.key} again`;
    case "switch-back":
      return `use ${step.to} again in the place of ${step.from}`;
    case "clean-up":
      return "take away what the rotation wrote down";
    case "abandon":
      return "forget the rotation: another key was put in by hand";
  }
}

const whose = {
  old: "",
  new: ", which was never used",
  leftover: ", which a lost answer left behind",
} as const;
