import { expect, test } from "vitest";
import { readAccount, readRole } from "./new-configuration.ts";

test.each([
  ["prod=222222222222", { name: "prod", id: "222222222222" }],
  [" my prod = 222222222222 ", { name: "my prod", id: "222222222222" }],
  ["a=b=222222222222", { name: "a=b", id: "222222222222" }],
])("readAccount(%j)", (text, account) => {
  expect(readAccount(text)).toEqual(account);
});

test.each(["prod", "prod=22222222222", "=222222222222", "prod=2222222222223"])(
  "%j is no account",
  (text) => {
    expect(() => readAccount(text)).toThrow("is no account");
  },
);

test.each([
  ["Dev=4h", { name: "Dev", duration: "4h" }],
  ["audit/ReadOnly = 90m", { name: "audit/ReadOnly", duration: "1h30m" }],
  ["Dev", { name: "Dev", duration: "1h" }],
])("readRole(%j)", (text, role) => {
  expect(readRole(text)).toEqual(role);
});

test.each(["Dev=soon", "Dev=1m", "De v=1h", "Dev=1h=2h", ""])("%j is no role", (text) => {
  expect(() => readRole(text)).toThrow(/is no role|out of range/);
});
