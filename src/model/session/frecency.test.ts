import { describe, expect, test } from "vitest";
import { decodePicks, frecency, type Picks, pickKey, rankNames, withPick } from "./frecency.ts";

const now = new Date("2025-06-15T12:00:00Z");
const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 3600 * 1000);

describe("frecency()", () => {
  test.each([
    ["never picked", {}, 0],
    ["picked just now", { a: { score: 1, at: now.toISOString() } }, 1],
    ["a week ago: half", { a: { score: 1, at: daysAgo(7).toISOString() } }, 0.5],
    ["two weeks ago: a quarter", { a: { score: 4, at: daysAgo(14).toISOString() } }, 1],
    ["from the future: as if now", { a: { score: 2, at: daysAgo(-3).toISOString() } }, 2],
  ])("%s", (_name, picks: Picks, expected) => {
    expect(frecency(picks, "a", now)).toBeCloseTo(expected, 10);
  });

  test("a name of Object.prototype was never picked", () => {
    expect(frecency({}, "constructor", now)).toBe(0);
  });
});

describe("withPick()", () => {
  test("three picks this week weigh more than four a fortnight ago", () => {
    let picks: Picks = {};
    for (let n = 0; n < 4; n++) picks = withPick(picks, "old", daysAgo(14));
    for (let n = 0; n < 3; n++) picks = withPick(picks, "new", daysAgo(1));
    expect(frecency(picks, "new", now)).toBeGreaterThan(frecency(picks, "old", now));
  });

  test("forgets what no longer counts", () => {
    const picks = withPick({ old: { score: 1, at: daysAgo(90).toISOString() } }, "new", now);
    expect(Object.keys(picks)).toEqual(["new"]);
  });

  test("counts on", () => {
    const picks = withPick({ a: { score: 2, at: daysAgo(7).toISOString() } }, "a", now);
    expect(picks).toEqual({ a: { score: 2, at: now.toISOString() } });
  });
});

describe("decodePicks()", () => {
  test.each([
    ["nothing", undefined, {}],
    ["a list", [1], {}],
    ["a text", "picks", {}],
    [
      "a torn entry beside a whole one",
      { a: { score: "1" }, b: { score: 1, at: "2025-01-01" } },
      { b: { score: 1, at: "2025-01-01" } },
    ],
    ["no number", { a: { score: Number.NaN, at: "2025-01-01" } }, {}],
    ["no date", { a: { score: 1, at: "yesterday" } }, {}],
  ])("%s", (_name, value, expected) => {
    expect(decodePicks(value)).toEqual(expected);
  });
});

test("pickKey() distinguishes names that contain each other's separators", () => {
  expect(pickKey("a/b", "c")).not.toBe(pickKey("a", "b/c"));
});

const names = [
  { account: "main", role: "Dev" },
  { account: "main", role: "Admin" },
  { account: "prod", role: "Dev" },
];

test("rankNames() keeps the configuration's order where nothing was picked", () => {
  expect(rankNames(names, {}, now)).toEqual(names);
});

test("rankNames() puts what is used most first and leaves the others in order", () => {
  let picks = withPick({}, pickKey("prod", "Dev"), now);
  picks = withPick(picks, pickKey("prod", "Dev"), now);
  picks = withPick(picks, pickKey("main", "Admin"), now);
  expect(rankNames(names, picks, now)).toEqual([names[2], names[1], names[0]]);
});
