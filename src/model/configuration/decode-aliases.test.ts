import { parse } from "smol-toml";
import { expect, test } from "vitest";
import { decodeAliases } from "./decode-aliases.ts";
import { decodeConfiguration } from "./decode-configuration.ts";
import { nameToPrint, profileNamesOf } from "./role-profile-names.ts";

const large = `[profiles]
mainAccount = "main"
mainAccountMfaSession = "main-mfa"
[accounts]
main = "111111111111"
"my prod" = "222222222222"
"a/b" = "444444444444"
[accounts.production]
id = "333333333333"
roles = ["AdminAccess", "audit/ReadOnly"]
[accounts.a]
id = "555555555555"
roles = ["AdminAccess"]
[identities.other]
awsProfile = "other-key"
[roles.AdminAccess]
[roles.DeveloperAccess]
[roles."audit/ReadOnly"]
`;
const small = '[profiles]\nmainAccount = "main"\n[accounts]\nmain = "111111111111"\n';

const decode = (text: string, more: string) =>
  decodeConfiguration(parse(`${text}[aliases]\n${more}\n`, { integersAsBigInt: true }), "/x");

test.each<[string, string, string]>([
  ['prod = "production/AdminAccess"', "production", "AdminAccess"],
  ['prod = "production/audit/ReadOnly"', "production", "audit/ReadOnly"],
  ['"my admin" = "my prod/AdminAccess"', "my prod", "AdminAccess"],
  // Names of accounts and roles may both contain a slash: the longest account counts.
  ['x = "a/b/AdminAccess"', "a/b", "AdminAccess"],
  ['x = "a/b/c"', "a/b", "c"],
  // An alias may have the name of an account, of a role's own profile, or only digits.
  ['production = "production/AdminAccess"', "production", "AdminAccess"],
  ['"main/AdminAccess" = "main/AdminAccess"', "main", "AdminAccess"],
  ['123456789012 = "main/AdminAccess"', "main", "AdminAccess"],
  ['"größe" = "main/AdminAccess"', "main", "AdminAccess"],
  ['PROD_EU = "main/AdminAccess"', "main", "AdminAccess"],
  ['"__proto__" = "main/AdminAccess"', "main", "AdminAccess"],
])("%s", (line, account, role) => {
  const { configuration, problems } = decode(`${large}[roles.c]\n`, line);
  expect(problems).toEqual([]);
  expect([...(configuration?.aliases.values() ?? [])]).toEqual([{ account, role }]);
});

test("without [roles], an alias may name any role", () => {
  expect(decode(small, 'x = "main/team/Other"').problems).toEqual([]);
});

// The line, where the mistake is (`!`: the alias itself), a part of the message, and a part of the hint.
test.each<[string, string, string, string?]>([
  ["prod = 1", "prod", "aliases.prod must be a string, not an integer"],
  ["prod = { account = 'main' }", "prod", "must be a string, not a table"],
  ['prod = ""', "prod", 'must not be ""', '"account/Role"'],
  ['prod = "production"', "prod", 'must not be "production"', '"account/Role"'],
  ['prod = "production/"', "prod", "has a role that is not a role name", '"account/Role"'],
  [
    'prod = "productoin/AdminAccess"',
    "prod",
    '"productoin", which is not an account',
    "production",
  ],
  ['prod = "production/AdminAcces"', "prod", 'not a role of account "production"', "AdminAccess"],
  ['prod = "production/DeveloperAccess"', "prod", "not a role of account"],
  ['prod = "main/Nothing"', "prod", 'not a role of account "main"'],
  ['prod = "main/a role"', "prod", "has a role that is not a role name"],
  ['prod = "main AdminAccess"', "prod", "must not be", '"account/Role"'],
  ['default = "main/AdminAccess"', "default!", "where no profile is named"],
  ['main = "main/AdminAccess"', "main!", 'a profile of identity "main"'],
  ['main-mfa = "main/AdminAccess"', "main-mfa!", 'a profile of identity "main"'],
  ['other-key = "main/AdminAccess"', "other-key!", 'a profile of identity "other"'],
  [
    '"main/DeveloperAccess" = "main/AdminAccess"',
    "main/DeveloperAccess!",
    "is the profile name of",
  ],
  [
    '"main DeveloperAccess" = "main/AdminAccess"',
    "main DeveloperAccess!",
    "is the profile name of",
  ],
  ['"-x" = "main/AdminAccess"', "-x!", 'starts with "-"'],
  ['"-" = "main/AdminAccess"', "-!", 'starts with "-"'],
  ['"arn:x" = "main/AdminAccess"', "arn:x!", 'starts with "arn:"'],
  ['"a[b" = "main/AdminAccess"', "a[b!", "can't be in a section's name"],
  ['"a  b" = "main/AdminAccess"', "a  b!", "single spaces"],
  ['"" = "main/AdminAccess"', "!", "is empty"],
  ['" a" = "main/AdminAccess"', " a!", "starts or ends with a space"],
  ['"profile x" = "main/AdminAccess"', "profile x!", "type of the section"],
])("%s is refused", (line, name, message, hint = "") => {
  const { problems, configuration } = decode(large, line);
  expect(configuration).toBeUndefined();
  const at = name.endsWith("!") ? "key" : "value";
  const path = ["aliases", name.replace(/!$/, "")];
  expect(problems).toEqual([
    expect.objectContaining({ path, at, message: expect.stringContaining(message) }),
  ]);
  expect(problems[0]?.hint ?? "").toContain(hint);
});

test("the table of aliases must be a table", () => {
  const text = `aliases = "x"\n${small}`;
  const { problems } = decodeConfiguration(parse(text), "/x");
  expect(problems.map(({ message }) => message)).toEqual(["aliases must be a table, not a string"]);
});

test("an alias is a profile name of its role, after the others and only once", () => {
  const { configuration } = decode(
    large,
    'prod = "main/AdminAccess"\n"main/AdminAccess" = "main/AdminAccess"\nx = "a/AdminAccess"',
  );
  if (configuration === undefined) throw new Error("not valid");
  expect(profileNamesOf(configuration, "main", "AdminAccess")).toEqual([
    "main AdminAccess",
    "main/AdminAccess",
    "prod",
  ]);
  expect(profileNamesOf(configuration, "main", "DeveloperAccess")).not.toContain("prod");
});

test.each([
  ["prod", ["main/Admin", "prod"], "prod"],
  ["prod", ["main/Admin"], "main/Admin"],
  ["my prod", ["main/Admin", "my prod"], "main/Admin"],
  [undefined, ["main/Admin", "prod"], "main/Admin"],
])("the alias %j of %j: AWS_PROFILE is %j", (alias, names, expected) => {
  expect(nameToPrint({ names, usable: "main/Admin" }, alias)).toBe(expected);
});

test("problems of one alias leave the others", () => {
  const named = [
    { name: "bad", path: ["aliases", "bad"], value: 1 },
    { name: "good", path: ["aliases", "good"], value: "main/Dev" },
  ];
  const facts = {
    accounts: new Map([["main", { name: "main", roles: ["Dev"] }]]),
    identities: new Map(),
    roleNames: ["Dev"],
    rolesAreConfigured: true,
    profileOwner: () => undefined,
  };
  const problems: unknown[] = [];
  const aliases = decodeAliases(named, facts, (problem) => problems.push(problem));
  expect([...aliases.keys(), problems.length]).toEqual(["good", 1]);
});
