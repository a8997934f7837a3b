import { expect, test } from "vitest";
import { configurationOf, role } from "../../../test/support/fake-context.ts";
import { nameListName, nameListText } from "./name-list.ts";

test("the identities, a line for each account with its roles, then the aliases", () => {
  const configuration = configurationOf([role("Dev", 4), role("audit/Read Only", 1)]);
  const [main] = configuration.accounts.values();
  if (main === undefined) throw new Error("no account");
  const accounts = new Map([
    ["my account", { ...main, name: "my account" }],
    ["prod", { ...main, name: "prod", roles: ["Dev"] }],
    ["a\tb", { ...main, name: "a\tb" }],
  ]);
  const aliases = new Map([
    ["p", { account: "prod", role: "Other" }],
    // `prod` completes the account, whose roles follow.
    ["prod", { account: "prod", role: "Dev" }],
  ]);
  expect(nameListText({ ...configuration, accounts, aliases })).toBe(
    "\tmain-account\nmy account\tDev\taudit/Read Only\nprod\tDev\tOther\np\n",
  );
});

test("one list for each configuration", () => {
  expect(nameListName("/a")).toMatch(/^names-[0-9a-f]{12}$/);
  expect(nameListName("/a")).not.toBe(nameListName("/b"));
});
