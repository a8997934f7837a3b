import { describe, expect, test } from "vitest";
import { AwstError, type ErrorCode } from "../../model/errors.ts";
import type { RotationReport } from "./rotation-report.ts";
import { endOfError, endOfReport } from "./unattended-report.ts";

const now = new Date("2026-03-08T12:00:00Z");
const retry = ["awst", "key", "rotate", "--identity", "other org"];
const report = (more: Partial<RotationReport>): RotationReport => ({
  identity: "main",
  outcome: "rotated",
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

describe("a run that came to an end", () => {
  test("replaced: which by which, until when undo works, the terms where they are new", () => {
    const end = endOfReport(report({}), now, "the terms", retry);
    expect(end).toMatchObject({ outcome: "rotated", status: 0 });
    expect(end.notice).toMatchObject({ kind: "rotated", command: undefined, isCall: false });
    expect(end.notice?.text).toMatch(
      /^the access key of main was replaced: AKIANEW in the place of AKIAOLD; awst key rotate --undo goes back until .*; the terms$/,
    );
    expect(endOfReport(report({ undoUntil: now }), now, undefined, retry).notice?.text).toMatch(
      /in the place of AKIAOLD$/,
    );
  });

  test("replaced, and something waits: told with it", () => {
    const waiting = [{ step: "deactivate AKIAOLD", why: "the next MFA code" }];
    expect(endOfReport(report({ waiting }), now, undefined, retry).notice?.text).toMatch(
      /; still to do: deactivate AKIAOLD \(waits for: the next MFA code\)$/,
    );
  });

  test("replaced, and something failed after it: it was replaced all the same", () => {
    const end = endOfReport(report({ failure }), now, undefined, retry);
    expect(end).toMatchObject({ outcome: "rotated", status: 1 });
    expect(end.notice?.text).toContain("was replaced");
  });

  test.each(["finished", "undone", "rolled-back"] as const)("%s", (outcome) => {
    const end = endOfReport(report({ outcome }), now, undefined, retry);
    expect(end).toMatchObject({ outcome: "finished", notice: { kind: "finished" } });
  });

  test.each(["young", "nothing", "waiting", "meanwhile"] as const)("%s is no news", (outcome) => {
    const end = endOfReport(report({ outcome }), now, undefined, retry);
    expect(end).toMatchObject({ outcome: "not-due", status: 0, notice: undefined });
  });

  test("nothing came of it: as an error", () => {
    const end = endOfReport(report({ outcome: "nothing", failure }), now, undefined, retry);
    expect(end).toMatchObject({ outcome: "failed", status: 1, notice: { kind: "failed" } });
    expect(end.notice?.text).toContain("main was not replaced: AWS denied");
    const left = endOfReport(report({ outcome: "waiting", failure }), now, undefined, retry);
    expect(left.notice?.text).toContain("main is replaced, but not all is done: AWS denied");
  });
});

describe("an error", () => {
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
    const end = endOfError(new AwstError(code, "so it is", { hint }), "main", retry);
    expect(end.notice).toMatchObject({
      text: "the access key of main was not replaced: so it is",
      ...notice,
    });
    expect(end.status).toBe(notice?.kind === "waiting" ? 3 : 1);
  });

  test.each(["AWS_UNREACHABLE", "AWS_THROTTLED", "WAIT_TIMED_OUT"] as const)(
    "%s passes, and is no news",
    (code) => {
      expect(endOfError(new AwstError(code, "later"), "main", retry).notice).toBeUndefined();
    },
  );
});
