import { expect, test } from "vitest";
import { configurationOf, role } from "../../../test/support/fake-context.ts";
import { nameListName, nameListText } from "./name-list.ts";

test("a line an account, with its roles; the identities first", () => {
  const configuration = configurationOf([role("Dev", 4), role("audit/Read Only", 1)]);
  const [main] = configuration.accounts.values();
  if (main === undefined) throw new Error("no account");
  const accounts = new Map([
    ["my account", { ...main, name: "my account" }],
    ["prod", { ...main, name: "prod", roles: ["Dev"] }],
    ["a\tb", { ...main, name: "a\tb" }],
  ]);
  expect(nameListText({ ...configuration, accounts })).toBe(
    "\tmain-account\nmy account\tDev\taudit/Read Only\nprod\tDev\n",
  );
});

test("one list for each configuration", () => {
  expect(nameListName("/a")).toMatch(/^names-[0-9a-f]{12}$/);
  expect(nameListName("/a")).not.toBe(nameListName("/b"));
});
