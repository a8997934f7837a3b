import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { codeAt } from "./totp.ts";
import { judgeTypedCode } from "./typed-codes.ts";

const seed = new Secret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
const now = new Date("2026-03-01T12:00:10Z");
const step = Math.floor(now.getTime() / 30_000);
const code = (offset: number) => codeAt(seed, new Date(now.getTime() + offset * 30_000));

describe("a first code", () => {
  test.each([
    [0, { is: "good", step }],
    [-1, { is: "good", step: step - 1 }],
    [1, { is: "good", step: step + 1 }],
    [-2, { is: "bad", why: "that is the code before last; type the one it shows now" }],
  ])("of %i steps from now", (offset, judged) => {
    expect(judgeTypedCode(seed, code(offset), now, undefined)).toEqual(judged);
  });

  test.each([
    [-3, "about 2 min behind"],
    [-10, "about 5 min behind"],
    [2, "about 60 s ahead"],
    [7, "about 4 min ahead"],
  ])("of %i steps from now: the device's clock is %s", (offset, words) => {
    const judged = judgeTypedCode(seed, code(offset), now, undefined);
    expect(judged).toMatchObject({ is: "bad", why: expect.stringContaining(words) });
  });

  test.each([11, -11])("of %i steps from now is like any wrong one", (offset) => {
    const judged = judgeTypedCode(seed, code(offset), now, undefined);
    expect(judged).toMatchObject({ is: "bad", why: expect.stringContaining("no code of this") });
  });
});

describe("the one after it", () => {
  test.each([
    [0, -1, { is: "good", step }],
    [1, 0, { is: "good", step: step + 1 }],
    // Which one was left out is for whoever asks.
    [1, -1, { is: "good", step: step + 1 }],
    [-1, 0, { is: "bad", why: "that is no later code than the one before" }],
    [0, 0, { is: "bad", why: "that is no later code than the one before" }],
  ])("of step %i, after %i", (offset, after, judged) => {
    expect(judgeTypedCode(seed, code(offset), now, step + after)).toEqual(judged);
  });
});
