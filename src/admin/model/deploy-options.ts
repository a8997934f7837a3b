// What `admin deploy dormant` is given for the schedule and the alarms, checked before anything is created: AWS refuses
// a wrong shape only when the stack is made, after the bucket and the code.

import { AwstError } from "../../model/errors.ts";

const scheduleHint = 'examples: "rate(1 day)", "cron(0 6 * * ? *)", "at(2027-01-31T06:00:00)"';

/** Returns the text. Errors: USAGE where EventBridge Scheduler has no such schedule. */
export function readSchedule(typed: string, name: string): string {
  const problem = scheduleProblem(typed);
  if (problem === undefined) return typed;
  const message = `${name} ${JSON.stringify(typed)} ${problem}`;
  throw new AwstError("USAGE", message, { hint: scheduleHint });
}

function scheduleProblem(text: string): string | undefined {
  const [, kind, inside = ""] = /^(rate|cron|at)\((.*)\)$/.exec(text) ?? [];
  if (kind === undefined) return "is not a schedule: rate(…), cron(…) or at(…)";
  if (kind === "rate") {
    const isRate = /^[1-9]\d{0,8} (minute|hour|day)s?$/.test(inside);
    return isRate ? undefined : "must have a number and minutes, hours or days in rate(…)";
  }
  if (kind === "at") {
    const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inside) && isDate(inside);
    return isTime ? undefined : "must have a date and a time in at(…)";
  }
  const fields = inside.split(" ");
  if (fields.length !== 6 || !fields.every((each) => /^[\dA-Za-z*?,/L#-]+$/.test(each))) {
    return "must have six fields in cron(…): minutes, hours, day of month, month, day of week, year";
  }
  const questions = fields.flatMap((each, at) => (each === "?" ? [at] : []));
  const isOneDay = questions.length === 1 && (questions[0] === 2 || questions[0] === 4);
  return isOneDay ? undefined : "must have ? as day of month or as day of week in cron(…)";
}

/** False for the 31st of February, which JavaScript reads as a day of March. */
function isDate(text: string): boolean {
  const date = new Date(`${text}Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Returns the text. Errors: USAGE where it is not a name of the time zone database. */
export function readTimezone(typed: string, name: string): string {
  try {
    if (/^[A-Za-z]/.test(typed)) {
      new Intl.DateTimeFormat("en", { timeZone: typed });
      return typed;
    }
  } catch {
    // Not known: the error is below.
  }
  throw new AwstError("USAGE", `${name} ${JSON.stringify(typed)} is not the name of a time zone`, {
    hint: "examples: UTC, Europe/Berlin",
  });
}

const topicPattern = /^arn:[\w-]+:sns:([a-z0-9-]+):\d{12}:[\w-]{1,256}$/;

/** Returns the text. Errors: USAGE where it is not the ARN of a topic. */
export function readTopic(typed: string, name: string): string {
  if (topicPattern.test(typed)) return typed;
  const message = `${name} ${JSON.stringify(typed)} is not the ARN of an SNS topic`;
  throw new AwstError("USAGE", message, {
    hint: `example: ${name} arn:aws:sns:eu-west-1:111111111111:alarms`,
  });
}

/** An alarm of CloudWatch notifies only topics of its own region. Errors: USAGE. */
export function checkTopicRegion(topic: string | undefined, region: string): void {
  const found = topicPattern.exec(topic ?? "")?.[1];
  if (found === undefined || found === region) return;
  throw new AwstError("USAGE", `the alarm topic is in ${found}, and the function in ${region}`, {
    hint: `name a topic in ${region}, or --region ${found}`,
  });
}
