// Whether a schedule that awst installed is alive: the system's scheduler has it, has loaded it, and ran it lately.

import { type StoredSchedule, scheduleCommand } from "../rotation/installed-schedules.ts";
import type { RotationRun } from "../rotation/rotation-runs.ts";
import { type InstalledSchedule, intervalText } from "../rotation/schedule.ts";
import { countText } from "../text/count-text.ts";
import { type Finding, ok, wrong } from "./findings.ts";

/** A schedule runs every hour, or once a day; a machine may sleep over a weekend. */
const silentMs = 4 * 86_400_000;

/** `installed`: as the system's scheduler has it; `last`: its last run, if it is known. */
export function findScheduleState(
  schedule: StoredSchedule,
  installed: InstalledSchedule | undefined,
  last: RotationRun | undefined,
  now: Date,
): Finding {
  const { identity, everySeconds } = schedule;
  const what = `the scheduled rotation of "${identity}"`;
  const again = scheduleCommand(schedule);
  if (installed === undefined) {
    return wrong("schedule", `${what} is no longer installed in the system's scheduler`, again);
  }
  if (!installed.isActive) {
    return wrong(
      "schedule",
      `${what} is installed, and ${installed.system} has not loaded it`,
      again,
    );
  }
  if (last !== undefined && now.getTime() - Date.parse(last.at) > silentMs) {
    const days = Math.floor((now.getTime() - Date.parse(last.at)) / 86_400_000);
    return wrong("schedule", `${what} has not run for ${countText(days, "day")}`, again);
  }
  if (last?.result === "failed") {
    return wrong("schedule", `${what} failed at ${last.at}: ${last.text}`, "awst key rotate");
  }
  return ok(
    "schedule",
    `${what} is installed (${installed.system}), every ${intervalText(everySeconds)}`,
  );
}
