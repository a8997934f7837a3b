import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import type { PasswordRules } from "./account-facts.ts";
import { makePassword } from "./first-password.ts";

const strict: PasswordRules = {
  minimumLength: 32,
  symbols: true,
  numbers: true,
  uppercase: true,
  lowercase: true,
};

test.each<[string, PasswordRules | undefined, number, number]>([
  ["no policy", undefined, 8, 8],
  ["no policy, longer", undefined, 20, 20],
  ["the account's minimum wins", strict, 20, 32],
  ["the setting wins", strict, 40, 40],
  ["AWS's longest", { ...strict, minimumLength: 128 }, 32, 128],
  ["never longer than AWS allows", strict, 500, 128],
  ["shorter than AWS's default", undefined, 1, 8],
])("%s", (_name, rules, length, size) => {
  for (let at = 0; at < 50; at++) {
    const text = makePassword(rules, length, randomInt).reveal();
    expect(text).toHaveLength(size);
    for (const kind of [/[A-Z]/, /[a-z]/, /\d/, /[!@#$%^&*()_+\-=[\]{}|']/]) {
      expect(text).toMatch(kind);
    }
    expect(text).not.toMatch(/^[=+\-@]|[\s"'`\\$,;IlO01|]/);
  }
});

test("passwords differ", () => {
  const made = Array.from({ length: 100 }, () => makePassword(strict, 32, randomInt).reveal());
  expect(new Set(made).size).toBe(100);
});
