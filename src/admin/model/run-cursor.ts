// Where a run continues that was stopped by its deadline: an account, and the first user of it that is left. What was
// done is known from AWS; the cursor only saves the next run from reading it again.

import type { AccountTarget } from "./account-targets.ts";

export interface RunCursor {
  /** 12 digits. */
  readonly account: string;
  /** undefined: the whole account. Users are taken in the order of their names. */
  readonly user: string | undefined;
}

/** `111122223333`, or `111122223333/zoe`. */
export function formatCursor({ account, user }: RunCursor): string {
  return user === undefined ? account : `${account}/${user}`;
}

/** undefined for text that is none. */
export function parseCursor(text: string): RunCursor | undefined {
  const match = /^(\d{12})(?:\/([\w+=,.@-]{1,128}))?$/.exec(text);
  return match?.[1] === undefined ? undefined : { account: match[1], user: match[2] };
}

/** The accounts that are left. An account that is not there any more changes nothing: all are left then. */
export function accountsFrom(
  targets: readonly AccountTarget[],
  from: RunCursor | undefined,
): readonly AccountTarget[] {
  const at = targets.findIndex(({ id }) => id === from?.account);
  return at <= 0 ? targets : targets.slice(at);
}

/** Whether a user of an account was done by the run that the cursor ended. */
export function isBefore(from: RunCursor | undefined, account: string, user: string): boolean {
  return from?.account === account && from.user !== undefined && user < from.user;
}

/** Whether the work must end now, with `reserveMs` left for what has started. */
export function isOver(deadline: Date | undefined, now: Date, reserveMs: number): boolean {
  return deadline !== undefined && now.getTime() + reserveMs >= deadline.getTime();
}

/** The moment until which a run may plan, so that half of its time is left for carrying the plan out. */
export function planningEnd(deadline: Date | undefined, start: Date): Date | undefined {
  if (deadline === undefined) return undefined;
  return new Date((start.getTime() + deadline.getTime()) / 2);
}
