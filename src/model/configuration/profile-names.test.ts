import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AccountToName,
  areNamesDistinct,
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
    const accounts = ["a b", "a-b", "c"].map((name) => ({ name, roles: ["r"] }));
    const owners = profileNameOwners(accounts, both);
    expect([...owners.shared()]).toEqual([["a-b/r", ["a b r", "a-b r"]]]);
    expect(["a-b/r", "c r", "d r"].map(owners.first)).toEqual(["a b r", "c r", undefined]);
  });

  it("finds the same shared names as if all names were made", () => {
    const name = fc.constantFrom(..."a b|a|b|a/b|a:b|b-a|a-b|1|-|é|a b c|_|a.b".split("|"));
    const template = fc.constantFrom(
      ...both,
      ...[
        "{account}:{role}",
        "{account}{role}",
        "{role}/{account}",
        "{account}",
        "{account}-{role}",
      ],
    );
    const account = fc.record({ name, roles: fc.array(name, { maxLength: 3 }) });
    const accounts = fc.array(account, { maxLength: 4 });
    fc.assert(
      fc.property(accounts, fc.uniqueArray(template, { maxLength: 3 }), (all, templates) => {
        const ids = all.map((each, at) => ({ name: each.name, id: String(at) }));
        const plain = plainAccountNames(ids);
        const counts = new Map<string, number>();
        for (const { name, roles } of all) {
          for (const made of roles.flatMap((r) =>
            profileNames(name, r, templates, plain.get(name)),
          ))
            counts.set(made, (counts.get(made) ?? 0) + 1);
        }
        const shared = [...counts].filter(([, count]) => count > 1).map(([made]) => made);
        expect([...profileNameOwners(all, templates, plain).shared().keys()]).toEqual(shared);
      }),
      { numRuns: 5000 },
    );
  });

  it.each<[boolean, readonly AccountToName[], readonly string[]]>([
    [true, [{ name: "main-account", roles: ["DeveloperAccess", "Admin"] }], both],
    [true, [{ name: "a", roles: [] }], []],
    [false, [{ name: "a", roles: ["Admin", "Admin"] }], both],
    [false, ["a", "a"].map((name) => ({ name, roles: ["Admin"] })), both],
    [false, [{ name: "a b", roles: ["Admin"] }], both],
    [false, [{ name: "a", roles: ["path/Admin"] }], both],
    [false, [{ name: "a", roles: ["Admin"] }], ["{account}-{role}"]],
    [false, [{ name: "-", roles: ["Admin"] }], both],
  ])("no role can share a name: %s for %j, %j", (expected, accounts, templates) => {
    expect(areNamesDistinct(accounts, templates)).toBe(expected);
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
    ["sso-session b", false],
    ["profile", true],
    ["profiles b", true],
    ["a b c", true],
    ["a b  c", false],
    ["a b\n", false],
    ["a b ", false],
    ["services b", false],
  ])("%j is a valid name: %s", (name, expected) => {
    expect(whyInvalidName(name) === undefined).toBe(expected);
  });
});
