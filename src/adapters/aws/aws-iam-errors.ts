// IAM's own refusals, which STS does not know: rows before those of `aws-errors.ts`. AWS's words are
// quoted, since they name the thing; two of the codes ask for nothing but patience.

import { type RefusalRow, words } from "./aws-errors.ts";

export const iamRefusalRows: readonly RefusalRow[] = [
  {
    when: /^NoSuchEntity/,
    becomes: "IAM_ABSENT",
    message: (asked, refusal) => `AWS finds nothing for ${asked.action}: ${words(asked, refusal)}`,
  },
  {
    when: /^EntityAlreadyExists/,
    becomes: "IAM_EXISTS",
    message: (asked, refusal) =>
      `there is one already, ${told(asked.action)}: ${words(asked, refusal)}`,
  },
  {
    when: /^LimitExceeded/,
    becomes: "IAM_QUOTA",
    message: (asked, refusal) =>
      `AWS's quota is reached, ${told(asked.action)}: ${words(asked, refusal)}`,
  },
  {
    when: /^(DeleteConflict|EntityTemporarilyUnmodifiable|ConcurrentModification)/,
    becomes: "IAM_CONFLICT",
    message: (asked, refusal) => `AWS cannot do ${asked.action} now: ${words(asked, refusal)}`,
  },
  {
    when: /^InvalidAuthenticationCode/,
    becomes: "AWS_CODE_REFUSED",
    message: ({ device }) =>
      `AWS refused the codes of ${device}: wrong, used before, or not one right after the other`,
    hint: () => "try again with the device's next two codes",
  },
];

/** Refused because somebody changes the same thing right now: nothing was done, and soon it will do. */
export const passing = /^(EntityTemporarilyUnmodifiable|ConcurrentModification)/;

function told(action: string): string {
  return `says AWS to ${action}`;
}
