import { parse } from "smol-toml";
import { expect, test } from "vitest";
import type { Configuration, Problem } from "./configuration.ts";
import { decodeConfiguration } from "./decode-configuration.ts";

const profiles = '[profiles]\nmainAccount = "main"\n';
const kickstarter = `
defaultRegion = "eu-west-1"

[profiles]
mainAccount = "main-account"
mainAccountMfaSession = "main-account-mfa"

[accounts]
main-account = "111111111111"
`;

test("the completed file of awstools-kickstarter is valid", () => {
  const configuration = accept(kickstarter);
  expect(configuration).toMatchObject({
    defaultRegion: "eu-west-1",
    defaultIdentity: "main-account",
    rolesAreConfigured: false,
    keychainBackend: "auto",
    lockAfterSeconds: undefined,
    signInHosts: [],
    writeProfiles: ["{account} {role}", "{account}/{role}"],
    writePrint: undefined,
    writeMode: "process",
    remarks: [],
  });
  expect(configuration.identities.get("main-account")).toMatchObject({
    accountId: "111111111111",
    awsProfile: "main-account",
    mfaSessionProfile: "main-account-mfa",
    prompt: ["terminal", "gui"],
    keyRotationIntervalMinutes: 10_080,
  });
  const durations = [...configuration.roles.values()].map((role) => [
    role.name,
    role.durationSeconds,
  ]);
  expect(durations).toEqual([
    ["DeveloperAccess", 14_400],
    ["AdminAccess", 3600],
  ]);
});

test.each([
  ["snake case", 'default_region = "eu-west-1"\n[profiles]\nmain_account = "main"'],
  ["capitals", 'DEFAULTREGION = "eu-west-1"\n[Profiles]\nMainAccount = "main"'],
  ["an inline table", 'defaultRegion = "eu-west-1"\nprofiles = { mainAccount = "main" }'],
  ["literal strings, CRLF", "defaultRegion = 'eu-west-1'\r\n[profiles]\r\nmainAccount = 'main'"],
])("awstools' spellings are accepted: %s", (_, text) => {
  const { defaultRegion, defaultIdentity } = accept(text);
  expect([defaultRegion, defaultIdentity]).toEqual(["eu-west-1", "main"]);
});

test("account names are used exactly as written", () => {
  const { accounts } = accept(`${profiles}[accounts]
Main_Account = "111111111111"
main_account = "222222222222"
"my account" = "333333333333"
12345 = "444444444444"
"a.b/c" = "555555555555"
"__proto__" = "666666666666"
alias = "111111111111"
`);
  expect(Object.fromEntries([...accounts].map(([name, { id }]) => [id, name]))).toEqual({
    "111111111111": "alias",
    "222222222222": "main_account",
    "333333333333": "my account",
    "444444444444": "12345",
    "555555555555": "a.b/c",
    "666666666666": "__proto__",
  });
  expect(accounts.size).toBe(7);
});

test.each([
  ['defaultKmsKey = "alias/x"', []],
  ['defaultKmsKey = ""\ndefaultRegion = ""', []],
  ["reuseCredentialsIfValidForMinutes = 10", ["reuseCredentialsIfValidForMinutes has no effect"]],
  ["autoRotateMainAccountKey = true", ["autoRotateMainAccountKey has no effect"]],
  ["keyRotationIntervalMinutes = 10_080", []],
  ["keyRotationIntervalMinutes = 0", ["turns automatic rotation off"]],
  ["keyRotationIntervalMinutes = -1", ["turns automatic rotation off"]],
  ["keyRotationIntervalMinutes = 9223372036854775807", []],
])("awstools' %j is accepted", (line, remarks) => {
  const found = accept(`${line}\n${profiles}[accounts]\nmain = "111111111111"\n`).remarks;
  expect(found).toEqual(remarks.map((message) => expect.stringContaining(message)));
});

test("rotation is off at 0 and below; larger intervals are limited to 1,000,000,000 minutes", () => {
  const minutes = (value: string) =>
    accept(`keyRotationIntervalMinutes = ${value}\n${profiles}`).identities.get("main")
      ?.keyRotationIntervalMinutes;
  expect(["0", "-5", "60", "9223372036854775807"].map(minutes)).toEqual([0, 0, 60, 1_000_000_000]);
});

test.each([
  ["[roles.X]", "[roles]"],
  ["[mfa]", "[mfa]"],
  ['[write]\nmode = "keys"', "[write]"],
  ['[accounts.prod]\nid = "111111111111"', "[accounts.prod]"],
])("%j: a remark says that awstools does not know it", (text, message) => {
  expect(accept(`${profiles}${text}`).remarks[0]).toContain(`does not know ${message}`);
});

