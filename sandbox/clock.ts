// The sandbox's clock: real time plus what tests advanced it by. Codes, sessions, MFA age and the
// signature window all follow it, and it is told in every answer's Date header.

export interface Clock {
  now(): Date;
  /** Moves everything; a negative number goes back. */
  advance(seconds: number): void;
}

/** `skewSeconds` is asked each time: a setting that may change while the sandbox runs. */
export function startClock(skewSeconds: () => number = () => 0): Clock {
  let offsetMs = 0;
  return {
    now: () => new Date(Date.now() + offsetMs + skewSeconds() * 1000),
    advance: (seconds) => {
      offsetMs += seconds * 1000;
    },
  };
}
