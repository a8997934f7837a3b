// A fake context that simulates a kill at the n-th moment: before an effect, or after it and before the
// program got the result. No later effect happens, as in a killed process.

import type { Context } from "../../src/ports.ts";
import { wrapMembers } from "./wrap-members.ts";

export class Killed extends Error {}

export interface Mortal {
  readonly context: Context;
  /** The number of moments so far: two for each effect. */
  moments(): number;
  /** The moment of the kill. */
  last(): string;
}

/** `dieAt` undefined: only counts the moments. */
export function makeMortal(context: Context, dieAt: number | undefined): Mortal {
  let moments = 0;
  let isDead = false;
  let last = "";
  const pass = (name: string) => {
    if (isDead) throw new Killed();
    if (moments === dieAt) {
      isDead = true;
      last = name;
      throw new Killed(name);
    }
    moments += 1;
  };
  const around = <A extends unknown[], T>(name: string, act: (...asked: A) => Promise<T>) => {
    return async (...asked: A): Promise<T> => {
      pass(`before ${name}`);
      const answer = await act(...asked);
      pass(`after ${name}`);
      return answer;
    };
  };
  const each = <T extends object>(what: string, members: T, left: readonly string[] = []): T =>
    wrapMembers(members, (name, member) =>
      left.includes(name)
        ? member
        : around(`${what}.${name}`, member as (...asked: unknown[]) => Promise<unknown>),
    );
  const { state } = context;
  const mortal: Context = {
    ...context,
    state: {
      ...state,
      read: (file) => {
        if (isDead) throw new Killed();
        return state.read(file);
      },
      write: (file, value) => {
        pass(`before state ${file.name}`);
        state.write(file, value);
        pass(`after state ${file.name}`);
      },
      update: around("state.update", state.update),
      record: (event, facts) => {
        if (isDead) throw new Killed();
        state.record(event, facts);
      },
    },
    keychain: async (backend) => each("keychain", await context.keychain(backend)),
    aws: async (credentials, region) => each("sts", await context.aws(credentials, region)),
    iam: async (credentials, region) => each("iam", await context.iam(credentials, region)),
    terminal: async () => each("terminal", await context.terminal(), ["isHere"]),
  };
  return { context: mortal, moments: () => moments, last: () => last };
}
