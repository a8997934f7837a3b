import { describe, expect, test } from "vitest";
import { AwstError, type ErrorCode } from "../../model/errors.ts";
import type { Notice } from "../../model/rotation/notices.ts";
import type { RotationReport } from "./rotation-report.ts";
import { endOfError, endOfReport, firstRotationNotice, noticeLines } from "./unattended-report.ts";

const now = new Date("2026-03-08T12:00:00Z");
const retry = ["awst", "key", "rotate", "--identity", "other org"];
const report = (more: Partial<RotationReport>): RotationReport => ({
  identity: "main",
  result: "rotated",
  wasUnderWay: false,
  currentKeyId: "AKIANEW",
  oldKeyId: "AKIAOLD",
  oldKeyState: "inactive",
  undoUntil: new Date("2026-03-09T12:00:00Z"),
  steps: [],
  waiting: [],
  remarks: [],
  failure: undefined,
  ...more,
});
const failure = new AwstError("AWS_DENIED", "AWS denied DeleteAccessKey: no");

describe("endOfReport()", () => {
  test("rotated: both keys, the time until which undo is possible, the notice of a first rotation", () => {
    const end = endOfReport(report({}), now, "the first notice", retry);
    expect(end).toMatchObject({ result: "rotated", status: 0 });
    expect(end.notice).toMatchObject({ kind: "rotated", command: undefined, isCall: false });
    expect(end.notice?.text).toMatch(
      /^rotated the access key of "main": AKIANEW is active, AKIAOLD is inactive; undo is possible until .*: awst key rotate --undo; the first notice$/,
    );
    expect(endOfReport(report({ undoUntil: now }), now, undefined, retry).notice?.text).toMatch(
      /AKIAOLD is inactive$/,
    );
  });

  test("rotated, and a step is left: the notice names the step", () => {
    const waiting = [{ step: "deactivate AKIAOLD", why: "the next MFA code" }];
    expect(endOfReport(report({ waiting }), now, undefined, retry).notice?.text).toMatch(
      /; still to do: deactivate AKIAOLD \(needs the next MFA code\)$/,
    );
  });

  test("rotated, and a later step failed: the result is rotated", () => {
    const end = endOfReport(report({ failure }), now, undefined, retry);
    expect(end).toMatchObject({ result: "rotated", status: 1 });
    expect(end.notice?.text).toContain("rotated the access key");
  });

  test.each(["finished", "undone", "rolled-back"] as const)("%s", (result) => {
    const end = endOfReport(report({ result }), now, undefined, retry);
    expect(end).toMatchObject({ result: "finished", notice: { kind: "finished" } });
  });

  test.each(["young", "nothing", "waiting", "meanwhile"] as const)(
    "%s leaves no notice",
    (result) => {
      const end = endOfReport(report({ result }), now, undefined, retry);
      expect(end).toMatchObject({ result: "not-due", status: 0, notice: undefined });
    },
  );

  test("a failure without a rotation ends like an error", () => {
    const end = endOfReport(report({ result: "nothing", failure }), now, undefined, retry);
    expect(end).toMatchObject({ result: "failed", status: 1, notice: { kind: "failed" } });
    expect(end.notice?.text).toContain('did not rotate the access key of "main": AWS denied');
    const left = endOfReport(report({ result: "waiting", failure }), now, undefined, retry);
    expect(left.notice?.text).toContain(
      'rotated the access key of "main", but some steps are not done: AWS denied',
    );
  });
});

describe("endOfError()", () => {
  test.each<[ErrorCode, string | undefined, Partial<ReturnType<typeof endOfError>["notice"]>]>([
    [
      "CODE_NEEDED",
      "x",
      { kind: "waiting", command: 'awst key rotate --identity "other org"', isCall: true },
    ],
    [
      "CONFIRMATION_NEEDED",
      "awst key import",
      { kind: "waiting", command: "awst key import", isCall: true },
    ],
    ["KEYCHAIN_UNREACHABLE", undefined, { kind: "waiting", isCall: true }],
    [
      "AWS_DENIED",
      undefined,
      { kind: "failed", command: 'awst key rotate --identity "other org"', isCall: false },
    ],
    ["IAM_QUOTA", "awst key list", { kind: "failed", command: "awst key list" }],
  ])("%s", (code, hint, notice) => {
    const end = endOfError(new AwstError(code, "the reason", { hint }), "main", retry);
    expect(end.notice).toMatchObject({
      text: 'did not rotate the access key of "main": the reason',
      ...notice,
    });
    expect(end.status).toBe(notice?.kind === "waiting" ? 3 : 1);
  });

  test.each(["AWS_UNREACHABLE", "AWS_THROTTLED", "WAIT_TIMED_OUT"] as const)(
    "%s is transient and leaves no notice",
    (code) => {
      expect(endOfError(new AwstError(code, "later"), "main", retry).notice).toBeUndefined();
    },
  );
});

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
