// Texts about automatic rotation: the notices that the next `assume` prints, and the notice for an identity's
// first rotation, which `key import` prints too.

import type { Notice } from "../../model/rotation/notices.ts";

import { intervalText } from "../../model/rotation/schedule.ts";
import { clockText } from "../session/session-report.ts";

/** One line; undefined where the configuration switches automatic rotation off. */
export function firstRotationNotice(keyRotationIntervalMinutes: number): string | undefined {
  if (keyRotationIntervalMinutes === 0) return undefined;
  const every = intervalText(keyRotationIntervalMinutes * 60);
  return `awst rotates this access key every ${every}; other machines that use the same key then stop working; keyRotationIntervalMinutes = 0 turns this off`;
}

/** One line each, for stderr. */
export function noticeLines(notices: readonly Notice[], now: Date): readonly string[] {
  return notices.flatMap(({ at, text, command }) => [
    `${clockText(new Date(at), now)}: ${text}`,
    ...(command === undefined ? [] : [`to do: ${command}`]),
  ]);
}
