// IAM throttles an account's calls together, and one account has thousands of users: a throttled call waits and is
// sent again, for as long as AWS throttles within reason, and at most eight calls run at once. A throttled call did
// nothing, so this is safe for every call.

import { isAwstError } from "../../model/errors.ts";
import type { AdminIam } from "../ports.ts";

const callsAtOnce = 8;
const maxPauseMs = 20_000;
const triesPerCall = 12;

/** Returns IAM whose calls wait until AWS accepts them. Errors: those of the calls. */
export function paceIam(iam: AdminIam, sleep: (milliseconds: number) => Promise<void>): AdminIam {
  let running = 0;
  const waiting: (() => void)[] = [];
  const start = async (): Promise<void> => {
    if (running >= callsAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
  };
  const end = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  const paced = async <T>(send: () => Promise<T>): Promise<T> => {
    await start();
    try {
      for (let tries = 1; ; tries++) {
        try {
          return await send();
        } catch (error) {
          if (tries >= triesPerCall || !isAwstError(error, "AWS_THROTTLED")) throw error;
          await sleep(Math.min(maxPauseMs, 500 * 2 ** (tries - 1)) * (0.5 + Math.random() / 2));
        }
      }
    } finally {
      end();
    }
  };
  const entries = Object.entries(iam).map(([name, call]) => [
    name,
    (...args: readonly unknown[]) => paced(() => call(...args)),
  ]);
  return Object.fromEntries(entries) as AdminIam;
}
