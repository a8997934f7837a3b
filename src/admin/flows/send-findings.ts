// Sends the findings of a report, account by account. A notice that is not accepted stops no other, and fails the run.

import type { AwstError } from "../../model/errors.ts";
import { type FindingsOfAccount, findingNotices } from "../model/finding-notices.ts";
import type { UserNotifier } from "../ports.ts";
import { failureFrom, findBug } from "./expected-errors.ts";

export interface SentFindings {
  /** How many users the accepted notices are about. */
  readonly sent: number;
  readonly failed: readonly { readonly account: string; readonly error: AwstError }[];
  /** `main-account: bob`: no mail could be sent, since the user has no address. */
  readonly unreachable: readonly string[];
}

/** Never throws for one notice. */
export async function sendFindings(
  notifier: UserNotifier,
  accounts: readonly FindingsOfAccount[],
): Promise<SentFindings> {
  let sent = 0;
  const failed: { account: string; error: AwstError }[] = [];
  const unreachable: string[] = [];
  for (const each of accounts) {
    const { name } = each.account;
    const planned = findingNotices(each, notifier);
    unreachable.push(...planned.unreachable.map((user) => `${name}: ${user}`));
    for (const notice of planned.notices) {
      if (findBug(failed) !== undefined) break;
      try {
        await notifier.send(notice);
        sent += notice.users.length;
      } catch (error) {
        failed.push({ account: name, error: failureFrom(error) });
      }
    }
  }
  return { sent, failed, unreachable };
}
