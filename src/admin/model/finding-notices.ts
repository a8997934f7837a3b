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
}

const rootName = "<root>";

/** `needsEmail`, `usersPerNotice`: of the notifier. */
export function findingNotices(
  { account, findings, emails }: FindingsOfAccount,
  how: { readonly needsEmail: boolean; readonly usersPerNotice: number },
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
  const isReachable = ({ email }: NoticeUser) => !how.needsEmail || email !== undefined;
  return {
    notices: batches(users.filter(isReachable), how.usersPerNotice).map((batch) => ({
      kind: "hygiene",
      account,
      users: batch,
    })),
    unreachable: users.filter((user) => !isReachable(user)).map(({ name }) => name),
  };
}
