// Turns an error response of AWS into ours: its code, whether AWS did nothing, whether a retry may help, and whether
// the clock was wrong.

import { AwstError } from "../../model/errors.ts";
import {
  type Asked,
  awsMessage,
  type Refusal,
  type RefusalRow,
  refusalRows,
} from "./aws-errors.ts";

/** `effect`: after a response below HTTP 500, or a throttled one, AWS did nothing. */
export function errorOfRefusal(asked: Asked, refusal: Refusal): AwstError {
  const row = rowOf(asked, refusal);
  const isPlain = refusal.status < 500 && row.becomes !== "AWS_RESPONSE_MALFORMED";
  return new AwstError(row.becomes, row.message(asked, refusal), {
    hint: row.hint?.(asked, refusal),
    cause: new Error(`${refusal.code} (HTTP ${refusal.status}): ${awsMessage(asked, refusal)}`),
    effect: isPlain || isThrottling(asked, refusal) ? "nothing-done" : "unknown",
    awsTime: refusal.awsTime,
  });
}

export function isThrottling(asked: Asked, refusal: Refusal): boolean {
  return rowOf(asked, refusal).becomes === "AWS_THROTTLED";
}

/** Returns whether another change was in progress: AWS did nothing, and a retry may succeed. */
export function isTransient({ code }: Refusal): boolean {
  return transientCodes.test(code);
}

/** Returns whether AWS refused the request's time, before it looked at anything else, a code included. */
export function isClockSkew(asked: Asked, refusal: Refusal): boolean {
  return rowOf(asked, refusal).becomes === "CLOCK_SKEWED";
}

function rowOf(asked: Asked, { code, text }: Refusal): RefusalRow {
  const line = `${code}: ${text}`.replace(/\s+/g, " ");
  const own = asked.service === undefined ? iamRefusalRows : [];
  const row = [...own, ...refusalRows].find(
    ({ when, action }) => when.test(line) && (action === undefined || action === asked.action),
  );
  if (row === undefined) throw new Error("the last row takes everything");
  return row;
}

/** Other services have errors of the same names. */
const iamRefusalRows: readonly RefusalRow[] = [
  {
    when: /^NoSuchEntity/,
    becomes: "IAM_ABSENT",
    message: (asked, refusal) =>
      `AWS finds nothing for ${asked.action}: ${awsMessage(asked, refusal)}`,
  },
  {
    when: /^EntityAlreadyExists/,
    becomes: "IAM_EXISTS",
    message: (asked, refusal) =>
      `AWS refused ${asked.action}, because it exists already: ${awsMessage(asked, refusal)}`,
  },
  {
    when: /^LimitExceeded/,
    becomes: "IAM_QUOTA",
    message: (asked, refusal) =>
      `AWS refused ${asked.action}, because a quota is reached: ${awsMessage(asked, refusal)}`,
  },
  {
    when: /^(DeleteConflict|EntityTemporarilyUnmodifiable|ConcurrentModification)/,
    becomes: "IAM_CONFLICT",
    message: (asked, refusal) => `AWS cannot do ${asked.action} now: ${awsMessage(asked, refusal)}`,
  },
  {
    when: /^InvalidAuthenticationCode/,
    becomes: "AWS_CODE_REFUSED",
    message: ({ device }) =>
      `AWS refused the codes of ${device}: wrong, used before, or not one right after the other`,
    hint: () => "try again with the device's next two codes",
  },
];

/** Refused because of a change to the same thing at the same time: nothing was done, and a retry will succeed. */
const transientCodes = /^(EntityTemporarilyUnmodifiable|ConcurrentModification)/;
