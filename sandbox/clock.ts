// The sandbox's clock: real time plus what tests advanced it by. Codes, sessions, MFA age and the
// signature window follow it, and every answer's Date header has its time.

export interface Clock {
  now(): Date;
  /** Moves everything; a negative number goes back. */
  advance(seconds: number): void;
}

/** `skewSeconds` is called for every time, since the setting may change while the sandbox runs. */
export function startClock(skewSeconds: () => number = () => 0): Clock {
  let offsetMs = 0;
  return {
    now: () => new Date(Date.now() + offsetMs + skewSeconds() * 1000),
    advance: (seconds) => {
      offsetMs += seconds * 1000;
    },
  };
}
