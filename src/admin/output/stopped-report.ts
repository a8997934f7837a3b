// How a command reports work that an error ended in the middle: what was done before it, in the text and in JSON.

import { AwstError } from "../../model/errors.ts";
import type { Style } from "../../output/style.ts";

/** `; done before: create the user; add to group Staff`, for the line of an error; "" where nothing was done. */
export function doneText(done: readonly string[]): string {
  return done.length === 0 ? "" : `; done before: ${done.join("; ")}`;
}

/** The note of a command about one user, grant or deployment; its `failure` has the error. */
export function stoppedNotes(
  what: string,
  done: readonly string[],
): (style: Style) => readonly string[] {
  return (style) => (done.length === 0 ? [] : [style.warn(`${what} stopped${doneText(done)}`)]);
}

/** Returns the error with the line that finishes the work as hint, where the error has none of its own. */
export function stoppedFailure(error: AwstError, retry: string): AwstError {
  const { code, message, cause, effect, more, awsTime } = error;
  return new AwstError(code, message, { hint: error.hint ?? retry, cause, effect, more, awsTime });
}

/** Two fields of a command's JSON: why the work stopped, and its state. */
export function stoppedJson(
  error: AwstError | undefined,
  finished: string,
): { readonly state: string; readonly error: string | null } {
  return error === undefined
    ? { state: finished, error: null }
    : { state: "stopped", error: error.message };
}
