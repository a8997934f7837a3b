// What enforcement does with a dormant user: a warning first, then, after the time for it, the access is disabled. The
// state is in tags of the user, so that any machine continues where another stopped.

import type { DormantRules } from "./admin-settings.ts";
import { dayMs, dayOfTime, timeOfDay } from "./days.ts";
import type { JudgedAccess, JudgedUser } from "./dormant-verdict.ts";
import { restoredTag } from "./restoring.ts";

export const dormantTags = {
  /** The day of the warning. */
  warned: "awst:dormant-warned",
  /** The day on which access was disabled. */
  disabled: "awst:dormant-disabled",
  /** Ids of the access keys that were disabled, separated by spaces. */
  keys: "awst:dormant-keys",
} as const;

export type DormantStep =
  | { readonly do: "warn"; readonly until: string }
  /** Warned, and the time is not over. */
  | { readonly do: "wait"; readonly until: string }
  | {
      readonly do: "disable";
      readonly password: boolean;
      readonly keys: readonly string[];
      /** Without a warning, since `warnDays` is 0: a notice is sent first all the same. */
      readonly isUnnotified?: true;
    }
  /** Warned, and in use again. */
  | { readonly do: "clear" };

/**
 * How a step ended, in one word for text, JSON, the function's log and the docs. `skipped`: the user was not as planned any
 * more. `later`: the deadline came first.
 */
export const stepStates = ["done", "waiting", "skipped", "stopped", "later"] as const;
export type StepState = (typeof stepStates)[number];

/**
 * undefined: nothing to do. `tags`: the user's. Access is disabled after the day that the warning names, never on it, so
 * that the whole time is given whatever the hour of the warning.
 */
export function dormantStep(
  judged: JudgedUser,
  tags: Readonly<Record<string, string>>,
  rules: DormantRules,
  now: Date,
): DormantStep | undefined {
  if (judged.verdict === "unknown") return undefined;
  const warned = timeOfDay(tags[dormantTags.warned] ?? "");
  const due = dueAccess(judged, rules);
  const isSpared = judged.verdict === "protected" || judged.verdict === "excepted";
  if (isSpared || due.length === 0) return warned === undefined ? undefined : { do: "clear" };
  if (rules.warnDays > 0) {
    const until = dayOfTime((warned ?? now.getTime()) + rules.warnDays * dayMs);
    if (warned === undefined) return { do: "warn", until };
    if (until >= dayOfTime(now.getTime())) return { do: "wait", until };
  }
  return {
    do: "disable",
    password: due.some(({ kind }) => kind === "console"),
    keys: due.flatMap(({ kind, id }) => (kind === "key" && id !== undefined ? [id] : [])),
    ...(warned === undefined && { isUnnotified: true }),
  };
}

/** A credential of a service has no date of use: it is never disabled without an administrator. */
function isToDisable({ kind, verdict }: JudgedAccess, { actions }: DormantRules): boolean {
  if (verdict !== "dormant") return false;
  return kind === "console"
    ? actions.includes("console")
    : kind === "key" && actions.includes("keys");
}

/** The accesses that a warning is about. */
export function dueAccess(judged: JudgedUser, rules: DormantRules): readonly JudgedAccess[] {
  return judged.access.filter((each) => isToDisable(each, rules));
}

/** Whether the user has no access after the step. */
export function endsAccess(step: DormantStep, { access }: JudgedUser): boolean {
  if (step.do !== "disable") return false;
  return access.every(({ kind, id, isOn }) => {
    if (!isOn) return true;
    return kind === "console" ? step.password : id !== undefined && step.keys.includes(id);
  });
}

/** AWS allows 50 tags: whether those of a step and of a restoration fit, beside the ones that are there. */
export function canAddTags(tags: Readonly<Record<string, string>>): boolean {
  const all = [...Object.values(dormantTags), restoredTag];
  const own = all.filter((name) => tags[name] === undefined);
  return Object.keys(tags).length + own.length <= 50;
}

/** Ids that an earlier run disabled, and those of this one. */
export function disabledKeys(
  tags: Readonly<Record<string, string>>,
  keys: readonly string[],
): string {
  const before = (tags[dormantTags.keys] ?? "").split(" ").filter((id) => id !== "");
  return [...new Set([...before, ...keys])].join(" ");
}

export function dormantStepText(step: DormantStep): string {
  if (step.do === "warn") return `warn, and disable after ${step.until}`;
  if (step.do === "wait") return `warned, disabled after ${step.until}`;
  if (step.do === "clear") return "in use again: remove the warning";
  const keys = step.keys.map((id) => `key ${id}`).join(", ");
  return [
    ...(step.password ? ["delete the password for good"] : []),
    ...(keys === "" ? [] : [`disable ${keys}`]),
  ].join("; ");
}

/** How many users one run may change, where neither a flag nor the configuration says so. */
export function defaultLimit(users: number): number {
  return Math.max(10, Math.min(50, Math.floor(users * 0.02)));
}
