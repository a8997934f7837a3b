// Findings as notices: for each user who has some, one entry with a line for each finding. The root user has findings,
// but no address: a mail does not reach it.

import type { HygieneFinding } from "./hygiene.ts";
import { batches, type NoticeUser, type UserNotice } from "./notices.ts";

export interface FindingsOfAccount {
  readonly account: UserNotice["account"];
  /** In the order of the report. */
  readonly findings: readonly HygieneFinding[];
  /** Tags `email` by user name. */
  readonly emails: ReadonlyMap<string, string>;
}

export interface FindingNotices {
  readonly notices: readonly UserNotice[];
  /** Users without an address for a mail, `<root>` among them. */
  readonly unreachable: readonly string[];
  /** How many users are left out, since their findings were delivered today. */
  readonly sentBefore: number;
}

const rootName = "<root>";

export interface FindingsHow {
  /** Of the notifier. */
  readonly needsEmail: boolean;
  readonly usersPerNotice: number;
  /** Whether a run of today has delivered these findings. */
  readonly wasSent?: ((accountId: string, user: NoticeUser) => boolean) | undefined;
}

export function findingNotices(
  { account, findings, emails }: FindingsOfAccount,
  how: FindingsHow,
): FindingNotices {
  const lines = new Map<string, string[]>();
  for (const { user = rootName, text } of findings) {
    lines.set(user, [...(lines.get(user) ?? []), text]);
  }
  const users = [...lines].map(
    ([name, about]): NoticeUser => ({
      name,
      email: emails.get(name),
      until: undefined,
      lines: about,
    }),
  );
  const unsent = users.filter((user) => how.wasSent?.(account.id, user) !== true);
  const isReachable = ({ email }: NoticeUser) => !how.needsEmail || email !== undefined;
  return {
    notices: batches(unsent.filter(isReachable), how.usersPerNotice).map((batch) => ({
      kind: "hygiene",
      account,
      users: batch,
    })),
    unreachable: users.filter((user) => !isReachable(user)).map(({ name }) => name),
    sentBefore: users.length - unsent.length,
  };
}
