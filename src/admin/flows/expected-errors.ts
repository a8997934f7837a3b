// Errors that do not end a run of many users. Some are not failures: AWS has already what a step wants, since another
// run or another administrator was faster, or AWS does not know a new user everywhere yet. A bug ends the run, and what was
// done before it is reported.

import { AwstError, type ErrorCode, isAwstError } from "../../model/errors.ts";
import { oneLine } from "../../model/text/one-line.ts";
import { redact } from "../../model/text/redaction.ts";
import type { AdminContext } from "../ports.ts";

/** For `.catch` of a call: passes over errors with these codes, and throws every other one. */
export function ignore(...codes: readonly ErrorCode[]): (error: unknown) => void {
  return (error) => {
    if (!isAwstError(error, ...codes)) throw error;
  };
}

/** For `.catch` of a call that removes something, which may be gone already. */
export const absentIsDone = ignore("IAM_ABSENT");

/**
 * Returns the error of the work on one user, account, group or grant, for its result. A bug in awst is one too: thrown, it
 * would take the results before it along. The caller changes nothing more after a bug (`isBug`).
 */
export function failureFrom(error: unknown): AwstError {
  if (isAwstError(error)) return error;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new AwstError("BUG", `this is a bug in awst: ${redact(oneLine(what).trimEnd())}`, {
    cause: error,
  });
}

export function isBug(error: unknown): error is AwstError {
  return isAwstError(error, "BUG");
}

/** Returns the bug among the errors of a run: the command ends with it. */
export function findBug(
  results: readonly { readonly error?: AwstError | undefined }[],
): AwstError | undefined {
  return results.map(({ error }) => error).find(isBug);
}

export interface StepsTaken<T> {
  /** undefined where an error ended the work. */
  readonly value: T | undefined;
  /** What was done, in order, also before an error. */
  readonly done: readonly string[];
  readonly error: AwstError | undefined;
}

/** Never throws. `work` adds each step to `done` once AWS has accepted it, so that an error takes no step along. */
export async function takeSteps<T>(work: (done: string[]) => Promise<T>): Promise<StepsTaken<T>> {
  const done: string[] = [];
  try {
    return { value: await work(done), done, error: undefined };
  } catch (error) {
    return { value: undefined, done, error: failureFrom(error) };
  }
}

/** A user that was made just now is unknown to other calls for some seconds. */
export async function retryWhileNew<T>(
  admin: Pick<AdminContext, "sleep">,
  work: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const isNew = isAwstError(error, "IAM_ABSENT") && / user with name /.test(error.message);
      if (!isNew || tries >= 8) throw error;
      await admin.sleep(1_000 * tries);
    }
  }
}
