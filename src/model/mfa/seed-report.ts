// What is said of seeds that are kept here.

import { deviceLabel } from "../aws/device-serial.ts";

/** Said before a seed is stored, also where nobody is asked. */
export function seedCost(device: string): string {
  return `with its seed in the keychain this machine makes the codes of ${deviceLabel(device)} by itself: against somebody who works on it as you, that is no second factor any more`;
}
