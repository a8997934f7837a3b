import { describe, expect, it } from "vitest";
import {
  plainAccountNames,
  profileNameOwners,
  profileNames,
  scopedProfileName,
  whyInvalidName,
} from "./profile-names.ts";

const both = ["{account} {role}", "{account}/{role}"];

describe("profileNames", () => {
  it.each([
    ["main-account", "Dev", both, ["main-account Dev", "main-account/Dev"]],
    ["My Acct", "audit/ReadOnly", both, ["My Acct audit/ReadOnly", "My-Acct/audit/ReadOnly"]],
    ["größe", "R,x=1", both, ["größe R,x=1", "gr--e/R-x-1"]],
    ["a", "b", ["{role}@{account}", "{role}@{account}"], ["b@a"]],
    ["{role}", "b", ["{account}"], ["-role-"]],
    ["a$&b", "r", ["{account}.{role}"], ["a--b.r"]],
  ])("%s %s", (account, role, templates, expected) => {
    expect(profileNames(account, role, templates)).toEqual(expected);
  });

  it.each<[string, Record<string, string>]>([
    ["ASCII", { dev: "dev", "my-acct": "my-acct" }],
    ["one changed name", { größe: "gr--e", "My Acct": "My-Acct" }],
    ["two scripts without Latin letters", { 生产: "000000000000", 测试: "111111111111" }],
    [
      "letters that are lost on both sides",
      { prod東京: "prod---000000000000", prod大阪: "prod---111111111111" },
    ],
    [
      "a changed name and an exact one",
      { "my acct": "my-acct-000000000000", "my-acct": "my-acct" },
    ],
    ["three", { "a b": "a-b-000000000000", "a,b": "a-b-111111111111", "a-b": "a-b" }],
    [
      "Hebrew, Arabic, Devanagari",
      { ייצור: "000000000000", إنتاج: "111111111111", उत्पादन: "222222222222" },
    ],
    ["emoji", { "🚀": "000000000000", "🚀 1": "--1-111111111111", "🔥 1": "--1-222222222222" }],
    ["accents", { é: "000000000000", prodé: "prod--111111111111", prodè: "prod--222222222222" }],
    ["an id as the name", { "000000000000": "000000000000", 生: "111111111111" }],
    ["only punctuation", { "--": "000000000000", "..": "111111111111" }],
    ["different lengths", { a生: "a-", a生产: "a--" }],
  ])("the account's part of names without a space: %s", (_, expected) => {
    const accounts = Object.keys(expected)
      .sort(
        (one, other) =>
          Object.values(expected).indexOf(expected[one] ?? "") -
          Object.values(expected).indexOf(expected[other] ?? ""),
      )
      .map((name, at) => ({ name, id: `${at}`.repeat(12) }));
    expect(Object.fromEntries(plainAccountNames(accounts))).toEqual(expected);
    // It does not depend on the order.
    expect(Object.fromEntries(plainAccountNames([...accounts].reverse()))).toEqual(expected);
  });

  it("uses the account's plain name only where there is no space", () => {
    expect(profileNames("生产", "Dev", both, "000000000000")).toEqual([
      "生产 Dev",
      "000000000000/Dev",
    ]);
  });

  it("names a session with flags of its own", () => {
    expect(scopedProfileName("My Acct", "Dev", "0123456789")).toBe("My-Acct/Dev@012345");
  });

  it("finds names that two roles would share", () => {
    const roles = [
      { account: "a b", role: "r" },
      { account: "a-b", role: "r" },
      { account: "c", role: "r" },
    ];
    const owners = profileNameOwners(roles, both);
    expect([...owners.shared()]).toEqual([["a-b/r", ["a b r", "a-b r"]]]);
    expect(["a-b/r", "c r", "d r"].map(owners.first)).toEqual(["a b r", "c r", undefined]);
  });

  it.each([
    ["main-account Dev", true],
    ["größe Dev", true],
    ["o'brien Dev", true],
    ["a/b@c:d+e%f", true],
    ["a] b", false],
    ["a [b", false],
    ["a # b", false],
    ["a; b", false],
    ["a\\ b", false],
    ["a\nb", false],
    ["a  b", false],
    ["a\tb", false],
    [" a b", false],
    ["", false],
    ["profile b", false],
    ["services b", false],
  ])("%j is a valid name: %s", (name, expected) => {
    expect(whyInvalidName(name) === undefined).toBe(expected);
  });
});
