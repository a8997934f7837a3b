import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { decodeConfiguration } from "../configuration/decode-configuration.ts";
import { isAwstError } from "../errors.ts";
import { matchTargets, namesSeveralAccounts } from "./match-targets.ts";

const { configuration } = decodeConfiguration(
  parse(`[profiles]
mainAccount = "main"
[accounts]
main = "111111111111"
"a,b" = "222222222222"
[accounts.dev]
id = "333333333333"
roles = ["ReadOnly", "AdminAccess"]
[accounts.prod]
id = "444444444444"
roles = ["ReadOnly"]
[aliases]
p = "prod/ReadOnly"
d = "dev/AdminAccess"
[roles.ReadOnly]
[roles.AdminAccess]
`),
  "/x",
);
if (configuration === undefined) throw new Error("the configuration is invalid");
const config = configuration;

const match = (account: string, role: string | undefined, all = false, mayGuess = false) =>
  matchTargets(
    { account, role, all },
    {
      configuration: config,
      env: {},
      mayGuess,
      previous: undefined,
      wasUsed: () => false,
      command: "exec",
    },
  ).map((each) => `${each.account} ${each.role}`);

describe("several accounts", () => {
  test.each<[string, string | undefined, readonly string[]]>([
    ["main,dev", "ReadOnly", ["main ReadOnly", "dev ReadOnly"]],
    ["dev, main", "AdminAccess", ["dev AdminAccess", "main AdminAccess"]],
    ["main,main,dev", "ReadOnly", ["main ReadOnly", "dev ReadOnly"]],
    ["333333333333,main", "ReadOnly", ["dev ReadOnly", "main ReadOnly"]],
    ["p,d", undefined, ["prod ReadOnly", "dev AdminAccess"]],
    ["main/ReadOnly,p", undefined, ["main ReadOnly", "prod ReadOnly"]],
    ["999999999999,main", "ReadOnly", ["999999999999 ReadOnly", "main ReadOnly"]],
  ])("%s %s is %j", (account, role, expected) => {
    expect(match(account, role)).toEqual(expected);
  });

  test("with --all: every account that offers the role, in the order of the configuration", () => {
    const everywhere = ["main ReadOnly", "a,b ReadOnly", "dev ReadOnly", "prod ReadOnly"];
    expect([...match("ReadOnly", undefined, true)].sort()).toEqual([...everywhere].sort());
    expect(match("AdminAccess", undefined, true)).not.toContain("prod AdminAccess");
    expect(match("readonly", undefined, true, true)).toEqual(match("ReadOnly", undefined, true));
  });

  test.each<[string, string | undefined, boolean, boolean, string]>([
    ["main,nothing", "ReadOnly", false, false, "ACCOUNT_UNKNOWN"],
    ["main,de", "ReadOnly", false, false, "ACCOUNT_UNKNOWN"],
    ["main,dev", undefined, false, false, "CHOICE_NEEDED"],
    ["main,", "ReadOnly", false, false, "ACCOUNT_UNKNOWN"],
    ["main", "ReadOnly", true, false, "USAGE"],
    ["Nothing", undefined, true, false, "ROLE_UNKNOWN"],
    ["readonly", undefined, true, false, "ROLE_UNKNOWN"],
    // Both roles contain it.
    ["n", undefined, true, true, "ROLE_UNKNOWN"],
  ])("%s %s (--all: %s, guesses: %s) is %s", (account, role, all, mayGuess, code) => {
    let thrown: unknown;
    try {
      match(account, role, all, mayGuess);
    } catch (error) {
      thrown = error;
    }
    expect(isAwstError(thrown) && thrown.code).toBe(code);
  });

  test.each([
    ["main,dev", false, true],
    ["main", false, false],
    ["a,b", false, false],
    ["ReadOnly", true, true],
  ])("%s (--all: %s) is several: %s", (account, all, expected) => {
    expect(namesSeveralAccounts({ account, role: undefined, all }, config)).toBe(expected);
  });
});
