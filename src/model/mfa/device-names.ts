// Names of virtual devices. Old policies allow a user's own name alone, so that comes first; then the
// same with a number. A name is taken by any device of the account, also by one that is nobody's.

import { AwstError } from "../errors.ts";

/** Errors: USAGE. */
export function checkDeviceName(name: string): string {
  if (/^[\w+=,.@-]{1,128}$/.test(name)) return name;
  throw new AwstError("USAGE", `${JSON.stringify(name)} is no name for an MFA device`, {
    hint: "letters, digits and + = , . @ _ -",
  });
}

/** `bob`, `bob-2`, `bob-3`, …: the first that is not taken. Names differ in more than case. */
export function freeDeviceName(userName: string, taken: readonly string[]): string {
  const isTaken = new Set(taken.map((name) => name.toLowerCase()));
  for (let number = 1; ; number++) {
    const name = number === 1 ? userName : `${userName}-${number}`;
    if (!isTaken.has(name.toLowerCase())) return name;
  }
}

/** What an administrator pastes where the user's own policy denies it. */
export function deletionLine(serial: string): string {
  return `aws iam delete-virtual-mfa-device --serial-number ${serial}`;
}
