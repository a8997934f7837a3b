// `awst key schedule`: timed rotation by the system's own clockwork.

import { defineCommand } from "../../args/command.ts";
import { duration, flag } from "../../args/options.ts";
import {
  scheduleRotation,
  showSchedule,
  unscheduleRotation,
} from "../../flows/rotation/schedule-rotation.ts";
import { longestEverySeconds, shortestEverySeconds } from "../../model/rotation/schedule.ts";
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
  summary: "have the access key replaced by itself, by the system's own clockwork",
  details:
    "Installs a systemd user timer, a launchd agent, a task of Windows' Task Scheduler, or a line in the crontab where none of them is there. It looks every hour (on Windows once a day), so that what was slept through is caught up, and calls `awst key rotate --unattended --if-older-than`. It uses a live MFA session, `[mfa] command` or a stored seed; without any it ends with status 3 and leaves word for the next `assume`. Without options it shows what is installed.",
  options: {
    every: duration("AGE", "install it: how old the key may get, 1d to 365d (7d, 36h)", {
      least: shortestEverySeconds,
      most: longestEverySeconds,
      expected: "between 1d and 365d",
    }),
    show: flag("what is installed, its next run, and how the last one ended"),
    remove: flag("take it out again"),
  },
  conflicts: { every: ["show", "remove"], show: ["remove"] },
  examples: [
    { line: "awst key schedule --every 7d", meaning: "a new key every week" },
    { line: "awst key schedule --show", meaning: "how it goes" },
    { line: "awst key schedule --remove", meaning: "no more" },
  ],
  json: [
    ["name", "what the timer, the agent, the task or the marked line is called"],
    ["identity", "whose access key"],
    ["installed", "true or false"],
    ["system", "systemd, launchd, task-scheduler, cron, or null"],
    ["where", "its files, or where else it stands"],
    ["active", "whether that system has it in hand"],
    ["everySeconds", "how old the key may get, or null"],
    ["nextRunAt", "when it looks next (RFC 3339), or null"],
    ["lastRun", "null where it never ran; else:"],
    [
      "lastRun.at, .outcome, .status, .text",
      "outcome: rotated, finished, not-due, waiting or failed",
    ],
    ["missingProgram", "a file it calls that is gone, or null"],
    ["withheld", "names of environment variables that count here and did not go along"],
  ],
  async run(context: Context, args) {
    const { identity } = args;
    const every = args.every;
    if (args.remove) {
      const removed = await unscheduleRotation(context, identity);
      if (args.json) {
        await context.out(scheduleJson(removed));
        return {};
      }
      context.say(removedLine(removed, removed.wasInstalled));
      return {};
    }
    const report =
      every === undefined
        ? await showSchedule(context, identity)
        : await scheduleRotation(context, { identity, everySeconds: every });
    if (args.json) {
      await context.out(scheduleJson(report));
      return {};
    }
    for (const line of scheduleLines(report, context.now())) context.say(line);
    if (every !== undefined) for (const line of installedLines(report)) context.say(line);
    return {};
  },
});
