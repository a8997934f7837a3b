// Faults that tests set: a fault waits for a call of its action and then applies, `times` times. `acts` says
// whether the service performs the action before the answer fails.

export type FaultKind =
  | "throttle"
  | "error500"
  | "error503"
  | "reset-before"
  | "reset-after"
  | "html"
  | "slow"
  | "hang"
  | "truncated"
  | "deny"
  | "error";

export interface Fault {
  /** As on the wire, or `*`. */
  readonly action: string;
  readonly kind: FaultKind;
  /** How often; default 1. */
  readonly times?: number;
  /** How many calls of the action succeed first. */
  readonly skip?: number;
  /** Of `slow`, default 1000; other kinds wait too if it is given. */
  readonly delayMs?: number;
  /** Applies only to calls signed for this region. */
  readonly region?: string;
  /** Default: true for slow, truncated and reset-after, false for all others. */
  readonly acts?: boolean;
  /** Of `error`: what to answer. `status` also counts for html (default 200). */
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** Whether a fault is left that no call has met yet. */
  isWaiting(): boolean;
  /** Returns the fault for this call, and counts it as used. */
  take(action: string, region: string): Fault | undefined;
}

const kinds = new Set<string>(
  "throttle error500 error503 reset-before reset-after html slow hang truncated deny error".split(
    " ",
  ),
);

export function startFaults(): Faults {
  let waiting: { fault: Fault; skip: number; times: number }[] = [];
  return {
    add(fault) {
      if (typeof fault.action !== "string" || !kinds.has(fault.kind)) {
        throw new TypeError(`a fault has an action and a kind: ${[...kinds].join(", ")}`);
      }
      waiting.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 });
    },
    clear() {
      waiting = [];
    },
    isWaiting: () => waiting.length > 0,
    take(action, region) {
      const fitting = waiting.filter(
        ({ fault }) =>
          (fault.action === "*" || fault.action === action) &&
          (fault.region === undefined || fault.region === region),
      );
      for (const one of fitting) {
        if (one.skip > 0) {
          one.skip--;
          continue;
        }
        one.times--;
        if (one.times <= 0) waiting = waiting.filter((other) => other !== one);
        return one.fault;
      }
      return undefined;
    },
  };
}

export function actsFirst(fault: Fault): boolean {
  return fault.acts ?? ["slow", "truncated", "reset-after"].includes(fault.kind);
}
