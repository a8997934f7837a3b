import { expect, test } from "vitest";
import type { Notice } from "../../model/rotation/notices.ts";
import { firstRotationNotice, noticeLines } from "./notice-report.ts";

const now = new Date("2026-03-01T12:00:00Z");

test.each([
  [
    10_080,
    /rotates this access key every 7 days; other machines.*; keyRotationIntervalMinutes = 0 /,
  ],
  [1440, /every day; /],
  [90, /every 1h30m; /],
])("firstRotationNotice(): an interval of %d minutes", (minutes, line) => {
  expect(firstRotationNotice(minutes)).toMatch(line);
});

test("firstRotationNotice(): none where automatic rotation is off", () => {
  expect(firstRotationNotice(0)).toBeUndefined();
});

test("noticeLines(): the time, what happened, and what to type", () => {
  const notice = (kind: Notice["kind"], command?: string): Notice => {
    return { kind, identity: "main", at: now.toISOString(), text: `${kind} of main`, command };
  };
  const list = [notice("failed", "awst key rotate"), notice("rotated")];
  const lines = noticeLines(list, now);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^\d\d:\d\d: failed of main$/);
  expect(lines[1]).toBe("to do: awst key rotate");
  expect(lines[2]).toMatch(/: rotated of main$/);
});
