import fc from "fast-check";
import { expect, test } from "vitest";
import { redact } from "./redaction.ts";

const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

test.each([
  ["a secret alone", `got ${secret}`, "got [secret]"],
  ["a secret in JSON", `{"SecretAccessKey":"${secret}"}`, '{"SecretAccessKey":"[secret]"}'],
  ["a short token by its name", "SessionToken=abc", "SessionToken=[secret]"],
  ["a passphrase", "AWST_KEYCHAIN_PASSPHRASE=hunter2 x", "AWST_KEYCHAIN_PASSPHRASE=[secret] x"],
  ["a query parameter", "?X-Amz-Signature=0a1b&b=1", "?X-Amz-Signature=[secret]&b=1"],
  ["an element", "<SessionToken>ab\ncd==</SessionToken>", "<SessionToken>[secret]</SessionToken>"],
  ["a key id", "by AKIAIOSFODNN7EXAMPLE now", "by AKIA… now"],
  ["a key id in a path", "/AKIAIOSFODNN7EXAMPLE/20260101", "/AKIA…/20260101"],
  ["a code", "typed 123456", "typed [code]"],
  ["a code with a space", "typed 123 456.", "typed [code]."],
  ["a code by its name", "TokenCode=123456&x", "TokenCode=[secret]&x"],
  ["a seed", "seed is JBSWY3DPEHPK3PXPJBSWY3DP", "seed is [secret]"],
])("%s is removed", (_, line, expected) => {
  expect(redact(line)).toBe(expected);
});

test.each([
  "arn:aws:iam::111111111111:role/DeveloperAccess",
  "fingerprint 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "POST https://sts.eu-west-1.amazonaws.com/ took 241 ms",
  "lock /home/alice/.local/state/awst/locks/mfa-session",
  "expires 2026-01-02T03:04:05Z",
])("%s stays", (line) => {
  expect(redact(line)).toBe(line);
});

test("base64 as long as a secret or a token is always removed", () => {
  const bytes = fc.uint8Array({ minLength: 30, maxLength: 300 });
  fc.assert(
    fc.property(bytes, fc.constantFrom("", "got ", "x=", '{"a":"'), (value, before) => {
      const text = Buffer.from(value).toString("base64");
      fc.pre(/[a-z]/.test(text) && /[A-Z]/.test(text));
      expect(redact(`${before}${text}"`)).not.toContain(text.slice(0, 20));
    }),
  );
});
