// One call to AWS, with the clock corrected, and the clock's news kept.

import { clockName, clockOf } from "../../model/clock.ts";
import type { Keys } from "../../model/session/session.ts";
import type { Answered, Aws } from "../../ports/aws.ts";
import type { Needs } from "../../ports.ts";
import { keepClock } from "./keep-clock.ts";

/** Errors: AWS_* and CLOCK_SKEWED. */
export async function askAws<T extends Answered>(
  world: Needs<"aws" | "state" | "now" | "say">,
  caller: Keys,
  region: string,
  ask: (aws: Aws) => Promise<T>,
): Promise<T> {
  const { skewMs } = clockOf(world.state.read(clockName), world.now());
  const aws = await world.aws(caller, { region, skewMs });
  const answer = await ask(aws);
  await keepClock(world, answer.at);
  return answer;
}
