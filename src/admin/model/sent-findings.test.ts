// What is remembered of findings that were sent: for one day, receiver, account, user and text.

import { expect, test } from "vitest";
import { findingsKey, keysOfDay, sentFindingsFile } from "./sent-findings.ts";

const clock = () => {
  throw new Error("no clock");
};
const user = { name: "zoe", email: "zoe@example.com", until: undefined, lines: ["no MFA"] };
const key = findingsKey({ notify: "slack" }, "111111111111", user);

test("the stored keys come back, on their day alone", () => {
  const stored = sentFindingsFile.decode({ day: "2026-11-29", sent: [key] }, clock);
  expect([...keysOfDay(stored, "2026-11-29")]).toEqual([key]);
  expect([...keysOfDay(stored, "2026-11-30")]).toEqual([]);
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["null", null],
  ["a text", "x"],
  ["no list", { day: "2026-11-29", sent: "x" }],
  ["no day", { sent: [key] }],
  ["far too many", { day: "2026-11-29", sent: Array(200_001).fill("x") }],
])("%s is an empty record", (_name, stored) => {
  expect(sentFindingsFile.decode(stored, clock)).toEqual({ day: "", sent: [] });
});

test("what is no text among the keys is left out", () => {
  const stored = { day: "2026-11-29", sent: [key, 1, null, {}] };
  expect(sentFindingsFile.decode(stored, clock).sent).toEqual([key]);
});

test.each<[string, string]>([
  ["another receiver", findingsKey({ notify: "ses" }, "111111111111", user)],
  ["another account", findingsKey({ notify: "slack" }, "222222222222", user)],
  ["another user", findingsKey({ notify: "slack" }, "111111111111", { ...user, name: "ben" })],
  ["another address", findingsKey({ notify: "slack" }, "111111111111", { ...user, email: "x@y" })],
  ["no address", findingsKey({ notify: "slack" }, "111111111111", { ...user, email: undefined })],
  ["another finding", findingsKey({ notify: "slack" }, "111111111111", { ...user, lines: ["x"] })],
  [
    "one more",
    findingsKey({ notify: "slack" }, "111111111111", { ...user, lines: ["no MFA", "x"] }),
  ],
])("%s is sent", (_name, other) => {
  expect(other).not.toBe(key);
});
