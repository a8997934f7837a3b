import { describe, expect, test } from "vitest";
import { fromJson, toJson } from "../../../test/support/state-files.ts";
import {
  mayRunAutomatically,
  type RotationRun,
  rotationRunsFile,
  withFirstNoticePrinted,
  withRun,
} from "./rotation-runs.ts";

const now = new Date("2026-03-08T12:00:00Z");
const run = (result: RotationRun["result"], hoursAgo: number): RotationRun => ({
  at: new Date(now.getTime() - hoursAgo * 3_600_000).toISOString(),
  by: "automatic",
  result,
  status: result === "failed" ? 1 : 0,
  text: result,
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

test("rotationRunsFile: what is written is read back", () => {
  const runs = withFirstNoticePrinted(
    withRun(withRun({}, "a", run("failed", 1)), "a", { ...run("rotated", 2), by: "schedule" }),
    "b",
  );
  expect(fromJson(rotationRunsFile, toJson(rotationRunsFile, runs))).toEqual(runs);
  expect(runs["a"]?.automatic?.result).toBe("failed");
  expect(runs["a"]?.schedule?.result).toBe("rotated");
});

test.each([
  undefined,
  null,
  7,
  "x",
  [],
  { version: 1, identities: 3 },
  { version: 1, identities: null },
])("rotationRunsFile: an invalid file has no runs: %j", (value) =>
  expect(fromJson(rotationRunsFile, value)).toEqual({}),
);

test("rotationRunsFile: an invalid entry is dropped", () => {
  const value = {
    version: 1,
    identities: { a: { automatic: { at: "soon" }, areTermsTold: "yes" }, b: 3 },
  };
  expect(fromJson(rotationRunsFile, value)).toEqual({ a: {}, b: {} });
});
