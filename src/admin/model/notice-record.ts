// The days of warnings, kept beside the tags: a tool that owns a user's tags, such as Terraform, removes ours, and the
// time until access is disabled would begin anew each time. The record counts only while nothing was used since.

import { isRecord } from "../../model/configuration/toml-table.ts";
import { dayMs } from "./days.ts";
import { dormantTags } from "./dormant-steps.ts";
import type { JudgedUser } from "./dormant-verdict.ts";
import { restoredTag } from "./restoring.ts";

/** The day of the warning, by user id. */
export type WarnedDays = ReadonlyMap<string, string>;

/** Text that is damaged counts as an empty record. */
export function decodeWarnedDays(text: string | undefined): WarnedDays {
  const days = new Map<string, string>();
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    const warned = isRecord(value) && value["version"] === 1 ? value["warned"] : undefined;
    for (const [id, day] of Object.entries(isRecord(warned) ? warned : {})) {
      if (typeof day === "string" && /^\d{4}-\d\d-\d\d$/.test(day)) days.set(id, day);
    }
  } catch {
    return new Map();
  }
  return days;
}

export function encodeWarnedDays(days: WarnedDays): string {
  return `${JSON.stringify({ version: 1, warned: Object.fromEntries(days) })}\n`;
}

/**
 * Returns the day of a warning whose tag is gone; undefined where the tag is there, or the record does not count: older
 * than the time of a warning and a month, or something of the user was used, made or restored since.
 */
export function vanishedWarning(
  recorded: string | undefined,
  {
    tags,
    judged,
  }: { readonly tags: Readonly<Record<string, string>>; readonly judged: JudgedUser },
  warnDays: number,
  now: Date,
): string | undefined {
  if (recorded === undefined || tags[dormantTags.warned] !== undefined) return undefined;
  if (tags[dormantTags.disabled] !== undefined) return undefined;
  const at = Date.parse(`${recorded}T00:00:00Z`);
  if (Number.isNaN(at) || at > now.getTime()) return undefined;
  if (now.getTime() - at > (warnDays + 30) * dayMs) return undefined;
  const restored = tags[restoredTag];
  if (restored !== undefined && restored >= recorded) return undefined;
  const isNewer = judged.access.some(({ isOn, createdAt, lastUsed }) => {
    const times = [createdAt, ...(lastUsed instanceof Date ? [lastUsed] : [])];
    return isOn && times.some((time) => time.getTime() >= at);
  });
  return isNewer ? undefined : recorded;
}
