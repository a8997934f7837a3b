// Stands between the administrator's flows and AWS, and breaks one call that changes something.

import type { AdminIam } from "../../src/admin/ports.ts";
import { AwstError, type ErrorCode } from "../../src/model/errors.ts";

export const failures = ["kill before", "kill after", "lost reply", "throttled", "denied"] as const;
export type Failure = (typeof failures)[number];

/** The process ended. */
export class Killed extends Error {}

/** A process that can be killed: its calls then never return, so nothing of it continues. */
export class MortalProcess {
  isDead = false;
  #reject: (error: Killed) => void = () => {};
  readonly #end = new Promise<never>((_, reject) => {
    this.#reject = reject;
  });

  constructor() {
    this.#end.catch(() => {});
  }

  /** Returns nothing any more. */
  die(): Promise<never> {
    this.isDead = true;
    this.#reject(new Killed());
    return new Promise(() => {});
  }

  /** Rejects with `Killed` where the process ends before its work. */
  orKilled<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#end]);
  }
}

export interface Strike {
  /** The number of the call that changes something, from 0; more than there are: none. */
  readonly at: number;
  /** `meddle`: another administrator changes something just before the call. */
  readonly kind: Failure | "meddle after" | "meddle before" | "twice";
  readonly meddle?: () => void | Promise<void>;
}

export interface FaultyIam {
  readonly faulty: (iam: AdminIam) => AdminIam;
  /** Names of the calls that changed something, or were to. */
  readonly writes: string[];
  readonly orKilled: <T>(work: Promise<T>) => Promise<T>;
}

/** `check`: called after each call that changed something. */
export function faultyIam(
  strike: Strike | undefined,
  check: (call: string) => void = () => {},
): FaultyIam {
  const { writes, send, orKilled } = faultyCalls(
    strike,
    check,
    /^(list|get|find|last|account|read)/,
  );
  const faulty = (iam: AdminIam): AdminIam => {
    const entries = Object.entries(iam).map(([name, call]) => [
      name,
      (...args: readonly unknown[]) => send(name, () => call(...args)),
    ]);
    return Object.fromEntries(entries) as AdminIam;
  };
  return { faulty, writes, orKilled };
}

export interface FaultyCalls {
  readonly writes: string[];
  /** Makes the call, or breaks it. */
  readonly send: (name: string, call: () => Promise<unknown>) => Promise<unknown>;
  readonly orKilled: <T>(work: Promise<T>) => Promise<T>;
}

/** `reading`: matches the names of calls that change nothing. */
export function faultyCalls(
  strike: Strike | undefined,
  check: (call: string) => void,
  reading: RegExp,
): FaultyCalls {
  const writes: string[] = [];
  const mortal = new MortalProcess();
  const send = async (name: string, call: () => Promise<unknown>): Promise<unknown> => {
    if (mortal.isDead) return mortal.die();
    if (reading.test(name)) return call();
    writes.push(name);
    const answer = async (): Promise<unknown> => {
      const result = await call();
      check(name);
      return result;
    };
    if (strike === undefined || writes.length - 1 !== strike.at) return answer();
    const fails = (code: ErrorCode, effect: "unknown" | "nothing-done") =>
      new AwstError(code, `${name}: ${strike.kind}`, { effect });
    switch (strike.kind) {
      case "kill before":
        return mortal.die();
      case "kill after":
        await answer();
        return mortal.die();
      case "lost reply":
        await answer();
        throw fails("AWS_UNREACHABLE", "unknown");
      case "throttled":
        throw fails("AWS_THROTTLED", "nothing-done");
      case "denied":
        throw fails("AWS_DENIED", "nothing-done");
      case "twice":
        await call();
        return answer();
      case "meddle before":
        await strike.meddle?.();
        return answer();
      case "meddle after": {
        const result = await answer();
        await strike.meddle?.();
        return result;
      }
    }
  };
  return { writes, send, orKilled: (work) => mortal.orKilled(work) };
}
