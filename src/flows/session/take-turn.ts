// Single flight: any number of processes that want the same thing take turns; the first does it, the
// others find it done, or are given the first one's answer.

import type { AwstError } from "../../model/errors.ts";
import {
  encodeSharedFailure,
  isShareable,
  sharedFailureFor,
} from "../../model/session/shared-failure.ts";
import type { Needs } from "../../ports.ts";

export interface TurnWish<T> {
  readonly lock: string;
  /** Who this process is, in words for those that wait: `assume main-account DeveloperAccess`. */
  readonly purpose: string;
  readonly requester: "person" | "machine";
  /** When a machine's patience ends. */
  readonly deadline: Date | undefined;
  /** What somebody else may have done in the meantime; undefined: it is still to be done. */
  readonly look: () => Promise<T | undefined>;
  readonly work: () => Promise<T>;
  /** A failure that tells of this process alone: nobody hears of it, here or at a turn around this one. */
  readonly isMine?: (() => boolean) | undefined;
  /** A failure that is not about what all who wait here want. */
  readonly isOffTopic?: ((error: AwstError) => boolean) | undefined;
}

const ownAffairs = new WeakSet<AwstError>();

/** Errors: what `work` throws, what another process's work threw, WAIT_TIMED_OUT. */
export async function takeTurn<T>(
  context: Needs<"locks" | "state" | "now" | "say" | "processId">,
  wish: TurnWish<T>,
): Promise<T> {
  const locks = await context.locks();
  const waitMs = wish.deadline && Math.max(0, wish.deadline.getTime() - context.now().getTime());
  const how = {
    holder: `${wish.purpose} (process ${context.processId})`,
    onWait: (holder: string | undefined) =>
      context.say(`waiting for ${holder ?? "another awst"} to finish`),
    ...(waitMs === undefined ? {} : { waitMs }),
  };
  return locks.hold(wish.lock, how, async (turn) => {
    const done = await wish.look();
    if (done !== undefined) return done;
    const outcomeName = `outcome-${wish.lock}`;
    const asks = { waitedSince: turn.waitedSince, requester: wish.requester, now: context.now() };
    const shared = sharedFailureFor(context.state.read(outcomeName), asks);
    if (shared) throw shared;
    try {
      return await wish.work();
    } catch (error) {
      if (!isShareable(error)) throw error;
      if (wish.isMine?.()) ownAffairs.add(error);
      if (!ownAffairs.has(error) && !wish.isOffTopic?.(error)) {
        context.state.replace(outcomeName, encodeSharedFailure(error, context.now()));
      }
      throw error;
    }
  });
}
