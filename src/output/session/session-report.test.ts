import { describe, expect, test } from "vitest";
import { Secret } from "../../model/secret.ts";
import type { RoleSession } from "../../model/session/session.ts";
import { clockText, holdsText, untilText } from "./session-report.ts";

const minute = 60_000;
const hour = 60 * minute;
const now = new Date(2025, 5, 15, 14, 5);
const later = (milliseconds: number) => new Date(now.getTime() + milliseconds);

describe("clockText()", () => {
  test.each([
    ["this day", new Date(2025, 5, 15, 8, 4), "08:04"],
    ["soon after midnight", new Date(2025, 5, 16, 0, 30), "00:30"],
    ["tomorrow", new Date(2025, 5, 16, 2, 5), "2025-06-16 02:05"],
    ["yesterday", new Date(2025, 5, 14, 23, 0), "2025-06-14 23:00"],
    ["this day of another year", new Date(2026, 5, 15, 8, 4), "2026-06-15 08:04"],
  ])("%s", (_name, at, text) => {
    expect(clockText(at, now)).toBe(text);
  });
});

test("untilText() tells the clock and the length", () => {
  expect(untilText(later(3 * hour + 59 * minute), now)).toBe("18:04 (in 3 h 59 min)");
});

describe("holdsText()", () => {
  const session = (renewableUntil: Date | undefined) =>
    ({
      keys: { sessionToken: new Secret("t"), expiresAt: later(hour) },
      renewableUntil,
    }) as RoleSession;

  test.each([
    [
      "renewing",
      later(4 * hour),
      "renews without a code until 18:05 (in 4 h); these keys hold until 15:05 (in 1 h)",
    ],
    [
      "its time after the code over",
      later(-1),
      "these keys hold until 15:05 (in 1 h), then a code is needed",
    ],
    ["never renewed", undefined, "these keys hold until 15:05 (in 1 h) and are not renewed"],
  ])("%s", (_name, renewableUntil, text) => {
    expect(holdsText(session(renewableUntil), now)).toBe(text);
  });
});
