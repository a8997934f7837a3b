import { describe, expect, test } from "vitest";
import { clockFile, maxSkewMs } from "../clock.ts";
import { believedTime, isLoopback } from "./believed-time.ts";

const now = new Date("2026-01-01T00:00:00Z");
const minute = 60_000;
const believed = (address: string, isOverridden: boolean, differenceMs: number) =>
  believedTime(
    { url: new URL(address), isOverridden },
    new Date(now.getTime() + differenceMs),
    now,
  );

describe("believedTime()", () => {
  test.each([
    ["https://sts.eu-west-1.amazonaws.com", false],
    ["http://127.0.0.1:4566", true],
    ["http://127.1.2.3:4566", true],
    ["http://127.10.200.255:4566", true],
    ["http://localhost:4566", true],
    ["http://[::1]:4566", true],
    ["https://localhost:4566", true],
  ])("believes %s (overridden: %s)", (address, isOverridden) => {
    expect(believed(address, isOverridden, 7 * minute)).toBeDefined();
    expect(believed(address, isOverridden, -7 * minute)).toBeDefined();
  });

  test.each([
    ["http://sts.eu-west-1.amazonaws.com", false],
    ["http://sts.eu-west-1.amazonaws.com", true],
    ["https://sts.example.com", true],
    ["https://sts.eu-west-1.amazonaws.com.example.com", true],
    ["http://192.168.0.1", true],
    ["http://127.0.0.1.example.com", true],
    ["http://localhost.example.com", true],
    ["http://a.127.0.0.1.example", true],
    ["http://[::ffff:127.0.0.1]", true],
    ["http://0.0.0.0", true],
  ])("believes nothing of %s (overridden: %s)", (address, isOverridden) => {
    expect(believed(address, isOverridden, 0)).toBeUndefined();
  });

  test.each([
    [maxSkewMs, true],
    [-maxSkewMs, true],
    [maxSkewMs + 1, false],
    [-maxSkewMs - 1, false],
    [7 * 24 * 3600_000, false],
    [Number.NaN, false],
  ])("a difference of %d ms is believed: %s", (differenceMs, isBelieved) => {
    const time = believed("https://sts.eu-west-1.amazonaws.com", false, differenceMs);
    expect(time !== undefined).toBe(isBelieved);
  });
});

test("no time, and a time that is none, are not believed", () => {
  const source = { url: new URL("https://sts.eu-west-1.amazonaws.com"), isOverridden: false };
  expect(believedTime(source, undefined, now)).toBeUndefined();
  expect(believedTime(source, new Date(Number.NaN), now)).toBeUndefined();
});

test("isLoopback() is no matter of a name's start", () => {
  expect(isLoopback(new URL("http://localhost"))).toBe(true);
  expect(isLoopback(new URL("http://localhost.example.com"))).toBe(false);
});

test.each([7 * 24 * 3600_000, -1e300, Number.MAX_VALUE, "7", null])(
  "the state file can't set the clock to another day: %j",
  (skewMs) => {
    expect(clockFile.decode({ skewMs })).toMatchObject({ skewMs: 0 });
  },
);
