// MFA devices: the codes that they show, and how AWS checks a code. AWS accepts a code only once, within one
// step of the device's time as AWS knows it, and only if it is later than the last accepted code.

import { randomBytes } from "node:crypto";
import { decodeBase32, encodeBase32 } from "./base32.ts";
import type { MfaDevice } from "./entities.ts";
import { codeOfStep, stepAt } from "./totp.ts";

/** Returns a device with a seed of 64 base32 characters, as AWS creates it. */
export function newVirtualDevice(
  serial: string,
  path: string,
  name: string,
  createdAt: Date,
): MfaDevice {
  return {
    serial,
    kind: "virtual",
    path,
    name,
    seed: encodeBase32(randomBytes(40)),
    createdAt,
    tags: [],
    userName: undefined,
    enabledAt: undefined,
    offsetSteps: 0,
    driftSteps: 0,
    lastStep: -1,
  };
}

/** Returns the code that the device shows `later` steps from now, by its own clock. */
export function codeShown(device: MfaDevice, now: Date, later = 0): string {
  return codeOfStep(decodeBase32(device.seed), stepAt(now) + device.driftSteps + later);
}

/** Returns whether the code is correct. A correct code is not accepted again. */
export function takeCode(device: MfaDevice, code: string, now: Date): boolean {
  const seed = decodeBase32(device.seed);
  const expected = stepAt(now) + device.offsetSteps;
  const step = [expected, expected - 1, expected + 1].find(
    (one) => one > device.lastStep && codeOfStep(seed, one) === code,
  );
  if (step === undefined) return false;
  device.lastStep = step;
  return true;
}

/**
 * Checks two consecutive codes within `window` steps, and sets the device's drift from them. Codes that are sent
 * late give a device a wrong drift, as at AWS.
 */
export function takeTwoCodes(
  device: MfaDevice,
  [first, second]: readonly [string, string],
  now: Date,
  window: number,
): boolean {
  const seed = decodeBase32(device.seed);
  const current = stepAt(now);
  for (let distance = 0; distance <= window; distance++) {
    for (const step of distance === 0 ? [current] : [current - distance, current + distance]) {
      if (step <= device.lastStep) continue;
      if (codeOfStep(seed, step) !== first || codeOfStep(seed, step + 1) !== second) continue;
      device.lastStep = step + 1;
      // A drift of one step at most is within the tolerance and counts as none.
      device.offsetSteps = [0, 1, -1].some((near) => current + near === step + 1)
        ? 0
        : step + 1 - current;
      return true;
    }
  }
  return false;
}
