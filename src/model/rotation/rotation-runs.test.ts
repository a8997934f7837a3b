import { describe, expect, test } from "vitest";
import {
  decodeRotationRuns,
  encodeRotationRuns,
  mayRunAutomatically,
  type RotationRun,
  withFirstNoticePrinted,
  withRun,
} from "./rotation-runs.ts";

const now = new Date("2026-03-08T12:00:00Z");
const run = (outcome: RotationRun["outcome"], hoursAgo: number): RotationRun => ({
  at: new Date(now.getTime() - hoursAgo * 3_600_000).toISOString(),
  by: "automatic",
  outcome,
  status: outcome === "failed" ? 1 : 0,
  text: outcome,
});

describe("mayRunAutomatically", () => {
  test.each([
    ["no earlier run", undefined, true],
    ["rotated 1 h ago", run("rotated", 1), true],
    ["not due 1 h ago", run("not-due", 1), true],
    ["failed now", run("failed", 0), false],
    ["failed 23 h ago", run("failed", 23), false],
    ["failed a day ago", run("failed", 24), true],
    ["waits for a code", run("waiting", 1), false],
    ["failed in the future", run("failed", -5), true],
    ["failed in a scheduled run", { ...run("failed", 1), by: "schedule" as const }, true],
  ])("%s", (_, last, may) => {
    const runs = last === undefined ? {} : withRun({}, "main", last);
    expect(mayRunAutomatically(runs, "main", now)).toBe(may);
    expect(mayRunAutomatically(runs, "other", now)).toBe(true);
  });
});

test("decode(encode(runs)) equals runs", () => {
  const runs = withFirstNoticePrinted(
    withRun(withRun({}, "a", run("failed", 1)), "a", { ...run("rotated", 2), by: "schedule" }),
    "b",
  );
  expect(decodeRotationRuns(JSON.parse(JSON.stringify(encodeRotationRuns(runs))))).toEqual(runs);
  expect(runs["a"]?.automatic?.outcome).toBe("failed");
  expect(runs["a"]?.schedule?.outcome).toBe("rotated");
});

test.each([undefined, null, 7, "x", [], { identities: 3 }, { identities: null }])(
  "an invalid file decodes to no runs: %j",
  (value) => expect(decodeRotationRuns(value)).toEqual({}),
);

test("an invalid entry is dropped", () => {
  const value = { identities: { a: { automatic: { at: "soon" }, areTermsTold: "yes" }, b: 3 } };
  expect(decodeRotationRuns(value)).toEqual({ a: {}, b: {} });
});
