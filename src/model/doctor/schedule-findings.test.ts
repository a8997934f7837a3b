import { expect, test } from "vitest";
import type { RotationRun } from "../rotation/rotation-runs.ts";
import type { InstalledSchedule } from "../rotation/schedule.ts";
import { findScheduleState } from "./schedule-findings.ts";

const now = new Date("2026-03-10T12:00:00Z");
const schedule = { identity: "main", program: ["/bin/awst"], everySeconds: 7 * 86_400 };
const installed: InstalledSchedule = {
  ...{ system: "cron", where: ["crontab -l"], text: "", isActive: true, nextRunAt: undefined },
};
const run: RotationRun = {
  ...{ at: "2026-03-10T11:00:00Z", by: "schedule", result: "not-due", status: 0, text: "t" },
};

test.each<[string, InstalledSchedule | undefined, RotationRun | undefined, string, RegExp]>([
  ["a live schedule", installed, run, "ok", /every 7 days$/],
  ["one that has not run yet", installed, undefined, "ok", /is installed/],
  ["one that was removed", undefined, run, "wrong", /no longer installed/],
  [
    "one that is not loaded",
    { ...installed, isActive: false },
    run,
    "wrong",
    /cron has not loaded/,
  ],
  [
    "one that stopped",
    installed,
    { ...run, at: "2026-03-01T11:00:00Z" },
    "wrong",
    /not run for 9 days/,
  ],
  ["one that fails", installed, { ...run, result: "failed" }, "wrong", /failed at 2026/],
  ["one that waits for a code", installed, { ...run, result: "waiting" }, "ok", /is installed/],
])("%s", (_, found, last, state, message) => {
  const finding = findScheduleState(schedule, found, last, now);
  expect(finding.state).toBe(state);
  expect(finding.message).toMatch(message);
});
