import { expect, test } from "vitest";
import { codeOfStep, stepAt } from "./totp.ts";

/** RFC 6238, appendix B, SHA-1. */
test.each([
  [59, "94287082"],
  [1111111109, "07081804"],
  [1111111111, "14050471"],
  [1234567890, "89005924"],
  [2000000000, "69279037"],
  [20000000000, "65353130"],
])("at %i s the code is %s", (seconds, code) => {
  const step = stepAt(new Date(seconds * 1000));
  const seed = Buffer.from("12345678901234567890");
  expect(codeOfStep(seed, step, 8)).toBe(code);
  expect(codeOfStep(seed, step)).toBe(code.slice(2));
});
