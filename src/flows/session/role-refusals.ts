// Roles that AWS refused to a session that had just been opened: not allowed, or not there. Remembered by
// fingerprint, so that no further code is asked for in vain.

import { AwstError } from "../../model/errors.ts";
import {
  decodeLearned,
  learnedName,
  withoutRefusal,
  withRefusal,
} from "../../model/session/learned.ts";
import { retryLine } from "../../model/session/retry-line.ts";
import type { Needs } from "../../ports.ts";
import { changeLearned } from "./learn-user.ts";
import type { Wish } from "./session-wish.ts";

type MemoryNeeds = Needs<"state" | "now">;

export async function wasRefused(world: MemoryNeeds, wish: Wish): Promise<boolean> {
  return readRefusal(world, wish) !== undefined;
}

/** It was granted after all. */
export async function forgetRefusal(world: MemoryNeeds, wish: Wish): Promise<void> {
  if (readRefusal(world, wish) === undefined) return;
  await changeLearned(world, (learned) => withoutRefusal(learned, wish.target.fingerprint));
}

/** The error to end with. */
export async function rememberRefusal(
  world: MemoryNeeds,
  wish: Wish,
  cause: AwstError,
): Promise<AwstError> {
  const { fingerprint } = wish.target;
  await changeLearned(world, (learned) => withRefusal(learned, fingerprint, world.now()));
  return new AwstError("AWS_ROLE_REFUSED", cause.message, { hint: cause.hint, cause });
}

/** The error to end with, where a code would be needed to ask again. */
export async function refusedBefore(world: MemoryNeeds, wish: Wish): Promise<AwstError> {
  const at = (readRefusal(world, wish)?.at ?? "").slice(0, 16).replace("T", " ");
  const message = `AWS refused ${wish.target.inputs.roleArn} at ${at} UTC, to a session that had just been opened: no code is asked for again`;
  const again = retryLine({ ...wish.request, refresh: true }, wish.target);
  return new AwstError("AWS_ROLE_REFUSED", message, { hint: `once it is allowed: ${again}` });
}

function readRefusal(world: MemoryNeeds, wish: Wish) {
  const { refusals } = decodeLearned(world.state.read(learnedName), world.now());
  return refusals[wish.target.fingerprint];
}
