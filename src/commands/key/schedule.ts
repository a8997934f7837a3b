// `awst key schedule`: timed rotation by the system's own clockwork.

import {
  scheduleRotation,
  showSchedule,
  unscheduleRotation,
} from "../../flows/rotation/schedule-rotation.ts";
import { AwstError } from "../../model/errors.ts";
import { longestEverySeconds, shortestEverySeconds } from "../../model/rotation/schedule.ts";
import { parseDuration } from "../../model/text/duration.ts";
import { flagOption, textOption, type Words } from "../../model/words.ts";
import {
  installedLines,
  scheduleJson,
  scheduleLines,
} from "../../output/rotation/schedule-report.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const { identity } = words;
  const every = textOption(words, "every");
  refuseContradictions(words);
  if (flagOption(words, "remove")) {
    const removed = await unscheduleRotation(context, identity);
    if (words.json) return context.out(scheduleJson(removed));
    const { wasThere, identity: name } = removed;
    context.say(
      `the access key of ${name} ${wasThere ? "is under no schedule any more" : "was under no schedule"}`,
    );
    return;
  }
  const report =
    every === undefined
      ? await showSchedule(context, identity)
      : await scheduleRotation(context, { identity, everySeconds: readEvery(every) });
  if (words.json) return context.out(scheduleJson(report));
  for (const line of scheduleLines(report, context.now())) context.say(line);
  if (every !== undefined) for (const line of installedLines(report)) context.say(line);
}

function readEvery(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds >= shortestEverySeconds && seconds <= longestEverySeconds) {
    return seconds;
  }
  throw new AwstError("USAGE", `--every ${text}: a length from 1d to 365d is meant`, {
    hint: "awst key schedule --every 7d",
  });
}

function refuseContradictions(words: Words): void {
  const given = ["every", "show", "remove"].filter((name) => words.options[name] !== undefined);
  if (given.length < 2) return;
  const names = given.map((name) => `--${name}`).join(" and ");
  throw new AwstError("USAGE", `${names} exclude each other`, { hint: "awst key schedule --help" });
}
