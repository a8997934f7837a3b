// Which accounts a run covers, and where it continues.

import { describe, expect, test } from "vitest";
import {
  type AccountTarget,
  chosenTargets,
  listedTargets,
  organizationTargets,
  readOrganizationPage,
} from "./account-targets.ts";
import {
  accountsFrom,
  formatCursor,
  isBefore,
  isOver,
  parseCursor,
  planningEnd,
} from "./run-cursor.ts";

const central = { id: "111111111111", partition: "aws" };
const known = new Map([
  ["main-account", "111111111111"],
  ["production", "222222222222"],
]);
const target = (id: string): AccountTarget => ({ id, name: id, roleArn: undefined });

describe("accounts of the configuration", () => {
  const arn = (id: string) => `arn:aws:iam::${id}:role/OrgRole`;
  test.each<[string, readonly string[], readonly (string | undefined)[]]>([
    ["the central one needs no role", ["main-account"], [undefined]],
    ["a name", ["production"], [arn("222222222222")]],
    ["12 digits", ["333333333333"], [arn("333333333333")]],
    ["a role of its own", ["production/Admin"], [undefined]],
    ["twice the same", ["production", "222222222222"], [arn("222222222222")]],
    [
      "in the order of the list",
      ["333333333333", "main-account"],
      [arn("333333333333"), undefined],
    ],
  ])("%s", (_name, entries, roles) => {
    const listed = listedTargets(entries, known, central, "OrgRole");
    expect(listed.map(({ target: { roleArn } }) => roleArn)).toEqual(roles);
  });

  test("a role of its own is a session of awst", () => {
    expect(listedTargets(["production/team/Admin"], known, central, "R")[0]).toEqual({
      target: { id: "222222222222", name: "production", roleArn: undefined },
      as: "production/team/Admin",
    });
  });

  test("an unknown name is an error with the nearest one", () => {
    expect(() => listedTargets(["producton"], known, central, "R")).toThrow(
      expect.objectContaining({ code: "ACCOUNT_UNKNOWN", hint: "did you mean production?" }),
    );
  });
});

describe("accounts of the organization", () => {
  const states = ["ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "PENDING_ACTIVATION", "CLOSED"];

  test("only active ones, and the central one without a role", () => {
    const all = states.map((state, at) => ({ id: `${at + 1}`.repeat(12), name: state, state }));
    const second = { id: "666666666666", name: "x", state: "ACTIVE" };
    const targets = organizationTargets([...all, second], central, "OrgRole");
    expect(targets.map(({ id, roleArn }) => [id, roleArn])).toEqual([
      ["111111111111", undefined],
      ["666666666666", "arn:aws:iam::666666666666:role/OrgRole"],
    ]);
  });

  test.each<[string, unknown, string | undefined]>([
    ["State", { Id: "111111111111", Name: "a", State: "CLOSED" }, "CLOSED"],
    ["Status of before", { Id: "111111111111", Name: "a", Status: "ACTIVE" }, "ACTIVE"],
    ["State counts", { Id: "111111111111", State: "CLOSED", Status: "ACTIVE" }, "CLOSED"],
    ["neither", { Id: "111111111111", Name: "a" }, undefined],
    ["no id", { Name: "a", State: "ACTIVE" }, undefined],
    ["an id that is none", { Id: "x", State: "ACTIVE" }, undefined],
    ["no account", "x", undefined],
  ])("%s", (_name, account, state) => {
    expect(readOrganizationPage({ Accounts: [account] })?.accounts[0]?.state).toBe(state);
  });

  test("what is no page is none, never an empty organization", () => {
    for (const value of [undefined, null, {}, { Accounts: {} }, [], "x"]) {
      expect(readOrganizationPage(value)).toBeUndefined();
    }
    expect(readOrganizationPage({ Accounts: [], NextToken: "t" })?.next).toBe("t");
  });
});

test("--account chooses by name or id, and refuses what is not among them", () => {
  const targets = [{ ...target("111111111111"), name: "a" }, target("222222222222")];
  expect(chosenTargets(targets, [])).toEqual(targets);
  expect(chosenTargets(targets, ["222222222222"])).toEqual([targets[1]]);
  expect(chosenTargets(targets, ["a"])).toEqual([targets[0]]);
  expect(() => chosenTargets(targets, ["b"])).toThrow("b is not an account of this run");
});

describe("cursor", () => {
  test.each([
    [{ account: "111111111111", user: undefined }, "111111111111"],
    [{ account: "111111111111", user: "zoe.x+y=z,@-_" }, "111111111111/zoe.x+y=z,@-_"],
  ])("%j", (cursor, text) => {
    expect(formatCursor(cursor)).toBe(text);
    expect(parseCursor(text)).toEqual(cursor);
  });

  test.each(["", "zoe", "1111", "111111111111/", "111111111111/a/b", "111111111111/a b", "x/zoe"])(
    "%j is none",
    (text) => expect(parseCursor(text)).toBeUndefined(),
  );

  test("continues at its account, and at its user there", () => {
    const targets = ["1", "2", "3"].map((digit) => target(digit.repeat(12)));
    const from = { account: "222222222222", user: "m" };
    expect(accountsFrom(targets, from).map(({ id }) => id[0])).toEqual(["2", "3"]);
    expect(accountsFrom(targets, undefined)).toHaveLength(3);
    expect(accountsFrom(targets, { account: "999999999999", user: undefined })).toHaveLength(3);
    expect(isBefore(from, "222222222222", "l")).toBe(true);
    expect(isBefore(from, "222222222222", "m")).toBe(false);
    expect(isBefore(from, "333333333333", "a")).toBe(false);
  });

  test("half of the time is for planning", () => {
    const [start, end] = [new Date(0), new Date(600_000)];
    expect(planningEnd(end, start)).toEqual(new Date(300_000));
    expect(planningEnd(undefined, start)).toBeUndefined();
    expect(isOver(end, new Date(579_999), 20_000)).toBe(false);
    expect(isOver(end, new Date(580_000), 20_000)).toBe(true);
    expect(isOver(undefined, end, 20_000)).toBe(false);
  });
});
