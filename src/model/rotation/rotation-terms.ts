// What it means for a key to be in awst's care: said when it is imported and when it is replaced for the
// first time.

import { everyText } from "./schedule.ts";

/** One line; undefined where the configuration switches it off. */
export function rotationTerms(keyRotationIntervalMinutes: number): string | undefined {
  if (keyRotationIntervalMinutes === 0) return undefined;
  const every = everyText(keyRotationIntervalMinutes * 60);
  return `it is replaced every ${every}, and other machines that hold the same key then stop working; keyRotationIntervalMinutes = 0 switches that off`;
}
