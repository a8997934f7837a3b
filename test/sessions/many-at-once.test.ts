// Hundreds of processes at once: all are served, with one code and no call more than needed.

import { afterEach, beforeEach, expect, test } from "vitest";
import { countCalls } from "../support/calls.ts";
import { type Home, makeHome, plainConfiguration } from "../support/home.ts";
import { type ManyFinished, startMany } from "../support/start-many.ts";

let home: Home;
beforeEach(async () => {
  home = await makeHome({ configuration: null });
});
afterEach(() => home.remove());

const allRoles = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }],
} as const;

/** Adds roles to the sandbox and the configuration: Role0 and so on. */
function configure(roles: number): readonly string[] {
  const account = home.sandbox.cloud.accounts.get(home.sandbox.main.accountId);
  if (account === undefined) throw new Error("the sandbox has no account");
  const names = Array.from({ length: roles }, (_, at) => `Role${at}`);
  const { trust } = account.role("DeveloperAccess");
  for (const name of names) account.addRole(name, { trust, policies: [] });
  account.attachToUser("admin", { name: "all-roles", document: allRoles });
  const sections = names.map((name) => `[roles.${name}]\nduration = "1h"\n`).join("");
  const mfa = '\n[mfa]\ncommand = "mfa-code"\n';
  home.write(".config/awstools/config.toml", plainConfiguration(home.sandbox) + sections + mfa);
  return names;
}

const failures = (all: readonly ManyFinished[]) => all.filter(({ status }) => status !== 0);
const keyIds = (all: readonly ManyFinished[]) =>
  new Set(all.map(({ stdout }): string => JSON.parse(stdout).AccessKeyId));

test("300 callers of one role, cold: one code, one call of each kind, one answer for all", async () => {
  configure(0);
  const args = ["credential-process", "main-account", "DeveloperAccess"];
  const all = await startMany(home, Array(300).fill(args));
  expect(failures(all)).toEqual([]);
  expect(keyIds(all).size).toBe(1);
  expect(home.codesAsked()).toBe(1);
  expect(countCalls(home.sandbox)).toEqual({ GetSessionToken: 1, AssumeRole: 1 });
});

test("100 different roles, cold: one code, one call for each role, and all are warm afterwards", async () => {
  const all = configure(100).map((role) => ["credential-process", "main-account", role]);
  const cold = await startMany(home, all);
  expect(failures(cold)).toEqual([]);
  expect(keyIds(cold).size).toBe(100);
  expect(home.codesAsked()).toBe(1);
  expect(countCalls(home.sandbox)).toEqual({ GetSessionToken: 1, AssumeRole: 100 });
  home.sandbox.forgetCalls();
  const warm = await startMany(home, all);
  expect(failures(warm)).toEqual([]);
  expect(keyIds(warm)).toEqual(keyIds(cold));
  expect(countCalls(home.sandbox)).toEqual({});
});
