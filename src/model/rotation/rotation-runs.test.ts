import { describe, expect, test } from "vitest";
import {
  decodeRotationRuns,
  encodeRotationRuns,
  mayRunByItself,
  type RotationRun,
  withRun,
  withTermsTold,
} from "./rotation-runs.ts";

const now = new Date("2026-03-08T12:00:00Z");
const run = (outcome: RotationRun["outcome"], hoursAgo: number): RotationRun => ({
  at: new Date(now.getTime() - hoursAgo * 3_600_000).toISOString(),
  by: "automatic",
  outcome,
  status: outcome === "failed" ? 1 : 0,
  text: outcome,
});

describe("whether it may run by itself", () => {
  test.each([
    ["never ran", undefined, true],
    ["worked", run("rotated", 1), true],
    ["had nothing to do", run("not-due", 1), true],
    ["failed just now", run("failed", 0), false],
    ["failed 23 h ago", run("failed", 23), false],
    ["failed a day ago", run("failed", 24), true],
    ["waits for a person", run("waiting", 1), false],
    ["failed in the future", run("failed", -5), true],
    ["failed under the schedule", { ...run("failed", 1), by: "schedule" as const }, true],
  ])("%s", (_, last, may) => {
    const runs = last === undefined ? {} : withRun({}, "main", last);
    expect(mayRunByItself(runs, "main", now)).toBe(may);
    expect(mayRunByItself(runs, "other", now)).toBe(true);
  });
});

test("runs come back from the file as they went", () => {
  const runs = withTermsTold(
    withRun(withRun({}, "a", run("failed", 1)), "a", { ...run("rotated", 2), by: "schedule" }),
    "b",
  );
  expect(decodeRotationRuns(JSON.parse(JSON.stringify(encodeRotationRuns(runs))))).toEqual(runs);
  expect(runs["a"]?.automatic?.outcome).toBe("failed");
  expect(runs["a"]?.schedule?.outcome).toBe("rotated");
});

test.each([undefined, null, 7, "x", [], { identities: 3 }, { identities: null }])(
  "a file of no use is none: %j",
  (value) => expect(decodeRotationRuns(value)).toEqual({}),
);

test("a torn entry is none", () => {
  const value = { identities: { a: { automatic: { at: "soon" }, areTermsTold: "yes" }, b: 3 } };
  expect(decodeRotationRuns(value)).toEqual({ a: {}, b: {} });
});
