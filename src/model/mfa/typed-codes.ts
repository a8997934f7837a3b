// Codes that a person types for a device whose seed is at hand: checked here before AWS sees them, since
// AWS says "refused" alone. A wrong code, a late one and a device whose clock is off are told apart.

import type { Secret } from "../secret.ts";
import { stepOf } from "../session/sent-codes.ts";
import { stepsAround } from "./totp.ts";

/** `step`: the 30 s step it belongs to. */
export type JudgedCode =
  | { readonly is: "good"; readonly step: number }
  | { readonly is: "bad"; readonly why: string };

/** How far off a device's clock is looked for. */
const reach = 10;

/** `after`: the step of the code before, where this is to be the one right behind it. */
export function judgeTypedCode(
  seed: Secret,
  code: Secret,
  awsNow: Date,
  after: number | undefined,
): JudgedCode {
  const offset = stepsAround(seed, code, awsNow, reach);
  if (offset === undefined) {
    return {
      is: "bad",
      why: "that is no code of this device's: another entry of the app, or a typing mistake",
    };
  }
  const step = stepOf(awsNow) + offset;
  if (offset === -2) {
    return { is: "bad", why: "that is the code before last; type the one it shows now" };
  }
  if (offset < -2 || offset > 1) return { is: "bad", why: clockTrouble(offset) };
  if (after !== undefined && step <= after) {
    return { is: "bad", why: "that is no later code than the one before" };
  }
  return { is: "good", step };
}

function clockTrouble(offset: number): string {
  const seconds = Math.abs(offset) * 30;
  const far = seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  const side = offset < 0 ? "behind" : "ahead";
  return `the code is right, but of another time: the device's clock is about ${far} ${side}; set it to automatic time, then type the next code`;
}
