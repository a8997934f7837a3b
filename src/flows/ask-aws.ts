// One call to AWS, with the clock corrected, and the clock's news kept.

import type { Keys } from "../model/session.ts";
import type { Answered, Aws, Needs } from "../ports.ts";
import { keepSkew, readSkewMs } from "./keep-clock.ts";

/** Errors: AWS_* and CLOCK_SKEWED. */
export async function askAws<T extends Answered>(
  world: Needs<"aws" | "state" | "now" | "say">,
  caller: Keys,
  region: string,
  ask: (aws: Aws) => Promise<T>,
): Promise<T> {
  const aws = await world.aws(caller, { region, skewMs: readSkewMs(world) });
  const answer = await ask(aws);
  keepSkew(world, answer.at);
  return answer;
}
