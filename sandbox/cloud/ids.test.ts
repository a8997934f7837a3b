import { expect, test } from "vitest";
import { decodeBase32, encodeBase32 } from "./base32.ts";
import { accountOfKeyId, newKeyId, newToken, newUniqueId } from "./ids.ts";

test.each(["000000000001", "111111111111", "999999999999"])("a key id carries %s", (account) => {
  for (const prefix of ["AKIA", "ASIA"] as const) {
    const id = newKeyId(prefix, account);
    expect(id).toMatch(/^A[KS]IA[A-Z2-7]{16}$/);
    expect(accountOfKeyId(id)).toBe(account);
  }
});

test("a published key ID contains its published account", () => {
  expect(accountOfKeyId("ASIAQNZGKIQY56JQ7WML")).toBe("029608264753");
  expect(accountOfKeyId("AKIAIOSFODNN7EXAMPLE!")).toBeUndefined();
});

test.each([400, 1000, 1001, 4096])("a token of %i characters is padded base64", (length) => {
  const token = newToken(length);
  expect(token.length).toBe(Math.ceil(length / 4) * 4);
  expect(token).toMatch(/=$/);
});

test("unique ids have AWS's form", () => {
  expect(newUniqueId("AROA")).toMatch(/^AROA[A-Z2-7]{17}$/);
});

/** RFC 4648, section 10. */
test.each([
  ["f", "MY"],
  ["fo", "MZXQ"],
  ["foo", "MZXW6"],
  ["foob", "MZXW6YQ"],
  ["fooba", "MZXW6YTB"],
  ["foobar", "MZXW6YTBOI"],
])("base32 of %s is %s", (text, encoded) => {
  expect(encodeBase32(Buffer.from(text))).toBe(encoded);
  expect(decodeBase32(encoded).toString()).toBe(text);
});

test("base32 refuses a letter of no alphabet's", () => {
  expect(() => decodeBase32("MZ1")).toThrow(RangeError);
});
