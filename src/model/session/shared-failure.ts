// How one process's failure reaches those that waited for it: AWS's answer and a person's "no" are
// shared, "no code source here" is not (the next one may have one).

import { AwstError, type ErrorCode, isAwstError } from "../errors.ts";
import type { StateFile } from "../state-file.ts";

export interface SharedFailure {
  readonly at: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

/** For how long a program that asks anew is given the same answer. */
const echoMs = 10_000;

export function isShareable(error: unknown): error is AwstError {
  if (!(error instanceof AwstError)) return false;
  if (error.code.startsWith("AWS_") || error.code === "CLOCK_SKEWED") return true;
  return error.code === "INTERRUPTED" || error.code === "ANSWER_TIMED_OUT";
}

/** AWS's word on what was asked of it with a code: nothing to those who want something else with theirs. */
export function isAboutTheRole(error: AwstError): boolean {
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

/** The last failure under the lock of this name. */
export function sharedFailureFile(lock: string): StateFile<SharedFailure | undefined> {
  return { name: `outcome-${lock}`, decode: decodeOutcome };
}

/** The error to end with, when this outcome counts for somebody who waited since, or asks now. */
export function sharedFailureFor(
  value: unknown,
  asks: {
    readonly waitedSince: Date | undefined;
    readonly requester: "person" | "machine";
    readonly now: Date;
  },
): AwstError | undefined {
  const outcome = decodeOutcome(value);
  if (outcome === undefined) return undefined;
  const at = Date.parse(outcome.at);
  const sawItHappen = asks.waitedSince !== undefined && at >= asks.waitedSince.getTime();
  const age = asks.now.getTime() - at;
  const hearsTheEcho = asks.requester === "machine" && age >= 0 && age < echoMs;
  if (!sawItHappen && !hearsTheEcho) return undefined;
  return new AwstError(outcome.code, outcome.message, { hint: outcome.hint });
}

function decodeOutcome(value: unknown): SharedFailure | undefined {
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