test("a further identity inherits settings that it does not set", () => {
  const { identities } = accept(`keyRotationIntervalMinutes = 60
${profiles}
[mfa]
command = "code"
prompt = ["none"]
[accounts]
other = "222222222222"
[identities.other]
account = "other"
device = "GAHT12345678"
[identities.third]
account = "333333333333"
awsProfile = "elsewhere"
region = "us-west-2"
keyRotationIntervalMinutes = 0
`);
  expect(identities.get("other")).toMatchObject({
    accountId: "222222222222",
    awsProfile: "other",
    device: "GAHT12345678",
    command: undefined,
    prompt: ["none"],
    keyRotationIntervalMinutes: 60,
  });
  expect(identities.get("third")).toMatchObject({
    accountId: "333333333333",
    awsProfile: "elsewhere",
    region: "us-west-2",
    keyRotationIntervalMinutes: 0,
  });
  expect(identities.get("main")).toMatchObject({ command: "code", accountId: undefined });
});

test("a role without a duration has its built-in duration, or 1 h", () => {
  const { roles } = accept(
    `${profiles}[roles.DeveloperAccess]\n[roles.Other]\n[roles.Short]\nduration = 900`,
  );
  expect([...roles.values()].map((role) => role.durationSeconds)).toEqual([14_400, 3600, 900]);
});

test("a role that assumes another one need not be in [roles]", () => {
  const text = `${profiles}[accounts]\nmain = "111111111111"\n[roles.A]\nvia = "main/team/Hub"\n`;
  expect(accept(text).roles.get("A")?.via).toEqual({ account: "main", role: "team/Hub" });
});

