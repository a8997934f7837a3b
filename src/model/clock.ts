// Two clocks: this machine's, and AWS's as its last responses showed it (the state file `clock`). Sessions
// and MFA codes are compared with AWS's time.

export interface Clock {
  /** This machine's time. */
  readonly now: Date;
  readonly awsNow: Date;
  /** AWS's clock minus this machine's, in milliseconds; 0 until an answer showed otherwise. */
  readonly skewMs: number;
}

/** A smaller skew counts as none: the Date header has whole seconds, and an answer takes time. */
const noticedMs = 5_000;
const reportedMs = 60_000;
/** A larger difference is an attempt to get MFA codes of another day, not a wrong clock. */
export const longestSkewMs = 24 * 3600 * 1000;

/** A `StateFile`. */
export const clockFile = {
  name: "clock",
  decode: (stored: unknown): Pick<Clock, "skewMs"> => {
    const skewMs: unknown = Object(stored).skewMs;
    return { skewMs: typeof skewMs === "number" && Math.abs(skewMs) <= longestSkewMs ? skewMs : 0 };
  },
};

/** Returns both clocks at `now`. */
export function clockAt(now: Date, skewMs: number): Clock {
  return { now, awsNow: new Date(now.getTime() + skewMs), skewMs };
}

/** Returns the clock that an answer of AWS showed; undefined when it differs too little from `clock`. */
export function correctedClock(clock: Clock, awsTime: Date): Clock | undefined {
  const seen = awsTime.getTime() - clock.now.getTime();
  const skewMs = Math.abs(seen) < noticedMs ? 0 : seen;
  if (Math.abs(skewMs - clock.skewMs) < noticedMs) return undefined;
  return clockAt(clock.now, skewMs);
}

/** Returns the line that reports a wrong clock; undefined for less than a minute. */
export function clockRemark({ skewMs }: Clock): string | undefined {
  if (Math.abs(skewMs) < reportedMs) return undefined;
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  return `your clock is ${minutes} min ${skewMs > 0 ? "behind" : "ahead of"} AWS's; corrected for`;
}
