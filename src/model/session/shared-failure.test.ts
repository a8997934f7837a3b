import { describe, expect, test } from "vitest";

import { AwstError } from "../errors.ts";
import { encodeSharedFailure, isShareable, sharedFailureFor } from "./shared-failure.ts";

const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 12, 0, second));
const no = encodeSharedFailure(
  new AwstError("INTERRUPTED", "interrupted", { hint: "again" }),
  at(10),
);

describe("outcomeFor()", () => {
  test.each([
    ["a program that waited since before", "machine", at(5), at(11), true],
    ["a person who waited since before", "person", at(5), at(11), true],
    ["a program that asks within 10 s", "machine", undefined, at(19), true],
    ["a program that asks after 10 s", "machine", undefined, at(20), false],
    ["a person who asks right after", "person", undefined, at(11), false],
    ["a person who began to wait after it", "person", at(11), at(12), false],
    ["a program whose clock was set back", "machine", undefined, at(9), false],
  ] as const)("%s", (_name, requester, waitedSince, now, counts) => {
    const error = sharedFailureFor(no, { requester, waitedSince, now });
    expect(error?.code).toBe(counts ? "INTERRUPTED" : undefined);
    if (counts) expect(error?.hint).toBe("again");
  });

  test.each([undefined, null, 7, "x", [], { at: "x" }])("%j is no outcome", (value) => {
    const asks = { requester: "machine", waitedSince: at(0), now: at(1) } as const;
    expect(sharedFailureFor(value, asks)).toBeUndefined();
  });
});

describe("isShared()", () => {
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

  test("a bug is nobody else's", () => {
    expect(isShareable(new TypeError("x"))).toBe(false);
  });
});
