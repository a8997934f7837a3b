// The failure of one process, as the processes that waited for it get it. AWS's refusals and a user's Ctrl-C
// are shared; CODE_NEEDED is not, since the next process may have a source of codes.

import { AwstError, type ErrorCode, isAwstError } from "../errors.ts";
import type { StateFile } from "../state-file.ts";

export interface SharedFailure {
  readonly at: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

/** So long, a machine that asks again gets the same failure. */
const repeatMs = 10_000;

/** Files of failures begin so. Every role session, and every use of one with options of its own, has a lock of its own. */
export const sharedFailurePrefix = "failure-";

/** No process waits so long for a lock: then a failure has no reader any more. */
export const maxFailureAgeMs = 3600_000;

/** The last failure of a process that had this lock. */
export function sharedFailureFile(lockName: string): StateFile<SharedFailure | undefined> {
  return { name: `${sharedFailurePrefix}${lockName}`, decode: decodeSharedFailure };
}

export function isShareable(error: unknown): error is AwstError {
  if (!(error instanceof AwstError)) return false;
  if (error.code.startsWith("AWS_") || error.code === "CLOCK_SKEWED") return true;
  return error.code === "INTERRUPTED" || error.code === "ANSWER_TIMED_OUT";
}

/** Returns whether the failure concerns the role of the call alone, and not its code. */
export function isAboutTheRole(error: unknown): boolean {
  return isAwstError(
    error,
    "AWS_DENIED",
    "AWS_ROLE_REFUSED",
    "AWS_DURATION_OVER_MAXIMUM",
    "AWS_DURATION_OVER_CHAIN_CAP",
    "AWS_INPUT_REFUSED",
    "AWS_POLICY_REFUSED",
    "AWS_POLICY_TOO_LARGE",
    "AWS_SESSION_EXPIRED",
    "AWS_FAILED",
  );
}

export function encodeSharedFailure(error: AwstError, now: Date): SharedFailure {
  return { at: now.toISOString(), code: error.code, message: error.message, hint: error.hint };
}

/** Returns the error to end with, when the failure answers a process that waited for it, or a machine that asks
 *  again within 10 s. */
export function sharedFailureFor(
  failure: SharedFailure | undefined,
  request: {
    readonly waitedSince: Date | undefined;
    readonly requester: "user" | "machine";
    readonly now: Date;
  },
): AwstError | undefined {
  if (failure === undefined) return undefined;
  const at = Date.parse(failure.at);
  const waitedForIt = request.waitedSince !== undefined && at >= request.waitedSince.getTime();
  const age = request.now.getTime() - at;
  const asksAgain = request.requester === "machine" && age >= 0 && age < repeatMs;
  if (!waitedForIt && !asksAgain) return undefined;
  return new AwstError(failure.code, failure.message, { hint: failure.hint });
}

function decodeSharedFailure(value: unknown): SharedFailure | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { at, code, message, hint } = value as Record<string, unknown>;
  if (typeof at !== "string" || typeof code !== "string" || typeof message !== "string") {
    return undefined;
  }
  return {
    at,
    code: code as ErrorCode,
    message,
    hint: typeof hint === "string" ? hint : undefined,
  };
}
