import { describe, expect, test } from "vitest";
import { Secret } from "../../model/secret.ts";
import type { RoleSession } from "../../model/session/session.ts";
import { assumedLine, clockText, untilText } from "./session-report.ts";

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

test("untilText(): clock time and duration", () => {
  expect(untilText(later(3 * hour + 59 * minute), now)).toBe("18:04 (in 3 h 59 min)");
});

describe("assumedLine()", () => {
  const line = (renewableUntil: Date | undefined) => {
    const keys = { sessionToken: new Secret("t"), expiresAt: later(hour) };
    const session = { keys, renewableUntil } as RoleSession;
    return assumedLine({ session, account: "prod", role: "Dev" }, now);
  };

  test.each([
    [
      "renewed beyond the current credentials: their end does not matter",
      later(4 * hour),
      "assumed prod Dev, renews automatically until 18:05 (in 4 h)",
    ],
    [
      "renewed for a shorter time than the current credentials: only their end matters",
      later(hour / 2),
      "assumed prod Dev, expires at 15:05 (in 1 h); then an MFA code is needed",
    ],
    [
      "renewed until the current credentials expire",
      later(hour),
      "assumed prod Dev, expires at 15:05 (in 1 h); then an MFA code is needed",
    ],
    [
      "no longer renewed",
      later(-1),
      "assumed prod Dev, expires at 15:05 (in 1 h); then an MFA code is needed",
    ],
    ["never renewed", undefined, "assumed prod Dev, expires at 15:05 (in 1 h) and is not renewed"],
  ])("%s", (_name, renewableUntil, expected) => {
    expect(line(renewableUntil)).toBe(expected);
  });
});