// The text, the path of its mistake (`!`: the key itself), a part of the message, and a part of the hint.
test.each<[string, string, string, string?]>([
  ["defaultRegoin = 'x'", "defaultRegoin!", "unknown key defaultRegoin", '"defaultRegion"'],
  ["kmskey = 'x'", "kmskey!", "unknown key", '"defaultKmsKey"'],
  ["zzz = 1", "zzz!", "unknown key zzz", "known keys: defaultRegion"],
  ["[profile]\nx = 1", "profile!", "unknown key profile", '"profiles"'],
  [
    "default_region = 'eu-west-1'\ndefaultRegion = 'eu-west-1'",
    "defaultRegion!",
    '"default_region" and "defaultRegion" are the same key',
  ],
  ["defaultRegion = 'evil.example/'", "defaultRegion", "must be the name of a region"],
  ["defaultRegion = 1", "defaultRegion", "must be a string, not an integer"],
  [
    "keyRotationIntervalMinutes = '7d'",
    "keyRotationIntervalMinutes",
    "must be an integer, not a string",
  ],
  [
    "keyRotationIntervalMinutes = 1.5",
    "keyRotationIntervalMinutes",
    "not a number with a fraction",
  ],
  ["keyRotationIntervalMinutes = 1979-05-27", "keyRotationIntervalMinutes", "not a date"],
  ["autoRotateMainAccountKey = 'x'", "autoRotateMainAccountKey", "must be true or false"],
  [
    "reuseCredentialsIfValidForMinutes = true",
    "reuseCredentialsIfValidForMinutes",
    "must be an integer",
  ],
  ["accounts = 1", "accounts", "must be a table"],
  ["[[accounts]]\na = 1", "accounts", "must be a table, not a list"],
  ["accounts.main = '<your-account-id>'", "accounts.main", "is still the placeholder", "12 digits"],
  [
    "accounts.main = 111111111111",
    "accounts.main",
    "not an integer",
    'in quotes: main = "111111111111"',
  ],
  ["accounts.'a b' = 11111111111", "accounts.a b", "not an integer", '"a b" = "011111111111"'],
  ["accounts.main = '11111111111'", "accounts.main", "(11 digits)"],
  [
    "accounts.main = '1111-1111-1111'",
    "accounts.main",
    "12 digits without spaces or dashes",
    '"111111111111"',
  ],
  ["accounts.main = true", "accounts.main", "must be a string of 12 digits or a table"],
  ["accounts.team.dev = '111111111111'", "accounts.team!", "has no id", '"team.dev" = '],
  ["[accounts.a]\nregion = 'eu-west-1'", "accounts.a!", "has no id", 'id = "111111111111"'],
  ["[accounts.a]\nid = 1", "accounts.a.id", "not an integer", 'id = "000000000001"'],
  ['[accounts]\n"a\\u0007" = "111111111111"', "accounts.a\u0007!", "control character"],
  ['[accounts]\n"" = "111111111111"', "accounts.!", "empty name"],
  ['[accounts]\n" " = "111111111111"', "accounts. !", "empty name"],
  ['[accounts]\n"\\u202eevil" = "111111111111"', "accounts.\u202eevil!", "control character"],
  ['[accounts."\\u2028"]\nid = "111111111111"', "accounts.\u2028!", "empty name"],
  [account("regoin = 'eu-west-1'"), "accounts.a.regoin!", "unknown key", '"region"'],
  [account("region = 'eu'"), "accounts.a.region", "must be the name of a region"],
  [
    account("region = 'cn-north-1'", "defaultRegion = 'eu-west-1'"),
    "accounts.a.region",
    "is in partition aws-cn",
  ],
  [account("externalId = 'x'"), "accounts.a.externalId", "2 to 1224"],
  [account("identity = 'b'"), "accounts.a.identity", "not an identity", "[identities.b]"],
  [account("identity = 'mian'"), "accounts.a.identity", "not an identity", '"main"'],
  [account("roles = 'X'"), "accounts.a.roles", "must be a list of strings"],
  [account("roles = ['X', 1]"), "accounts.a.roles.1", "must be a string"],
  [account("roles = ['a b']"), "accounts.a.roles.0", "not a role name"],
  [
    account("roles = ['Devel']\n[roles.Develop]"),
    "accounts.a.roles.0",
    "not in [roles]",
    '"Develop"',
  ],
  ["[roles.'a b']", "roles.a b!", "not a role name"],
  ["[roles]\nX = '4h'", "roles.X", "must be a table"],
  [
    account(
      "roles = ['X']\n[identities.b]\n[roles.X]\nvia = 'hub/Y'",
      "[accounts.hub]\nid = '222222222222'\nidentity = 'b'",
    ),
    "accounts.a.roles.0",
    "via hub, which belongs to identity b, not to main",
  ],
  [role("duration = '5m'"), "roles.X.duration", "15m to 36h"],
  [role("duration = '37h'"), "roles.X.duration", "15m to 36h"],
  [role("duration = '13h'\nsession = 'single'"), "roles.X.duration", "15m to 12h"],
  [role("duration = 'long'"), "roles.X.duration", 'must not be "long"', "90m, 4h"],
  [role("duration = 1.5"), "roles.X.duration", "must be a duration"],
  [role("session = 'once'"), "roles.X.session", 'must not be "once"', '"renew", "single"'],
  [role("policyArns = ['x']"), "roles.X.policyArns", "not the ARN of a policy"],
  [role("tags = { a = 1 }"), "roles.X.tags.a", "must be a string", '"1"'],
  [role("tags = { 'aws:a' = 'b' }"), "roles.X.tags", "AWS reserves names"],
  [role("sessionName = 'a b'"), "roles.X.sessionName", "2 to 64"],
  [role("sourceIdentity = 'a'"), "roles.X.sourceIdentity", "2 to 64"],
  [role("via = 'Hub'"), "roles.X.via", 'must not be "Hub"', "account/Role"],
  [
    role("via = 'mian/Hub'", "accounts.main = '111111111111'"),
    "roles.X.via",
    "not an account",
    '"main"',
  ],
  [role("via = 'm/X'", "accounts.m = '111111111111'"), "roles.X.via", "same role: X → X"],
  [
    role("via = 'm/Y'\nsession = 'single'", "accounts.m = '111111111111'"),
    "roles.X.via!",
    "can't have session",
  ],
  ["[mfa]\nserial = 'x'", "mfa.serial!", "unknown key", "use device"],
  ["[mfa]\ndevice = 'x'", "mfa.device", 'is "x"', "serial number"],
  ["[mfa]\ndevice = 'arn:aws:iam::111111111111:u2f/user/me/k'", "mfa.device", "security key"],
  ["[mfa]\ndevice = 'arn:aws:iam::111111111111:user/me'", "mfa.device", "ARN of a user", ":mfa/me"],
  ["[mfa]\ndevice = 'arn:aws:iam::2:mfa/me'", "mfa.device", "is", "arn:aws:iam::"],
  [
    "accounts.main = '111111111111'\nmfa.device = 'arn:aws:iam::222222222222:mfa/me'",
    "mfa.device",
    "belongs to account 222222222222",
  ],
  ["[mfa]\ncommand = ''", "mfa.command", "is empty"],
  ["[mfa]\nprompt = ['window']", "mfa.prompt", '"window"', '"terminal", "gui"'],
  ["[mfa]\nprompt = ['none', 'gui']", "mfa.prompt", "must not combine"],
  ["[mfa]\nprompt = []", "mfa.prompt", "is empty"],
  ["[keychain]\nlockAfter = '30s'", "keychain.lockAfter", "between 1m and 7d"],
  ["[keychain]\nlockAfter = '8d'", "keychain.lockAfter", "between 1m and 7d"],
  ["[keychain]\nlockAfter = 'never'", "keychain.lockAfter", 'must not be "never"', "90m, 4h"],
  ["[keychain]\nlockAfter = true", "keychain.lockAfter", "must be a duration"],
  ["[keychain]\nbackend = 'kernel'", "keychain.backend", '"kernel"', '"auto", "system", "file"'],
  [
    "[console]\nsignInHosts = ['https://a.example']",
    "console.signInHosts",
    "is not the name of a host",
  ],
  [
    "[console]\nsignInHosts = ['a.example:8443']",
    "console.signInHosts",
    "is not the name of a host",
  ],
  ["[console]\nsignInHosts = ['a.example', '']", "console.signInHosts", "is"],
  ["[write]\nprofiles = []", "write.profiles", "is empty"],
  ["[write]\nprofiles = ['{account}']", "write.profiles.0", "must contain {account} and {role}"],
  ["[write]\nprofiles = ['{account}/{role}', '{acount}{role}']", "write.profiles.1", "{acount}"],
  ["[write]\nprofiles = ['[{account}] {role}']", "write.profiles.0", "AWS's files"],
  [
    "[write]\nprint = '{account}-{role}'",
    "write.print",
    "not in write.profiles",
    "{account}/{role}",
  ],
  ["[write]\nprint = 3", "write.print", "string"],
  ["[write]\nmode = 'plain'", "write.mode", '"plain"', '"process", "keys"'],
  ["[identities.b]\naccount = 'x'", "identities.b.account", "not an account"],
  [
    "[identities.b]\nkeyRotationIntervalMinutes = -1",
    "identities.b.keyRotationIntervalMinutes",
    "0 (off) or more",
  ],
  ["[identities.b]\nregion = 'x'", "identities.b.region", "must be the name of a region"],
  ["[identities.b]\nawsProfile = 'a]b'", "identities.b.awsProfile", "bracket"],
  [
    "[mfa]\ncommand = 'x'\n[identities.main]\ncommand = 'y'",
    "identities.main.command",
    "set twice",
  ],
  [
    "accounts.'a/b' = '111111111111'\naccounts.a = '222222222222'\n[roles.c]\n[roles.'b/c']",
    "accounts.a!",
    'share the profile name "a/b/c"',
  ],
])("%j is one mistake, at %s", (text, position, message, help = "") => {
  const { problems } = decode(`${text}\n${profiles}`);
  expect(problems.map(positionOf)).toEqual([position]);
  expect(problems[0]?.message).toContain(message);
  expect(problems[0]?.hint ?? "").toContain(help);
});

