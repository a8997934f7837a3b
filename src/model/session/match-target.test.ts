import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import type { Configuration } from "../configuration/configuration.ts";
import { decodeConfiguration } from "../configuration/decode-configuration.ts";
import { isAwstError } from "../errors.ts";
import { matchAccount, matchAccountOrRole } from "./match-account.ts";
import { matchTarget } from "./match-target.ts";

const large = read(`
defaultRegion = "eu-west-1"
[profiles]
mainAccount = "main-account"
[accounts]
main-account = "111111111111"
staging-eu = "444444444444"
staging-us = "555555555555"
"Größe" = "666666666666"
"my team" = "777777777777"
"a/b" = "888888888888"
[accounts.production]
id = "222222222222"
roles = ["AdminAccess", "audit/ReadOnly"]
[accounts.china]
id = "333333333333"
region = "cn-north-1"
identity = "cn"
roles = ["ChinaOnly"]
[identities.cn]
region = "cn-north-1"
[aliases]
prod = "production/AdminAccess"
Prod-RO = "production/audit/ReadOnly"
"main deploy" = "main-account/DeveloperAccess"
staging-eu = "staging-eu/AdminAccess"
[roles.AdminAccess]
[roles.DeveloperAccess]
[roles."audit/ReadOnly"]
[roles.ChinaOnly]
`);
// Without [roles]: DeveloperAccess and AdminAccess are known, and every other name may be tried.
const small = read(`
[profiles]
mainAccount = "main-account"
[accounts]
main-account = "111111111111"
other = "222222222222"
`);

// Each role is in one account.
const apart = read(`
[profiles]
mainAccount = "main"
[accounts.main]
id = "111111111111"
roles = ["Deploy"]
[accounts.backup]
id = "222222222222"
roles = ["ops/Restore", "Audit"]
[roles.Deploy]
[roles."ops/Restore"]
[roles.Audit]
`);

const previous = { account: "staging-us", role: "DeveloperAccess" };
const iam = (id: string, role: string, partition = "aws") =>
  `arn:${partition}:iam::${id}:role/${role}`;

// What was typed, and the result: a role, or how many roles of which account there are to choose from.
describe("names that count everywhere", () => {
  test.each([
    ["main-account AdminAccess", "main-account AdminAccess"],
    ["production audit/ReadOnly", "production audit/ReadOnly"],
    ["111111111111 AdminAccess", "main-account AdminAccess"],
    ["999999999999 Anything", "999999999999 Anything"],
    ["prod", "production AdminAccess (alias prod)"],
    ["Prod-RO", "production audit/ReadOnly (alias Prod-RO)"],
    // An alias comes before an account of the same name; a role makes it the account.
    ["staging-eu", "staging-eu AdminAccess (alias staging-eu)"],
    ["staging-eu DeveloperAccess", "staging-eu DeveloperAccess"],
    ["main-account/AdminAccess", "main-account AdminAccess"],
    ["production/audit/ReadOnly", "production audit/ReadOnly"],
    ["a/b/DeveloperAccess", "a/b DeveloperAccess"],
    [["main-account AdminAccess"], "main-account AdminAccess"],
    [["my team/AdminAccess"], "my team AdminAccess"],
    [["my-team/AdminAccess"], "my team AdminAccess"],
    [["main deploy"], "main-account DeveloperAccess (alias main deploy)"],
    ["production", "choose 2 of production"],
    ["222222222222", "choose 2 of production"],
    [iam("222222222222", "AdminAccess"), "production AdminAccess"],
    [iam("222222222222", "audit/ReadOnly"), "production audit/ReadOnly"],
    [iam("222222222222", "Other"), "production Other"],
    [iam("999999999999", "team/Audit"), "999999999999 team/Audit"],
    [iam("333333333333", "ChinaOnly", "aws-cn"), "china ChinaOnly"],
    // `whoami` prints the ARN of a session, which has no path.
    ["arn:aws:sts::222222222222:assumed-role/ReadOnly/me", "production audit/ReadOnly"],
    ["arn:aws:sts::999999999999:assumed-role/Audit/me@example.com", "999999999999 Audit"],
  ])("%j is %s", (typed, expected) => {
    expect(match(large, typed, false)).toBe(expected);
    expect(match(large, typed, true)).toBe(expected);
  });

  test.each([
    ["main-account team/Other", "main-account team/Other"],
    ["main-account/team/Other", "main-account team/Other"],
    [["main-account Other"], "main-account Other"],
  ])("without [roles]: %j is %s", (typed, expected) => {
    expect(match(small, typed, false)).toBe(expected);
    expect(match(small, typed, true)).toBe(expected);
  });
});

