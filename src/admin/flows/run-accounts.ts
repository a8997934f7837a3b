// The same work in several accounts, a few at a time. An account that fails stops no other; one that a deadline leaves
// no time for is named, so that the next run begins there.

import { type AwstError, isAwstError } from "../../model/errors.ts";
import type { AccountTarget } from "../model/account-targets.ts";
import { accountsFrom, isOver, type RunCursor } from "../model/run-cursor.ts";
import type { AdminAccounts, AdminContext } from "../ports.ts";

export interface AccountRun<T> {
  readonly done: readonly {
    readonly target: AccountTarget;
    readonly admin: AdminContext;
    readonly value: T;
  }[];
  readonly failed: readonly FailedAccount[];
  /** Not started when the time was over. */
  readonly later: readonly AccountTarget[];
}

export interface FailedAccount {
  readonly target: AccountTarget;
  readonly error: AwstError;
}

/** An account's own calls are paced; four accounts at once keep a run over an organization short. */
const accountsAtOnce = 4;

/**
 * Returns the results in the order of the accounts. `until`: no account is started after it, except the first: a run
 * always gets on. Errors: INTERRUPTED.
 */
export async function runAccounts<T>(
  accounts: AdminAccounts,
  work: (admin: AdminContext, target: AccountTarget) => Promise<T>,
  how: {
    readonly from: RunCursor | undefined;
    readonly until: Date | undefined;
    now(): Date;
  },
): Promise<AccountRun<T>> {
  const targets = accountsFrom(accounts.targets, how.from);
  const results = new Map<AccountTarget, AccountRun<T>["done"][number]>();
  const errors = new Map<AccountTarget, AwstError>();
  let started = 0;
  const workOff = async (): Promise<void> => {
    while (started < targets.length && (started === 0 || !isOver(how.until, how.now(), 0))) {
      const target = targets[started++];
      if (target === undefined) return;
      try {
        const admin = await accounts.open(target);
        results.set(target, { target, admin, value: await work(admin, target) });
      } catch (error) {
        if (!isAwstError(error) || error.code === "INTERRUPTED") throw error;
        errors.set(target, error);
      }
    }
  };
  await Promise.all(Array.from({ length: accountsAtOnce }, workOff));
  return {
    done: targets.flatMap((target) => results.get(target) ?? []),
    failed: targets.flatMap((target) => {
      const error = errors.get(target);
      return error === undefined ? [] : [{ target, error }];
    }),
    later: targets.slice(started),
  };
}
