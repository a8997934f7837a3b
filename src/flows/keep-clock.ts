// AWS's clock against this machine's: read off every answer, kept, said when it matters.

import type { Needs } from "../ports.ts";

const clockName = "clock";
/** The Date header counts whole seconds, and an answer takes its time. */
const noticedMs = 5_000;
const saidMs = 60_000;

/** AWS's clock minus this machine's, in milliseconds; 0 until an answer showed otherwise. */
export function readSkewMs(world: Needs<"state">): number {
  const value = world.state.read(clockName);
  const skew = typeof value === "object" && value !== null ? Object(value)["skewMs"] : undefined;
  return typeof skew === "number" && Number.isFinite(skew) ? skew : 0;
}

/** Keeps what an answer showed, and names a clock that is off by a minute or more, once per change. */
export function keepSkew(world: Needs<"state" | "now" | "say">, awsTime: Date): number {
  const before = readSkewMs(world);
  const seen = awsTime.getTime() - world.now().getTime();
  const skewMs = Math.abs(seen) < noticedMs ? 0 : seen;
  if (Math.abs(skewMs - before) < noticedMs) return before;
  world.state.replace(clockName, { skewMs });
  if (Math.abs(skewMs) >= saidMs) {
    const minutes = Math.round(Math.abs(skewMs) / 60_000);
    world.say(
      `your clock is ${minutes} min ${skewMs > 0 ? "behind" : "ahead of"} AWS's; corrected for`,
    );
  }
  return skewMs;
}
