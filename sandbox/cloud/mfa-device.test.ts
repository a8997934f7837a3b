import { expect, test } from "vitest";
import { codeShown, newVirtualDevice, takeCode, takeTwoCodes } from "./mfa-device.ts";

const now = new Date("2030-01-01T00:00:10Z");
const later = (steps: number): Date => new Date(now.getTime() + steps * 30_000);
const device = () => newVirtualDevice("arn:aws:iam::111111111111:mfa/me", "/", "me", now);

test.each([
  [-2, false],
  [-1, true],
  [0, true],
  [1, true],
  [2, false],
])("a code %i steps away is accepted: %s", (steps, isAccepted) => {
  const one = device();
  expect(takeCode(one, codeShown(one, now, steps), now)).toBe(isAccepted);
});

test("a code is accepted once, and no older code after it", () => {
  const one = device();
  const code = codeShown(one, now);
  expect(takeCode(one, code, now)).toBe(true);
  expect(takeCode(one, code, now)).toBe(false);
  expect(takeCode(one, codeShown(one, now, -1), now)).toBe(false);
  expect(takeCode(one, codeShown(one, now, 1), now)).toBe(true);
});

test("a wrong code is refused, and the correct one is accepted afterwards", () => {
  const one = device();
  const digits = codeShown(one, now);
  const wrong = String((Number(digits) + 1) % 1_000_000).padStart(6, "0");
  expect(takeCode(one, wrong, now)).toBe(false);
  expect(takeCode(one, digits, now)).toBe(true);
});

test("two codes are accepted in their order, and not again", () => {
  const one = device();
  const [first, second] = [codeShown(one, now, -1), codeShown(one, now)];
  expect(takeTwoCodes(one, [second, first], now, 4)).toBe(false);
  expect(takeTwoCodes(one, [first, codeShown(one, now, 1)], now, 4)).toBe(false);
  expect(takeTwoCodes(one, [first, second], now, 4)).toBe(true);
  expect(takeCode(one, second, now)).toBe(false);
  expect(takeCode(one, codeShown(one, now, 1), now)).toBe(true);
});

test("two codes sent late give a device a wrong drift, which resyncing corrects", () => {
  const one = device();
  const late = later(4);
  expect(takeTwoCodes(one, [codeShown(one, now), codeShown(one, now, 1)], late, 4)).toBe(true);
  expect(takeCode(one, codeShown(one, late), late)).toBe(false);
  expect(takeTwoCodes(one, [codeShown(one, late), codeShown(one, late, 1)], late, 60)).toBe(true);
  expect(takeCode(one, codeShown(one, later(6)), later(6))).toBe(true);
});

test("a device with a wrong clock is refused until it is resynced", () => {
  const one = device();
  one.driftSteps = 7;
  expect(takeCode(one, codeShown(one, now), now)).toBe(false);
  expect(takeTwoCodes(one, [codeShown(one, now), codeShown(one, now, 1)], now, 60)).toBe(true);
  expect(takeCode(one, codeShown(one, later(2)), later(2))).toBe(true);
});
