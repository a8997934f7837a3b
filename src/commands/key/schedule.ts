// `awst key schedule`: lets the system's scheduler rotate the access key.

import { defineCommand } from "../../args/command.ts";
import { duration, flag } from "../../args/options.ts";
import {
  scheduleRotation,
  showSchedule,
  unscheduleRotation,
} from "../../flows/rotation/schedule-rotation.ts";
import { maxEverySeconds, minEverySeconds } from "../../model/rotation/schedule.ts";
import {
  installedLines,
  removedLine,
  scheduleJson,
  scheduleLines,
} from "../../output/rotation/schedule-report.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key schedule",
  group: "Keys",
  summary: "let the system's scheduler rotate the access key",
  details:
    "Installs a systemd user timer, a launchd agent, a task of Windows' Task Scheduler, or a crontab line if the system has none of these. The schedule runs `awst key rotate --unattended --if-older-than` every hour (on Windows once a day), so a run that the machine slept through is made up for. A run uses a cached MFA session, `[mfa] command` or a stored seed. Without any of them it ends with status 3 and leaves a notice for the next command. Without options the command shows what is installed. --remove also works after the configuration was deleted.",
  options: {
    every: duration(
      "AGE",
      "install a schedule: the age at which the key is rotated, 1d to 365d (7d, 36h)",
      {
        least: minEverySeconds,
        most: maxEverySeconds,
        expected: "between 1d and 365d",
        examples: ["1d", "36h", "7d", "90d"],
      },
    ),
    show: flag("show what is installed, the next run, and how the last run ended"),
    remove: flag("remove the schedule"),
  },
  conflicts: { every: ["show", "remove"], show: ["remove"] },
  examples: [
    { line: "awst key schedule --every 7d", meaning: "rotate the key every week" },
    { line: "awst key schedule --show", meaning: "show the last and the next run" },
    { line: "awst key schedule --remove", meaning: "remove the schedule" },
  ],
  json: [
    ["name", "name of the timer, agent, task or crontab line"],
    ["identity", "the IAM user's name in the configuration"],
    ["installed", "true or false"],
    ["system", "systemd, launchd, task-scheduler, cron, or null"],
    ["where", "the schedule's files, or where else it is stored"],
    ["active", "whether that system has loaded the schedule"],
    ["everySeconds", "the age at which the key is rotated, or null"],
    ["nextRunAt", "the next check (RFC 3339), or null"],
    ["lastRun", "null if it never ran; else:"],
    [
      "lastRun.at, .result, .status, .text",
      "result: rotated, finished, not-due, waiting or failed",
    ],
    ["missingProgram", "a file that the schedule starts and that does not exist, or null"],
    ["withheld", "environment variables that are set here and that the schedule does not get"],
  ],
  async run(context: Context, { identity, every, remove, json: asJson }) {
    if (remove) {
      const removed = await unscheduleRotation(context, identity);
      const notes = asJson ? [] : [removedLine(removed, removed.wasInstalled)];
      return { json: scheduleJson(removed), notes };
    }
    const report =
      every === undefined
        ? await showSchedule(context, identity)
        : await scheduleRotation(context, { identity, everySeconds: every });
    const lines = scheduleLines(report, context.now());
    const notes = every === undefined ? lines : [...lines, ...installedLines(report)];
    return { json: scheduleJson(report), notes: asJson ? [] : notes };
  },
});
