// Two clocks: this machine's, and AWS's as its last responses showed it (the state file `clock`). Sessions
// and MFA codes are compared with AWS's time.

export interface Clock {
  /** This machine's time. */
  readonly now: Date;
  readonly awsNow: Date;
  /** AWS's clock minus this machine's, in milliseconds; 0 until a response showed otherwise. */
  readonly skewMs: number;
  /** The time that codes are made for from a seed. */
  readonly codeTime: Date;
}

/** What responses showed of AWS's clock. */
export interface SeenClock {
  readonly skewMs: number;
  /** The response came from this machine, where a variable of the environment names an endpoint. */
  readonly isLocal: boolean;
}

/** A smaller skew counts as none: the Date header has whole seconds, and a response takes time. */
const noticedMs = 5_000;
const reportedMs = 60_000;
/** A larger difference is an attempt to get MFA codes of another day, not a wrong clock. */
export const maxSkewMs = 24 * 3600 * 1000;

/** How far ahead of this machine's clock a code is made if AWS itself has not shown that this clock is behind. */
const codeStepMs = 30_000;

/** A `StateFile`. */
export const clockFile = {
  name: "clock",
  isShared: true as const,
  decode: (stored: unknown): SeenClock => {
    const { skewMs, isLocal } = Object(stored) as Record<string, unknown>;
    const isSmall = typeof skewMs === "number" && Math.abs(skewMs) <= maxSkewMs;
    return { skewMs: isSmall ? skewMs : 0, isLocal: isLocal === true };
  },
};

/** Returns both clocks at `now`. A server on this machine gets no code of a later time. */
export function clockAt(now: Date, skewMs: number, isLocal = false): Clock {
  const at = (ms: number) => new Date(now.getTime() + ms);
  const codeTime = at(isLocal ? Math.min(skewMs, codeStepMs) : skewMs);
  return { now, awsNow: at(skewMs), skewMs, codeTime };
}

/** Returns the clock that a response of AWS showed; undefined when it differs too little from `clock`. */
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
  return `your clock is ${minutes} min ${skewMs > 0 ? "behind" : "ahead of"} AWS's; awst corrects for the difference`;
}
