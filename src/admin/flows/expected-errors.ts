// Errors that are no failure: AWS has already what a step wants, since another run or another administrator was faster, or
// AWS does not know a new user everywhere yet.

import { type ErrorCode, isAwstError } from "../../model/errors.ts";
import type { AdminContext } from "../ports.ts";

/** For `.catch` of a call: passes over errors with these codes, and throws every other one. */
export function ignore(...codes: readonly ErrorCode[]): (error: unknown) => void {
  return (error) => {
    if (!isAwstError(error, ...codes)) throw error;
  };
}

/** For `.catch` of a call that removes something, which may be gone already. */
export const absentIsDone = ignore("IAM_ABSENT");

/** A user that was made just now is unknown to other calls for some seconds. */
export async function retryWhileNew(
  admin: Pick<AdminContext, "sleep">,
  work: () => Promise<unknown>,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await work();
      return;
    } catch (error) {
      const isNew = isAwstError(error, "IAM_ABSENT") && / user with name /.test(error.message);
      if (!isNew || tries >= 8) throw error;
      await admin.sleep(1_000 * tries);
    }
  }
}