describe("guesses, where a user typed the names at a terminal", () => {
  test.each<[string | readonly string[], string, string]>([
    [
      "MAIN-ACCOUNT AdminAccess",
      "main-account AdminAccess",
      'using "main-account" for "MAIN-ACCOUNT"',
    ],
    ["main AdminAccess", "main-account AdminAccess", 'using "main-account" for "main"'],
    ["main-account admin", "main-account AdminAccess", 'using "AdminAccess" for "admin"'],
    ["main admin", "main-account AdminAccess", 'using "main-account AdminAccess" for "main admin"'],
    ["main readonly", "main-account audit/ReadOnly", 'for "main readonly"'],
    ["222222222222 adm", "production AdminAccess", 'for "222222222222 adm"'],
    ["GRÖSSE admin", "", "ACCOUNT_UNKNOWN"],
    ["größe admin", "Größe AdminAccess", 'for "größe admin"'],
    ["gro\u0308\u00dfe dev", "Größe DeveloperAccess", "using"],
    ["main/adm", "main-account AdminAccess", 'using "main-account AdminAccess" for "main/adm"'],
    [["main adm"], "main-account AdminAccess", "using"],
    ["china", "choose 1 of china", ""],
    ["chi", "choose 1 of china", 'using "china" for "chi"'],
    ["PROD", "production AdminAccess (alias prod)", 'using "prod" for "PROD"'],
    ["prod-ro", "production audit/ReadOnly (alias Prod-RO)", 'using "Prod-RO" for "prod-ro"'],
    [
      "deploy",
      "main-account DeveloperAccess (alias main deploy)",
      'using "main deploy" for "deploy"',
    ],
    // Several: the user chooses.
    ["pro", "choose 2", ""],
    ["staging admin", "choose 2", ""],
    ["AdminAccess", "choose 7", ""],
    ["dev", "choose 6", ""],
    ["staging", "choose 8", ""],
    // Names in the wrong order.
    ["AdminAccess main-account", "main-account AdminAccess", "the account comes before the role"],
    ["admin prod", "production AdminAccess", "the account comes before the role"],
    ["ChinaOnly chi", "china ChinaOnly", "the account comes before the role"],
    ["AdminAccess/production", "production AdminAccess", "using"],
    ["-", "staging-us DeveloperAccess", "the last role"],
  ])("%j is %s, and prints %j", (typed, expected, note) => {
    if (expected === "") expect(() => match(large, typed, true)).toThrow(/there is no account/);
    else expect(match(large, typed, true)).toBe(expected);
    if (expected !== "" && note !== "") expect(find(large, typed, true).note).toContain(note);
    // A script gets none of these: it ends, or needs a terminal.
    const isChoice = expected.startsWith("choose") && note === "";
    if (!isChoice || expected === "choose 1 of china") return;
    expect(() => match(large, typed, false)).toThrow();
  });

  test.each([
    ["Deploy", "main Deploy"],
    ["deploy", "main Deploy"],
    ["restore", "backup ops/Restore"],
    ["Restore", "backup ops/Restore"],
    ["ops/restore", "backup ops/Restore"],
    ["aud", "backup Audit"],
    ["up", "choose 2 of backup"],
    ["restore/backup", "backup ops/Restore"],
  ])("where each role is in one account: %j is %s", (typed, expected) => {
    expect(match(apart, typed, true)).toBe(expected);
    expect(codeOf(() => match(apart, typed, false))).toBe("ACCOUNT_UNKNOWN");
  });

  test.each<[string | readonly string[], string]>([
    ["main AdminAccess", "ACCOUNT_UNKNOWN"],
    ["MAIN-ACCOUNT AdminAccess", "ACCOUNT_UNKNOWN"],
    ["AdminAccess main-account", "ACCOUNT_UNKNOWN"],
    ["main/AdminAccess", "ACCOUNT_UNKNOWN"],
    ["PROD", "ACCOUNT_UNKNOWN"],
    ["dev", "ACCOUNT_UNKNOWN"],
    ["AdminAccess", "ACCOUNT_UNKNOWN"],
    ["-", "CHOICE_NEEDED"],
  ])("without a terminal %j is %s", (typed, code) => {
    expect(codeOf(() => match(large, typed, false))).toBe(code);
  });

  test("without a terminal, a role in lower case is an unknown role, which is reported later", () => {
    expect(match(large, "main-account adminaccess", false)).toBe("main-account adminaccess");
  });

  // Where every role name is allowed, a role with just that name may exist, so the user decides.
  test.each<[string, string]>([
    ["main-account adminaccess", "main-account AdminAccess"],
    ["main-account dev", "choose 2 of main-account"],
    ["main-account Other", "main-account Other"],
    ["main Other", "main-account Other"],
    ["main-account used", "main-account used"],
    ["dev other", "other DeveloperAccess"],
    ["dev", "choose 2"],
  ])("without [roles]: %j is %s", (typed, expected) => {
    expect(match(small, typed, true)).toBe(expected);
  });
});

