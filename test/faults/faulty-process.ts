// A process on the fake machine in which every effect can fail: keychain, state file, request or lock, numbered in
// their order. After a kill it has no further effect, whatever code still runs.

import { AwstError, type ErrorCode } from "../../src/model/errors.ts";
import type { StateFile } from "../../src/model/state-file.ts";
import type { Context, Keychain, State } from "../../src/ports.ts";
import { type FakeMachine, type FakeProcess, verifying } from "../support/fake-context.ts";
import { wrapMembers } from "../support/wrap-members.ts";

export const faultKinds = [
  "kill before",
  "kill after",
  "request lost",
  "reply lost",
  "throttled",
  "denied",
  "keychain refuses",
  "keychain forgets",
  "disk full",
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  /** The number of the effect, from 0. */
  readonly at: number;
  readonly kind: FaultKind;
}

export interface Effect {
  /** `iam CreateAccessKey`, `keychain write next-key/main-account`, `state replace rotation-…`. */
  readonly name: string;
  readonly kind: "request" | "keychain" | "keychain write" | "state" | "state write" | "lock";
}

export class Killed extends Error {}

export interface FaultyProcess {
  readonly context: Context & { readonly messages: string[] };
  readonly effects: readonly Effect[];
  /** How many faults occurred. */
  readonly struck: () => number;
}

/** Returns whether this kind of fault can occur at this effect. */
export function canStrike(kind: FaultKind, effect: Effect): boolean {
  if (kind.startsWith("kill")) return true;
  if (kind === "keychain refuses") return effect.kind === "keychain write";
  // The keychain reports success and stores nothing.
  if (kind === "keychain forgets") return effect.name.startsWith("keychain write");
  if (kind === "disk full")
    return effect.kind === "keychain write" || effect.kind === "state write";
  return effect.kind === "request";
}

/** `check` is called after every effect, successful or not. */
export function openFaulty(
  machine: FakeMachine,
  how: {
    readonly faults: readonly Fault[];
    readonly process: FakeProcess;
    readonly check: (effect: Effect) => void;
  },
): FaultyProcess {
  const effects: Effect[] = [];
  let isDead = false;
  let isFull = false;
  let struck = 0;
  const base = machine.process(how.process);

  const die = (): never => {
    isDead = true;
    throw new Killed("killed");
  };
  const strike = (effect: Effect): FaultKind | undefined => {
    if (isDead) throw new Killed("dead");
    const at = effects.length;
    effects.push(effect);
    const fault = how.faults.find((each) => each.at === at && canStrike(each.kind, effect));
    if (fault) struck += 1;
    if (fault?.kind === "kill before") die();
    if (fault?.kind === "disk full") isFull = true;
    return fault?.kind;
  };
  const end = <T>(effect: Effect, kind: FaultKind | undefined, result: T): T => {
    how.check(effect);
    return kind === "kill after" ? die() : result;
  };
  const sync = <T>(effect: Effect, work: () => T, isWrite = false): T | undefined => {
    const kind = strike(effect);
    return end(effect, kind, isWrite && isFull ? undefined : work());
  };
  const later = async <T>(effect: Effect, work: () => Promise<T>): Promise<T> => {
    const kind = strike(effect);
    const error = errorOf(kind, effect, isFull);
    if (error && kind !== "reply lost") {
      how.check(effect);
      throw error;
    }
    if (kind === "keychain forgets") return undefined as T;
    const result = await work().catch((refusal: unknown) => {
      how.check(effect);
      throw refusal;
    });
    if (isDead) throw new Killed("dead");
    end(effect, kind, undefined);
    if (error) throw error;
    return result;
  };
  const requests = <T extends object>(service: string, calls: T): T =>
    wrapMembers(calls, (name, call) => (...args) => {
      const effect = { name: `${service} ${name}`, kind: "request" } as const;
      return later(effect, () => call(...args) as Promise<unknown>);
    });

  const state: State = {
    ...base.state,
    read: <T>(file: StateFile<T>) => {
      const effect = { name: `state read ${file.name}`, kind: "state" } as const;
      return sync(effect, () => base.state.read(file)) as T;
    },
    write: (file, value) => {
      const effect = { name: `state replace ${file.name}`, kind: "state write" } as const;
      sync(effect, () => base.state.write(file, value), true);
    },
    update: async (file, change) => {
      const changed = change(state.read(file));
      if (changed !== undefined) state.write(file, changed);
    },
    record: (event, facts) => {
      const effect = { name: `state record ${event}`, kind: "state write" } as const;
      sync(effect, () => base.state.record(event, facts), true);
    },
  };
  const wrapKeychain = (keychain: Keychain): Keychain =>
    verifying({
      ...keychain,
      read: (item) =>
        later({ name: `keychain read ${item}`, kind: "keychain" }, () => keychain.read(item)),
      write: (item, value) =>
        later({ name: `keychain write ${item}`, kind: "keychain write" }, () =>
          keychain.write(item, value),
        ),
      remove: (item) =>
        later({ name: `keychain remove ${item}`, kind: "keychain write" }, () =>
          keychain.remove(item),
        ),
    });
  const context = {
    ...base,
    state,
    keychain: async (backend) => wrapKeychain(await base.keychain(backend)),
    aws: async (credentials, region) => requests("sts", await base.aws(credentials, region)),
    iam: async (credentials, region) => requests("iam", await base.iam(credentials, region)),
    sleep: async (milliseconds) => {
      if (isDead) throw new Killed("dead");
      await base.sleep(milliseconds);
    },
    locks: async () => {
      const locks = await base.locks();
      return {
        ...locks,
        acquire: async (name, options) => {
          const lock = await locks.acquire(name, options);
          try {
            const effect = { name: `lock ${name}`, kind: "lock" } as const;
            end(effect, strike(effect), undefined);
            return lock;
          } catch (error) {
            await lock.release();
            throw error;
          }
        },
      };
    },
  } satisfies Context & { messages: string[] };
  return { context, effects, struck: () => struck };
}

function errorOf(
  kind: FaultKind | undefined,
  { kind: on, name }: Effect,
  isFull: boolean,
): AwstError | undefined {
  if (on === "keychain write" && (isFull || kind === "keychain refuses")) {
    const code: ErrorCode = isFull ? "FILE_UNWRITABLE" : "KEYCHAIN_REFUSED";
    return new AwstError(code, `${name}: ${isFull ? "no space left" : "refused"}`);
  }
  const made = (code: ErrorCode, effect: "unknown" | "nothing-done") =>
    new AwstError(code, `${name}: ${kind}`, { effect });
  if (kind === "request lost" || kind === "reply lost") return made("AWS_UNREACHABLE", "unknown");
  if (kind === "throttled") return made("AWS_THROTTLED", "nothing-done");
  return kind === "denied" ? made("AWS_DENIED", "nothing-done") : undefined;
}
