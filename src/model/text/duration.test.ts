import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, parseDuration, spellDuration } from "./duration.ts";

test.each([
  ["90m", 5400],
  ["4h", 14_400],
  ["1h30m", 5400],
  ["3600", 3600],
  [" 15m ", 900],
  ["7d", 604_800],
  ["1h0m1s", 3601],
  ["0", 0],
])("%j is %i s", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each(["", " ", "h", "4 h", "30m1h", "1.5h", "-1h", "1h30", "4H", "1e3", "9999999999", "h4"])(
  "%j is no duration",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test.each([
  [14_399, "3 h 59 min"],
  [14_400, "4 h"],
  [3600, "1 h"],
  [3599, "59 min"],
  [61, "1 min"],
  [59.9, "59 s"],
  [129_600, "36 h"],
  [-5, "0 s"],
])("%d s reads %j", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test("spellDuration() and parseDuration() are inverse", () => {
  fc.assert(
    fc.property(fc.nat({ max: 129_600 }), (seconds) => {
      expect(parseDuration(spellDuration(seconds))).toBe(seconds);
    }),
  );
  expect([5400, 14_400, 900].map(spellDuration)).toEqual(["1h30m", "4h", "15m"]);
});
