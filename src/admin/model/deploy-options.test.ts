import { expect, test } from "vitest";
import { isAwstError } from "../../model/errors.ts";
import { checkTopicRegion, readSchedule, readTimezone, readTopic } from "./deploy-options.ts";

const isRefused = (read: () => unknown): boolean => {
  try {
    read();
    return false;
  } catch (error) {
    if (!isAwstError(error, "USAGE")) throw error;
    expect(error.hint).toBeTruthy();
    return true;
  }
};

test.each([
  ["rate(7 days)", true],
  ["rate(1 hour)", true],
  ["cron(0 6 * * ? *)", true],
  ["cron(0/15 8-18 ? * MON-FRI 2027)", true],
  ["cron(0 6 L * ? *)", true],
  ["at(2027-01-31T06:00:00)", true],
  ["every day", false],
  ["rate(day)", false],
  ["rate(0 days)", false],
  ["rate(1 week)", false],
  ["rate(1.5 days)", false],
  ["cron(0 6 * * *)", false],
  ["cron(0 6 * * * *)", false],
  ["cron(0 6 ? * ? *)", false],
  ["cron(? 6 * * 1 *)", false],
  ["cron(0  6 * * ? *)", false],
  ["at(2027-02-31T06:00:00)", false],
  ["at(2027-01-31)", false],
  ["rate(7 days) ", false],
  ["", false],
])("the schedule %o", (text, isGood) => {
  expect(isRefused(() => readSchedule(text, "--schedule"))).toBe(!isGood);
});

test.each([
  ["UTC", true],
  ["Europe/Berlin", true],
  ["Europe/Berlln", false],
  ["+01:00", false],
  ["", false],
])("the time zone %o", (text, isGood) => {
  expect(isRefused(() => readTimezone(text, "--timezone"))).toBe(!isGood);
});

test.each([
  ["arn:aws:sns:eu-west-1:111111111111:alarms", true],
  ["arn:aws-cn:sns:cn-north-1:111111111111:alarms", true],
  ["foo", false],
  ["arn:aws:sqs:eu-west-1:111111111111:alarms", false],
  ["arn:aws:sns:eu-west-1:111111111111", false],
  ["arn:aws:sns:eu-west-1:111111111111:alarms:8a1b0000-0000-0000-0000-000000000000", false],
])("the alarm topic %o", (text, isGood) => {
  expect(isRefused(() => readTopic(text, "--alarm-topic"))).toBe(!isGood);
});

test("an alarm topic is in the function's region", () => {
  const topic = "arn:aws:sns:eu-west-1:111111111111:alarms";
  expect(isRefused(() => checkTopicRegion(topic, "us-east-1"))).toBe(true);
  expect(isRefused(() => checkTopicRegion(topic, "eu-west-1"))).toBe(false);
  expect(isRefused(() => checkTopicRegion(undefined, "eu-west-1"))).toBe(false);
});
