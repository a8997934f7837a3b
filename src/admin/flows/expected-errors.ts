// Errors that mean that AWS has already what a step wants: another run, or another administrator, was faster.

import { type ErrorCode, isAwstError } from "../../model/errors.ts";

/** For `.catch` of a call: passes over errors with these codes, and throws every other one. */
export function ignore(...codes: readonly ErrorCode[]): (error: unknown) => void {
  return (error) => {
    if (!isAwstError(error, ...codes)) throw error;
  };
}

/** For `.catch` of a call that removes something, which may be gone already. */
export const absentIsDone = ignore("IAM_ABSENT");
