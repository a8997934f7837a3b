// MFA devices: their codes, and what AWS makes of the codes it is sent. A code is taken within one
// step of where AWS believes the device to be, once, and none earlier than the last one taken.

import { randomBytes } from "node:crypto";
import { decodeBase32, encodeBase32 } from "./base32.ts";
import type { MfaDevice } from "./entities.ts";
import { codeOfStep, stepAt } from "./totp.ts";

/** 64 characters of base32, as AWS's are. */
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

/** What the device shows: `later` steps from now, by its own clock. */
export function codeShown(device: MfaDevice, now: Date, later = 0): string {
  return codeOfStep(decodeBase32(device.seed), stepAt(now) + device.driftSteps + later);
}

/** Takes the code, if it is good: it is then used up. */
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
 * Takes two consecutive codes from anywhere within `window` steps, and sets the device's drift from
 * them. Codes that are sent late give a device a wrong drift, as with AWS.
 */
export function takeTwoCodes(
  device: MfaDevice,
  [first, second]: readonly [string, string],
  now: Date,
  window: number,
): boolean {
  const seed = decodeBase32(device.seed);
  const here = stepAt(now);
  for (let distance = 0; distance <= window; distance++) {
    for (const step of distance === 0 ? [here] : [here - distance, here + distance]) {
      if (step <= device.lastStep) continue;
      if (codeOfStep(seed, step) !== first || codeOfStep(seed, step + 1) !== second) continue;
      device.lastStep = step + 1;
      // The later code is the one shown now, or the next one about to be.
      device.offsetSteps = [0, 1, -1].some((near) => here + near === step + 1)
        ? 0
        : step + 1 - here;
      return true;
    }
  }
  return false;
}
