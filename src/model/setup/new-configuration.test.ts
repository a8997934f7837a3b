import { expect, test } from "vitest";
import { parseAccount, parseRole } from "./new-configuration.ts";

test.each([
  ["prod=222222222222", { name: "prod", id: "222222222222" }],
  [" my prod = 222222222222 ", { name: "my prod", id: "222222222222" }],
  ["a=b=222222222222", { name: "a=b", id: "222222222222" }],
])("parseAccount(%j)", (text, account) => {
  expect(parseAccount(text)).toEqual(account);
});

test.each(["prod", "prod=22222222222", "=222222222222", "prod=2222222222223"])(
  "%j is not an account",
  (text) => {
    expect(() => parseAccount(text)).toThrow("is not an account");
  },
);

test.each([
  ["Dev=4h", { name: "Dev", duration: "4h" }],
  ["audit/ReadOnly = 90m", { name: "audit/ReadOnly", duration: "1h30m" }],
  ["Dev", { name: "Dev", duration: "1h" }],
])("parseRole(%j)", (text, role) => {
  expect(parseRole(text)).toEqual(role);
});

test.each(["Dev=soon", "Dev=1m", "De v=1h", "Dev=1h=2h", ""])("%j is not a role", (text) => {
  expect(() => parseRole(text)).toThrow(/is (not|no) a? ?role|out of range/);
});