describe("mistakes", () => {
  test.each<[string | readonly string[], boolean, string, string, string?]>([
    [
      "production/Nope",
      true,
      "ROLE_UNKNOWN",
      'account "production" has no role "Nope"',
      "its roles:",
    ],
    [
      "production/Nope",
      false,
      "ROLE_UNKNOWN",
      'account "production" has no role "Nope"',
      "its roles:",
    ],
    ["a/b/Nope", false, "ROLE_UNKNOWN", 'account "a/b" has no role "Nope"', "its roles:"],
    ["production/", false, "ACCOUNT_UNKNOWN", 'there is no account "production/"'],
    ["xyz", true, "ACCOUNT_UNKNOWN", 'there is no account "xyz"'],
    ["", true, "ACCOUNT_UNKNOWN", 'there is no account ""'],
    ["productoin", true, "ACCOUNT_UNKNOWN", "there is no account", 'did you mean "production"?'],
    ["prdo", false, "ACCOUNT_UNKNOWN", "there is no account", 'the alias "prod"'],
    [
      "AdminAccess production",
      false,
      "ACCOUNT_UNKNOWN",
      '"AdminAccess" is a role',
      "awst assume production AdminAccess",
    ],
    ["production Nothing", false, "", ""],
    ["- AdminAccess", true, "USAGE", '"-" names a role'],
    [`${iam("222222222222", "AdminAccess")} AdminAccess`, true, "USAGE", "names a role"],
    [iam("222222222222", "AdminAccess", "aws-cn"), true, "USAGE", "is in partition aws-cn"],
    ["arn:aws:s3:::bucket", true, "USAGE", "is not the ARN of a role"],
    ["arn:aws:iam::222222222222:user/me", true, "USAGE", "is not the ARN of a role"],
    ["arn:aws:iam::22222:role/Admin", true, "USAGE", "is not the ARN of a role"],
    [["arn:aws:iam::222222222222:role/a b"], true, "USAGE", "is not the ARN of a role"],
  ])("%j (guesses: %s) is %s", (typed, mayGuess, code, message, hint) => {
    if (code === "") return expect(match(large, typed, mayGuess)).toBe("production Nothing");
    const error = errorOf(() => match(large, typed, mayGuess));
    expect([error?.code, error?.message]).toEqual([code, expect.stringContaining(message)]);
    if (hint !== undefined) expect(error?.hint).toContain(hint);
  });

  test("- without a last role", () => {
    expect(
      codeOf(() =>
        matchTarget(
          { account: "-", role: undefined },
          { ...factsOf(large, true), previous: undefined },
        ),
      ),
    ).toBe("USAGE");
  });
});

