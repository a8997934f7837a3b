// Single flight: of all processes that want the same session, the one that has the lock makes it. The
// others wait for the lock; then they find the session cached, or end with the failure of the first one.

import type { SessionRequest } from "../../model/session/session-request.ts";
import {
  encodeSharedFailure,
  isShareable,
  maxFailureAgeMs,
  sharedFailureFile,
  sharedFailureFor,
  sharedFailurePrefix,
} from "../../model/session/shared-failure.ts";
import type { Lock, Needs } from "../../ports.ts";

/** Failures that concern the process which had them alone: no lock around them shares them. */
const privateFailures = new WeakSet<Error>();

/** Throws the failure of the process that had the lock before, when it answers this request as well. */
export function throwSharedFailure(
  context: Needs<"state" | "now">,
  lockName: string,
  lock: Lock,
  requester: SessionRequest["requester"],
): void {
  const failure = sharedFailureFor(context.state.read(sharedFailureFile(lockName)), {
    waitedSince: lock.waitedSince,
    requester,
    now: context.now(),
  });
  if (failure !== undefined) throw failure;
}

/** Stores a failure for the processes that wait for the lock, where it answers them as well. The caller
 *  throws it on. */
export function shareFailure(
  context: Needs<"state" | "now">,
  lockName: string,
  error: unknown,
): void {
  if (!isShareable(error) || privateFailures.has(error)) return;
  context.state.write(sharedFailureFile(lockName), encodeSharedFailure(error, context.now()));
  context.state.removeOld(sharedFailurePrefix, maxFailureAgeMs);
}

/** Keeps a failure from being shared: it comes from a code that only this process was given. */
export function keepFailurePrivate(error: unknown): void {
  if (error instanceof Error) privateFailures.add(error);
}

/** Returns how long a wait may last. `deadline`: on `context.monotonic`; undefined: no limit of the call's own. */
export function millisecondsUntil(
  context: Needs<"monotonic">,
  deadline: number | undefined,
): number | undefined {
  return deadline && Math.max(0, deadline - context.monotonic());
}
