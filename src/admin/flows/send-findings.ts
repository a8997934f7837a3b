// Sends the findings of a report, account by account. A notice that is not accepted stops no other, and fails the run.

import type { AwstError } from "../../model/errors.ts";
import { type FindingsOfAccount, findingNotices } from "../model/finding-notices.ts";
import type { NoticeUser } from "../model/notices.ts";
import {
  findingsKey,
  isOfAccount,
  keysOfDay,
  type StoredFindings,
} from "../model/sent-findings.ts";
import type { UserNotifier } from "../ports.ts";
import { failureFrom, findBug } from "./expected-errors.ts";

export interface SentFindings {
  /** How many users the accepted notices are about. */
  readonly sent: number;
  readonly failed: readonly { readonly account: string; readonly error: AwstError }[];
  /** `main-account: bob`: no mail could be sent, since the user has no address. */
  readonly unreachable: readonly string[];
  /** How many users are left out: an earlier run of today delivered theirs. */
  readonly sentBefore: number;
}

/** What was delivered today, of runs that could not deliver all. */
export interface SentMemory {
  has(accountId: string, user: NoticeUser): boolean;
  /** Stored at once: a run that is killed sends no more than one notice twice. */
  add(accountId: string, users: readonly NoticeUser[]): Promise<void>;
  /** All findings of these accounts were delivered: the next run sends them all. Others stay remembered. */
  clear(accountIds: readonly string[]): Promise<void>;
}

/** Stored on this machine; `update` takes the lock of the file. */
export interface FindingsStore {
  read(): StoredFindings;
  update(change: (old: StoredFindings) => StoredFindings): Promise<void>;
}

/** `receiver`: another one gets everything. Runs of other accounts and other receivers keep what they stored of this day. */
export function openSentMemory(
  store: FindingsStore,
  { receiver, day }: { readonly receiver: object; readonly day: string },
): SentMemory {
  const keys = new Set(keysOfDay(store.read(), day));
  const change = async (of: (stored: ReadonlySet<string>) => readonly string[]) =>
    store.update((old) => ({ day, sent: of(keysOfDay(old, day)) }));
  return {
    has: (accountId, user) => keys.has(findingsKey(receiver, accountId, user)),
    async add(accountId, users) {
      const added = users.map((user) => findingsKey(receiver, accountId, user));
      for (const key of added) keys.add(key);
      await change((stored) => [...new Set([...stored, ...added])]);
    },
    async clear(accountIds) {
      const isOther = (key: string) => !accountIds.some((id) => isOfAccount(key, receiver, id));
      const own = [...keys].filter((key) => !isOther(key));
      if (own.length === 0) return;
      for (const key of own) keys.delete(key);
      await change((stored) => [...stored].filter(isOther));
    },
  };
}

/** Never throws for one notice. */
export async function sendFindings(
  notifier: UserNotifier,
  accounts: readonly FindingsOfAccount[],
  memory: SentMemory,
): Promise<SentFindings> {
  let sent = 0;
  let sentBefore = 0;
  const failed: { account: string; error: AwstError }[] = [];
  const unreachable: string[] = [];
  for (const each of accounts) {
    const { name } = each.account;
    const planned = findingNotices(each, { ...notifier, wasSent: memory.has });
    sentBefore += planned.sentBefore;
    unreachable.push(...planned.unreachable.map((user) => `${name}: ${user}`));
    for (const notice of planned.notices) {
      if (findBug(failed) !== undefined) break;
      try {
        await notifier.send(notice);
        sent += notice.users.length;
        await memory.add(notice.account.id, notice.users);
      } catch (error) {
        failed.push({ account: name, error: failureFrom(error) });
      }
    }
  }
  if (failed.length === 0) await memory.clear(accounts.map(({ account }) => account.id));
  return { sent, failed, unreachable, sentBefore };
}