test.each([
  ["main-account", "main-account", undefined],
  ["MAIN", "main-account", 'using "main-account" for "MAIN"'],
  ["222222222222", "production", undefined],
  ["999999999999", "999999999999", undefined],
])("the account %j is %j", (typed, name, note) => {
  const found = matchAccount(large, typed);
  expect([found.account.name, found.note]).toEqual([name, note]);
});

function factsOf(configuration: Configuration, mayGuess: boolean) {
  return {
    configuration,
    env: {},
    mayGuess,
    previous,
    wasUsed: ({ role }: { role: string }) => role === "used",
    command: "assume",
  };
}

/** `typed`: two words at most, or one word in a list. */
function find(configuration: Configuration, typed: string | readonly string[], mayGuess: boolean) {
  const [account = "", role] = typeof typed === "string" ? typed.split(" ") : typed;
  return matchTarget({ account, role }, factsOf(configuration, mayGuess));
}

function match(configuration: Configuration, typed: string | readonly string[], mayGuess: boolean) {
  const found = find(configuration, typed, mayGuess);
  if (found.kind === "choose") {
    return `choose ${found.roles.length}${found.account === undefined ? "" : ` of ${found.account}`}`;
  }
  const alias = found.alias === undefined ? "" : ` (alias ${found.alias})`;
  return `${found.account} ${found.role}${alias}`;
}

function errorOf(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (isAwstError(error)) return error;
    throw error;
  }
  return undefined;
}

function codeOf(run: () => unknown): string | undefined {
  return errorOf(run)?.code;
}

function read(text: string): Configuration {
  const { configuration, problems } = decodeConfiguration(
    parse(text, { integersAsBigInt: true }),
    "/x",
  );
  if (configuration === undefined) throw new Error(JSON.stringify(problems));
  return configuration;
}

describe("matchAccountOrRole()", () => {
  const roleOf = (account: string, role?: string) => {
    const match = matchAccountOrRole({ account, role }, { configuration: large, env: {} });
    return [match.account, match.role, match.note !== undefined];
  };
  test.each([
    ["main-account", undefined, ["main-account", undefined, false]],
    ["main", undefined, ["main-account", undefined, true]],
    ["a/b", undefined, ["a/b", undefined, false]],
    ["222222222222", undefined, ["production", undefined, false]],
    ["999999999999", undefined, ["999999999999", undefined, false]],
    ["main-account", "Gone", ["main-account", "Gone", false]],
    ["main", "AdminAccess", ["main-account", "AdminAccess", true]],
    ["main-account/AdminAccess", undefined, ["main-account", "AdminAccess", false]],
    ["main-account AdminAccess", undefined, ["main-account", "AdminAccess", false]],
    ["a/b/AdminAccess", undefined, ["a/b", "AdminAccess", false]],
    ["prod", undefined, ["production", "AdminAccess", false]],
    ["main deploy", undefined, ["main-account", "DeveloperAccess", false]],
    [
      "arn:aws:iam::222222222222:role/audit/ReadOnly",
      undefined,
      ["production", "audit/ReadOnly", false],
    ],
    [
      "arn:aws:sts::222222222222:assumed-role/ReadOnly/me",
      undefined,
      ["production", "audit/ReadOnly", false],
    ],
    ["arn:aws:iam::999999999999:role/Any", undefined, ["999999999999", "Any", false]],
  ])("%s %s", (account, role, expected) => {
    expect(roleOf(account, role)).toEqual(expected);
  });

  test.each([
    ["main-account/Nope", undefined, "ROLE_UNKNOWN"],
    ["staging", undefined, "ACCOUNT_UNKNOWN"],
    ["nothing", undefined, "ACCOUNT_UNKNOWN"],
    ["", undefined, "ACCOUNT_UNKNOWN"],
    ["arn:aws:iam::222222222222:user/me", undefined, "USAGE"],
    ["arn:aws:iam::222222222222:role/Any", "Any", "USAGE"],
  ])("%s %s is %s", (account, role, code) => {
    expect(codeOf(() => roleOf(account, role))).toBe(code);
  });
});
