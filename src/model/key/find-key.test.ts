import { describe, expect, test } from "vitest";
import { findKey } from "./find-key.ts";

const keys = [{ accessKeyId: "AKIAONEONEONEONEO123" }, { accessKeyId: "AKIATWOTWOTWOTWOT123" }];

describe("findKey", () => {
  test.each([
    ["AKIAONEONEONEONEO123", 0, true],
    ["akiatwotwotwotwot123", 1, true],
    [" AKIAONEONEONEONEO123\n", 0, true],
    ["O123", 0, false],
    ["t123", 1, false],
  ])("%j", (typed, at, isById) => {
    expect(findKey(keys, typed)).toEqual({ key: keys[at], isById });
  });

  test.each([
    ["123", "matches several"],
    ["AKIA", "matches no"],
    ["", "matches no"],
    ["3", "matches no"],
  ])("rejects %j", (typed, message) => {
    expect(() => findKey(keys, typed)).toThrow(
      expect.objectContaining({
        code: "USAGE",
        message: expect.stringContaining(message),
        hint: "choose one of: AKIAONEONEONEONEO123, AKIATWOTWOTWOTWOT123",
      }),
    );
  });

  test("two characters are too few, even for a single key", () => {
    expect(() => findKey(keys.slice(0, 1), "23")).toThrow("matches no");
    expect(findKey(keys.slice(0, 1), "123").isById).toBe(false);
  });
});
