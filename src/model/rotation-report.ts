// What is told of a rotation: what was done, which key is held now, until when undo works, what waits and
// for what.

import { type AwstError, isAwstError } from "./errors.ts";
import { rfc3339 } from "./rfc3339.ts";
import type { RotationFacts, TakenStep } from "./rotation-facts.ts";
import { graceEnd } from "./rotation-journal.ts";
import { stepText } from "./rotation-words.ts";
import { untilText } from "./session-report.ts";

export interface RotationReport {
  readonly identity: string;
  /** `finished`, `taken-back`: what an earlier run had begun. `waiting`: begun earlier, nothing to do yet.
   *  `meanwhile`: another process replaced the key while this one waited. */
  readonly outcome:
    | "rotated"
    | "finished"
    | "undone"
    | "taken-back"
    | "waiting"
    | "young"
    | "nothing"
    | "meanwhile"
    | "planned";
  /** Whether a rotation was under way when this run began. */
  readonly wasUnderWay: boolean;
  readonly heldKeyId: string;
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
  const deleted = (whose: string) =>
    steps.some((step) => step.do === "delete" && step.whose === whose);
  if (did("switch-back")) return "undone";
  if (did("switch")) return "rotated";
  if (deleted("new") || deleted("leftover")) return end.wish === "undo" ? "undone" : "taken-back";
  if (deleted("old") || did("deactivate") || did("test-sessions")) return "finished";
  if (end.journal !== undefined) return "waiting";
  return end.wish === "rotate" && !did("forget") ? "young" : "nothing";
}

/** Until when `--undo` works, as far as that is known. */
export function undoEnd(facts: RotationFacts): Date | undefined {
  if (facts.previous === undefined || facts.previous === facts.held) return undefined;
  return graceEnd(facts.journal, facts.graceSeconds);
}

/** `needsCode`: AWS refused the session, or its code may be too old. */
export function waitingFor(step: TakenStep, error: AwstError, needsCode: boolean): Waiting {
  return { step: stepText(step), why: needsCode ? "the next MFA code" : error.message };
}

export function isOfSession(error: AwstError): boolean {
  return isAwstError(error, "AWS_SESSION_EXPIRED", "AWS_KEY_REJECTED");
}

/** One line each, for stderr. */
export function rotationLines(report: RotationReport, now: Date): readonly string[] {
  const { outcome, heldKeyId, oldKeyId, steps } = report;
  const lines: string[] = [];
  if (outcome === "planned") lines.push(...steps.map((step) => `would ${stepText(step)}`));
  if (outcome === "planned" && steps.length === 0) lines.push("there is nothing to do");
  if (outcome === "rotated") {
    lines.push(
      `${heldKeyId} is the key of "${report.identity}" now, in the place of ${oldKeyId}${oldStateText(report)}`,
    );
    if (report.wasUnderWay)
      lines.push("an earlier run had begun that; this one went on from there");
    lines.push(`other machines that hold ${oldKeyId} need the new key: awst key add there`);
  }
  if (outcome === "finished") {
    lines.push(
      `finished what an earlier run began: ${heldKeyId} is the key${oldStateText(report)}`,
    );
  }
  if (outcome === "undone") lines.push(`undone: ${heldKeyId} is the key again; ${goneText(steps)}`);
  if (outcome === "taken-back") {
    const what =
      report.failure === undefined ? "took back what an earlier run began" : "taken back";
    lines.push(`${what}: ${goneText(steps)}; ${heldKeyId} is the key`);
  }
  if (outcome === "young") lines.push(`${heldKeyId} is not that old: nothing to do`);
  if (outcome === "nothing") lines.push(`no rotation is under way; ${heldKeyId} is the key`);
  if (outcome === "waiting") lines.push(`${heldKeyId} is the key${oldStateText(report)}`);
  if (outcome === "meanwhile") {
    lines.push(`another awst replaced the key meanwhile: ${heldKeyId} is the key now`);
  }
  if (report.undoUntil !== undefined && report.undoUntil > now) {
    lines.push(`undo works until ${untilText(report.undoUntil, now)}: awst key rotate --undo`);
  }
  lines.push(
    ...report.waiting.map(({ step, why }) => `still to do: ${step}; it waits for: ${why}`),
  );
  return [...lines, ...report.remarks];
}

/** Fields of `--json`. */
export function describeRotation(report: RotationReport) {
  const { identity, outcome, wasUnderWay, heldKeyId, waiting, remarks } = report;
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

function goneText(steps: readonly TakenStep[]): string {
  const gone = steps.flatMap((step) => (step.do === "delete" ? [step.key] : []));
  return gone.length === 0 ? "nothing was left to take away" : `${gone.join(", ")} was deleted`;
}
