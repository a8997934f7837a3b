// AWS's clock against this machine's: read off every answer, kept, said when it matters.

import { clockName, clockOf, clockRemark, correctedClock } from "../../model/clock.ts";
import type { Needs } from "../../ports.ts";

/** Keeps what an answer showed, and names a clock that is off by a minute or more, once per change. */
export async function keepClock(
  world: Needs<"state" | "now" | "say">,
  awsTime: Date,
): Promise<void> {
  const clock = correctedClock(clockOf(world.state.read(clockName), world.now()), awsTime);
  if (clock === undefined) return;
  world.state.replace(clockName, { skewMs: clock.skewMs });
  const remark = clockRemark(clock);
  if (remark) world.say(remark);
}
