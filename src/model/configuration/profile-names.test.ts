import { describe, expect, it } from "vitest";
import {
  profileNames,
  scopedProfileName,
  sharedProfileNames,
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

  it("names a session with flags of its own", () => {
    expect(scopedProfileName("My Acct", "Dev", "0123456789")).toBe("My-Acct/Dev@012345");
  });

  it("finds names that two roles would share", () => {
    const roles = [
      { account: "a b", role: "r" },
      { account: "a-b", role: "r" },
      { account: "c", role: "r" },
    ];
    expect([...sharedProfileNames(roles, both)]).toEqual([["a-b/r", ["a b r", "a-b r"]]]);
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
