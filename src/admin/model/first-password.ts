// First passwords within the account's rules. All four kinds of characters are in every password, whatever the rules
// ask for, and characters that look alike or that shells and CSV treat specially are not.

import { Secret } from "../../model/secret.ts";
import type { PasswordRules } from "./account-facts.ts";

const kinds = [
  "ABCDEFGHJKLMNPQRSTUVWXYZ",
  "abcdefghijkmnopqrstuvwxyz",
  "23456789",
  "!@#^*()_+-=[]{}",
];
const all = kinds.join("");
const longest = 128;
/** AWS's default rules ask for 8 characters. */
const leastByDefault = 8;

/** `random(n)`: a whole number from 0 to n - 1, from a source fit for secrets. `length`: the least. */
export function makePassword(
  rules: PasswordRules | undefined,
  length: number,
  random: (below: number) => number,
): Secret {
  const least = rules?.minimumLength ?? leastByDefault;
  const size = Math.min(longest, Math.max(length, least));
  for (;;) {
    const text = Array.from({ length: size }, () => all.charAt(random(all.length))).join("");
    // Drawn again rather than repaired: every password that fits is equally likely.
    if (isFit(text)) return new Secret(text);
  }
}

/** A spreadsheet reads a text that starts with one of these as a formula. */
function isFit(text: string): boolean {
  const hasAll = kinds.every((kind) => [...text].some((each) => kind.includes(each)));
  return hasAll && !/^[=+\-@]/.test(text);
}
