// Two clocks: this machine's, and AWS's as its last answers showed it (the state file `clock`).

export const clockName = "clock";

export interface Clock {
  /** This machine's time. */
  readonly now: Date;
  readonly awsNow: Date;
  /** AWS's clock minus this machine's, in milliseconds; 0 until an answer showed otherwise. */
  readonly skewMs: number;
}

/** The Date header counts whole seconds, and an answer takes its time. */
const noticedMs = 5_000;
const saidMs = 60_000;

/** From what the state file holds, whatever it is. */
export function clockOf(value: unknown, now: Date): Clock {
  const kept = typeof value === "object" && value !== null ? Object(value).skewMs : undefined;
  const skewMs = typeof kept === "number" && Number.isFinite(kept) ? kept : 0;
  return { now, awsNow: new Date(now.getTime() + skewMs), skewMs };
}

/** The clock as an answer of AWS's showed it; undefined when that is nothing new. */
export function correctedClock(clock: Clock, awsTime: Date): Clock | undefined {
  const seen = awsTime.getTime() - clock.now.getTime();
  const skewMs = Math.abs(seen) < noticedMs ? 0 : seen;
  if (Math.abs(skewMs - clock.skewMs) < noticedMs) return undefined;
  return clockOf({ skewMs }, clock.now);
}

/** What a person should know of it; undefined for less than a minute. */
export function clockRemark({ skewMs }: Clock): string | undefined {
  if (Math.abs(skewMs) < saidMs) return undefined;
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  return `your clock is ${minutes} min ${skewMs > 0 ? "behind" : "ahead of"} AWS's; corrected for`;
}