test.each([
  ["", "", "profiles.mainAccount is missing"],
  ["[profiles]\nbastion = 'm'\nbastionMfa = 'n'", "profiles!", "profiles.mainAccount is missing"],
  ["[profiles]\nmainAccount = ''", "profiles.mainAccount", "is empty"],
  ["[profiles]\nmainAccount = 1", "profiles.mainAccount", "must be a string"],
])("without a main account, %j is reported", (text, position, message) => {
  const found = decode(text).problems.find((problem) => problem.message.includes(message));
  expect(found && positionOf(found).replace(/^!$/, "")).toBe(position);
});

test("old names of keys get a hint with their present names", () => {
  const { problems } = decode("[profiles]\nmainAccount = 'm'\nbastion = 'm'\nbastionMfa = 'n'");
  expect(problems.map(({ hint }) => hint)).toEqual([
    expect.stringContaining("use mainAccount,"),
    expect.stringContaining("use mainAccountMfaSession,"),
  ]);
});

test("one run reports every mistake, and a circle of two roles at both", () => {
  const text = `${profiles}nonsense = 1
[accounts]
m = "1"
[roles.A]
via = "m/B"
[roles.B]
via = "m/A"
duration = "1s"
`;
  const { configuration, problems } = decode(text);
  expect(configuration).toBeUndefined();
  expect(problems.map(positionOf)).toEqual([
    "profiles.nonsense!",
    "accounts.m",
    "roles.B.duration",
    "roles.A.via",
    "roles.B.via",
  ]);
});

test.each([undefined, null, 1, "x", [], new Date()])("%j is not a configuration", (value) => {
  expect(decodeConfiguration(value, "/x").problems.length).toBeGreaterThan(0);
});

function account(lines: string, before = ""): string {
  return `${before}\n[accounts.a]\nid = "111111111111"\n${lines}`;
}

function role(lines: string, before = ""): string {
  return `${before}\n[roles.X]\n${lines}`;
}

function positionOf({ path, at }: Problem): string {
  return path.join(".") + (at === "key" ? "!" : "");
}

function decode(text: string) {
  return decodeConfiguration(parse(text, { integersAsBigInt: true }), "/home/me/config.toml");
}

function accept(text: string): Configuration {
  const { configuration, problems } = decode(text);
  expect(problems).toEqual([]);
  if (configuration === undefined) throw new Error("neither problem nor configuration");
  return configuration;
}
