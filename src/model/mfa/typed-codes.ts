// Checks a typed code against the device's seed before AWS gets it. AWS only says "refused"; this check
// distinguishes a wrong code, an old code and a device with a wrong clock.

import type { Secret } from "../secret.ts";
import { stepOf } from "../session/sent-codes.ts";
import { stepsAround } from "./totp.ts";

/** `step`: the number of the 30 s step that the code belongs to. */
export type CheckedCode =
  | { readonly is: "good"; readonly step: number }
  | { readonly is: "bad"; readonly why: string };

/** How many steps away a device's clock is recognised. */
const range = 10;

/** `after`: the step of the previous code, if this code has to follow it. */
export function checkTypedCode(
  seed: Secret,
  code: Secret,
  awsNow: Date,
  after: number | undefined,
): CheckedCode {
  const offset = stepsAround(seed, code, awsNow, range);
  if (offset === undefined) {
    return {
      is: "bad",
      why: "that is not a code of this device; check which entry of the app you read, and type the code again",
    };
  }
  const step = stepOf(awsNow) + offset;
  if (offset === -2) {
    return { is: "bad", why: "that code has expired; type the code that the device shows now" };
  }
  if (offset < -2 || offset > 1) return { is: "bad", why: clockOffMessage(offset) };
  if (after !== undefined && step <= after) {
    return { is: "bad", why: "that code is not later than the previous one; type the next code" };
  }
  return { is: "good", step };
}

function clockOffMessage(offset: number): string {
  const seconds = Math.abs(offset) * 30;
  const distance = seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  const side = offset < 0 ? "behind" : "ahead";
  return `the code belongs to another time: the device's clock is about ${distance} ${side}; set the clock to automatic, then type the next code`;
}
