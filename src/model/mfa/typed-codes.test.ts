import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { codeAt } from "./totp.ts";
import { checkTypedCode } from "./typed-codes.ts";

const seed = new Secret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
const now = new Date("2026-03-01T12:00:10Z");
const step = Math.floor(now.getTime() / 30_000);
const code = (offset: number) => codeAt(seed, new Date(now.getTime() + offset * 30_000));

describe("a first code", () => {
  test.each([
    [0, { is: "good", step }],
    [-1, { is: "good", step: step - 1 }],
    [1, { is: "good", step: step + 1 }],
    [-2, { is: "bad", why: expect.stringContaining("expired") }],
  ])("of %i steps from now", (offset, judged) => {
    expect(checkTypedCode(seed, code(offset), now, undefined)).toEqual(judged);
  });

  test.each([
    [-3, "about 2 min behind"],
    [-10, "about 5 min behind"],
    [2, "about 60 s ahead"],
    [7, "about 4 min ahead"],
  ])("of %i steps from now: the device's clock is %s", (offset, drift) => {
    const judged = checkTypedCode(seed, code(offset), now, undefined);
    expect(judged).toMatchObject({ is: "bad", why: expect.stringContaining(drift) });
  });

  test.each([11, -11])("of %i steps from now is a wrong code", (offset) => {
    const judged = checkTypedCode(seed, code(offset), now, undefined);
    expect(judged).toMatchObject({ is: "bad", why: expect.stringContaining("not a code of this") });
  });
});

describe("a second code", () => {
  test.each([
    [0, -1, { is: "good", step }],
    [1, 0, { is: "good", step: step + 1 }],
    // The caller notices a skipped step.
    [1, -1, { is: "good", step: step + 1 }],
    [-1, 0, { is: "bad", why: expect.stringContaining("not later") }],
    [0, 0, { is: "bad", why: expect.stringContaining("not later") }],
  ])("of step %i, after %i", (offset, after, judged) => {
    expect(checkTypedCode(seed, code(offset), now, step + after)).toEqual(judged);
  });
});
