// Texts about automatic rotation: the notices that the next `assume` prints, and what automatic rotation
// means, printed when a key is imported and when it is replaced for the first time.

import type { Notice } from "../../model/rotation/notices.ts";
import { everyText } from "../../model/rotation/schedule.ts";
import { clockText } from "../session/session-report.ts";

/** One line; undefined where the configuration switches it off. */
export function rotationTerms(keyRotationIntervalMinutes: number): string | undefined {
  if (keyRotationIntervalMinutes === 0) return undefined;
  const every = everyText(keyRotationIntervalMinutes * 60);
  return `it is replaced every ${every}, and other machines that hold the same key then stop working; keyRotationIntervalMinutes = 0 switches that off`;
}

/** One line each, for stderr. */
export function noticeLines(notices: readonly Notice[], now: Date): readonly string[] {
  return notices.flatMap(({ at, text, command }) => [
    `${clockText(new Date(at), now)}: ${text}`,
    ...(command === undefined ? [] : [`to do: ${command}`]),
  ]);
}
