import { describe, expect, test } from "vitest";

import { clockAt } from "../clock.ts";
import { AwstError } from "../errors.ts";
import {
  encodeSharedFailure,
  isShareable,
  sharedFailureFile,
  sharedFailureFor,
} from "./shared-failure.ts";

const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 12, 0, second));
const interrupted = encodeSharedFailure(
  new AwstError("INTERRUPTED", "interrupted", { hint: "again" }),
  at(10),
);

describe("sharedFailureFor()", () => {
  test.each([
    ["a machine that waited for it", "machine", at(5), at(11), true],
    ["a user who waited for it", "user", at(5), at(11), true],
    ["a machine that asks within 10 s", "machine", undefined, at(19), true],
    ["a machine that asks after 10 s", "machine", undefined, at(20), false],
    ["a user who asks at once", "user", undefined, at(11), false],
    ["a user who started to wait later", "user", at(11), at(12), false],
    ["a machine whose clock was set back", "machine", undefined, at(9), false],
  ] as const)("%s", (_name, requester, waitedSince, now, counts) => {
    const error = sharedFailureFor(interrupted, { requester, waitedSince, now });
    expect(error?.code).toBe(counts ? "INTERRUPTED" : undefined);
    if (counts) expect(error?.hint).toBe("again");
  });

  test.each([undefined, null, 7, "x", [], { at: "x" }])("%j is not a failure", (value) => {
    const asks = { requester: "machine", waitedSince: at(0), now: at(1) } as const;
    const failure = sharedFailureFile("role-x").decode(value, () => clockAt(at(1), 0));
    expect(sharedFailureFor(failure, asks)).toBeUndefined();
  });
});

describe("isShareable()", () => {
  test.each([
    ["AWS_DENIED", true],
    ["AWS_CODE_REFUSED", true],
    ["AWS_UNREACHABLE", true],
    ["CLOCK_SKEWED", true],
    ["INTERRUPTED", true],
    ["ANSWER_TIMED_OUT", true],
    ["CODE_NEEDED", false],
    ["CHOICE_NEEDED", false],
    ["KEYCHAIN_LOCKED", false],
    ["WAIT_TIMED_OUT", false],
  ] as const)("%s: %s", (code, expected) => {
    expect(isShareable(new AwstError(code, "x"))).toBe(expected);
  });

  test("a bug is not shared", () => {
    expect(isShareable(new TypeError("x"))).toBe(false);
  });
});
