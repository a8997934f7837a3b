import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import type { Configuration } from "../configuration/configuration.ts";
import { decodeConfiguration } from "../configuration/decode-configuration.ts";
import { findingLines } from "./import-findings.ts";
import { type ImportHints, importSettings } from "./imported-settings.ts";
import { configurationText } from "./new-configuration.ts";

const key = (id: string) =>
  `aws_access_key_id = AKIAEXAMPLE00000000${id}\naws_secret_access_key = hidden\n`;
const temporary =
  "aws_access_key_id = ASIAEXAMPLE000000001\naws_secret_access_key = hidden\naws_session_token = t\n";
const role = (account: string, name: string) =>
  `role_arn = arn:aws:iam::${account.repeat(12)}:role/${name}\n`;
const me = `[me]\n${key("1")}`;

function decode(text: string): Configuration {
  const value = parse(text, { integersAsBigInt: true });
  const { configuration, problems } = decodeConfiguration(value, "/c");
  expect(problems).toEqual([]);
  if (configuration === undefined) throw new Error("no configuration");
  return configuration;
}

function importFrom(files: Files, existing?: string, hints?: ImportHints) {
  const before = existing === undefined ? undefined : decode(existing);
  const texts = { config: files.config, credentials: files.credentials };
  const found = importSettings(texts, before, hints);
  const text = configurationText(found.settings);
  const lines = findingLines(found.findings).join("\n");
  return {
    ...found,
    text,
    toml: parse(text),
    lines,
    after: existing === undefined ? decode(text) : undefined,
  };
}

interface Files {
  readonly config?: string;
  readonly credentials?: string;
}

type ImportCase = [name: string, files: Files, toml: object, ...lines: RegExp[]];

/** What is taken over, as the parsed configuration, and the lines for what is not. */
const cases: readonly ImportCase[] = [
  [
    "one role, under its old name",
    { credentials: me, config: `[profile prod]\n${role("2", "Admin")}source_profile = me\n` },
    {
      profiles: { mainAccount: "me", mainAccountMfaSession: "me-mfa" },
      accounts: { prod: { id: "222222222222", roles: ["Admin"] } },
      aliases: { prod: "prod/Admin" },
      roles: { Admin: { duration: "4h" } },
    },
  ],
  [
    "the region of the source profile, as the default",
    {
      credentials: me,
      config: `[profile me]\nregion = eu-west-1\n[profile p]\n${role("2", "A")}source_profile = me\n`,
    },
    { defaultRegion: "eu-west-1" },
  ],
  [
    "the region of [default], where the source has none",
    {
      credentials: me,
      config: `[default]\nregion = eu-west-2\n[profile p]\n${role("2", "A")}source_profile = me\n`,
    },
    { defaultRegion: "eu-west-2" },
  ],
  [
    "the region of [default], named where the source has another",
    {
      credentials: me,
      config: `[default]\nregion = eu-west-2\n[profile me]\nregion = eu-west-1\n[profile p]\n${role("2", "A")}source_profile = me\n`,
    },
    { defaultRegion: "eu-west-1" },
    /region of profile default: eu-west-2 differs/,
  ],
  [
    "the region of another source, which has its own identity",
    {
      credentials: `${me}[other]\n${key("2")}`,
      config: `[profile other]\nregion = us-west-2\n[profile p]\n${role("2", "A")}source_profile = me\n[profile q]\n${role("2", "B")}source_profile = me\n[profile r]\n${role("3", "A")}source_profile = other\n`,
    },
    {
      identities: { other: { awsProfile: "other", region: "us-west-2" } },
      accounts: { r: { id: "333333333333", identity: "other" } },
    },
  ],
  [
    "one region of all roles of an account, for the account",
    {
      credentials: me,
      config: `[profile prod-a]\n${role("2", "A")}source_profile = me\nregion = us-east-1\n[profile prod-b]\n${role("2", "B")}source_profile = me\nregion = us-east-1\n`,
    },
    { accounts: { prod: { region: "us-east-1", roles: ["A", "B"] } } },
  ],
  [
    "a region of each role",
    {
      credentials: me,
      config: `[profile prod-a]\n${role("2", "A")}source_profile = me\nregion = us-east-1\n[profile prod-b]\n${role("2", "B")}source_profile = me\nregion = us-west-2\n`,
    },
    { accounts: { prod: { roles: { A: { region: "us-east-1" }, B: { region: "us-west-2" } } } } },
  ],
  [
    "one role in two regions, as two accounts with one id",
    {
      credentials: me,
      config: `[profile p-eu]\n${role("2", "A")}source_profile = me\nregion = eu-west-1\n[profile p-us]\n${role("2", "A")}source_profile = me\nregion = us-east-1\n`,
    },
    {
      accounts: {
        "p-eu": { id: "222222222222", region: "eu-west-1" },
        "p-us": { id: "222222222222", region: "us-east-1" },
      },
      aliases: { "p-eu": "p-eu/A", "p-us": "p-us/A" },
    },
  ],
  [
    "external ids of two roles in one account",
    {
      credentials: me,
      config: `[profile prod-a]\n${role("2", "A")}source_profile = me\nexternal_id = one1\n[profile prod-b]\n${role("2", "B")}source_profile = me\nexternal_id = two2\n`,
    },
    { accounts: { prod: { roles: { A: { externalId: "one1" }, B: { externalId: "two2" } } } } },
  ],
  [
    "an external id of one of two roles, for that one alone",
    {
      credentials: me,
      config: `[profile prod-a]\n${role("2", "A")}source_profile = me\nexternal_id = one1\n[profile prod-b]\n${role("2", "B")}source_profile = me\n`,
    },
    { accounts: { prod: { roles: { A: { externalId: "one1" }, B: {} } } } },
  ],
  [
    "a session name, source identity and tags",
    {
      credentials: me,
      config: `[profile p]\n${role("2", "A")}source_profile = me\nrole_session_name = jane@corp\nsource_identity = jane\nsession_tags = team=a,cost=7\n`,
    },
    {
      roles: {
        A: { sessionName: "jane@corp", sourceIdentity: "jane", tags: { team: "a", cost: "7" } },
      },
    },
  ],
  [
    "session names that differ between accounts",
    {
      credentials: me,
      config: `[profile p]\n${role("2", "A")}source_profile = me\nrole_session_name = one\n[profile q]\n${role("3", "A")}source_profile = me\nrole_session_name = two\n`,
    },
    {
      accounts: {
        p: { roles: { A: { sessionName: "one" } } },
        q: { roles: { A: { sessionName: "two" } } },
      },
      roles: { A: { duration: "4h" } },
    },
  ],
  [
    "a session name that AWS does not accept",
    {
      credentials: me,
      config: `[profile p]\n${role("2", "A")}source_profile = me\nrole_session_name = jane doe\n`,
    },
    { roles: { A: { duration: "4h" } } },
    /role_session_name of profile p: must be 2 to 64/,
  ],
  [
    "duration_seconds as a length of a session: shorter ones do not shorten the time after a code",
    {
      credentials: me,
      config: `[profile p]\n${role("2", "A")}source_profile = me\nduration_seconds = 3600\n`,
    },
    { roles: { A: { duration: "4h" } } },
  ],
  [
    "duration_seconds above 4 h",
    {
      credentials: me,
      config: `[profile p]\n${role("2", "A")}source_profile = me\nduration_seconds = 43200\n`,
    },
    { roles: { A: { duration: "12h" } } },
  ],
  [
    "a session shorter than awst's",
    {
      credentials: me,
      config: `[profile p]\n${role("2", "A")}source_profile = me\nduration_seconds = 900\n`,
    },
    { roles: { A: { duration: "4h" } } },
    /duration_seconds of profile p: awst renews sessions of 1 h/,
  ],
  [
    "an invalid duration",
    {
      credentials: me,
      config: `[profile p]\n${role("2", "A")}source_profile = me\nduration_seconds = forever\n`,
    },
    { roles: { A: { duration: "4h" } } },
    /duration_seconds of profile p: "forever" is not a duration/,
  ],
  [
    "aws-runas: durations of the code and of the role's credentials",
    {
      credentials: me,
      config: `[profile p]\n${role("2", "A")}source_profile = me\nsession_token_duration = 8h0m0s\ncredentials_duration = 2h\n`,
    },
    { roles: { A: { duration: "8h" } } },
  ],
  [
    "aws-runas: no source profile, and the device in [default]",
    {
      credentials: `[default]\n${key("1")}`,
      config: `[default]\nmfa_serial = arn:aws:iam::111111111111:mfa/me\n[profile p]\n${role("2", "A")}`,
    },
    {
      profiles: { mainAccount: "default" },
      mfa: { device: "arn:aws:iam::111111111111:mfa/me" },
      aliases: { p: "p/A" },
    },
    /source_profile of profile p: it is missing/,
  ],
  [
    "aws-runas: SAML",
    { config: `[profile p]\n${role("2", "A")}saml_auth_url = https://example.org/saml\n` },
    { profiles: { mainAccount: "main-account" } },
    /^not imported: profile p: sign-in with SAML.*aws-runas$/m,
  ],
  [
    "the MFA device of the roles",
    {
      credentials: me,
      config: `[profile p]\n${role("2", "A")}source_profile = me\nmfa_serial = arn:aws:iam::111111111111:mfa/me\n`,
    },
    { mfa: { device: "arn:aws:iam::111111111111:mfa/me" } },
  ],
  [
    "two MFA devices of one user",
    {
      credentials: me,
      config: `[profile p]\n${role("2", "A")}source_profile = me\nmfa_serial = arn:aws:iam::111111111111:mfa/one\n[profile q]\n${role("3", "A")}source_profile = me\nmfa_serial = arn:aws:iam::111111111111:mfa/two\n`,
    },
    { mfa: { device: "arn:aws:iam::111111111111:mfa/one" } },
    /mfa_serial of profile q: .*mfa\/two; for the other device: --device/,
  ],
  [
    "a security key",
    {
      credentials: me,
      config: `[profile p]\n${role("2", "A")}source_profile = me\nmfa_serial = arn:aws:iam::111111111111:u2f/me\n`,
    },
    { profiles: { mainAccount: "me" } },
    /mfa_serial of profile p: is a security key/,
  ],
  [
    "aws-vault: mfa_process, and settings that include_profile adds",
    {
      config: `[profile common]\nregion = eu-west-1\nmfa_serial = arn:aws:iam::111111111111:mfa/me\nmfa_process = pass otp aws\n[profile root]\ninclude_profile = common\n[profile dev]\ninclude_profile = common\nsource_profile = root\n${role("2", "A")}transitive_session_tags = team\n`,
    },
    {
      defaultRegion: "eu-west-1",
      profiles: { mainAccount: "root" },
      accounts: { dev: { region: "eu-west-1" } },
      mfa: { device: "arn:aws:iam::111111111111:mfa/me", command: "pass otp aws" },
    },
    /transitive_session_tags of profile dev: /,
  ],
  [
    "aws-vault: a profile that only calls it for a role is an alias too",
    {
      credentials: me,
      config: `[profile p]\n${role("2", "A")}source_profile = me\n[profile p-vault]\ncredential_process = /usr/bin/aws-vault exec p --json\n`,
    },
    { aliases: { p: "p/A", "p-vault": "p/A" } },
  ],
  [
    "a chain, with the same role's name in both accounts",
    {
      credentials: me,
      config: `[profile hub]\n${role("2", "A")}source_profile = me\n[profile deep]\n${role("3", "A")}source_profile = hub\n`,
    },
    { accounts: { deep: { roles: { A: { via: "hub/A" } } } }, roles: { A: { duration: "4h" } } },
  ],
  [
    "a circle of source profiles",
    {
      config: `[profile a]\n${role("2", "A")}source_profile = b\n[profile b]\n${role("2", "B")}source_profile = a\n`,
    },
    { profiles: { mainAccount: "main-account" } },
    /not imported: profiles? [ab]/,
  ],
  [
    "a source profile that is its own source",
    {
      credentials: `[p]\n${key("1")}`,
      config: `[profile p]\n${role("2", "A")}source_profile = p\n`,
    },
    { profiles: { mainAccount: "p" }, accounts: { p: { id: "222222222222" } } },
    /the name of profile p: it is the profile of an identity/,
  ],
  [
    "aws-mfa: a role beside the long-term key",
    {
      credentials: `[prod-long-term]\n${key("1")}aws_mfa_device = arn:aws:iam::111111111111:mfa/me\nassume_role = arn:aws:iam::222222222222:role/A\n[prod]\n${temporary}assumed_role = True\nassumed_role_arn = arn:aws:iam::222222222222:role/A\nexpiration = 2026-01-01 00:00:00\n`,
    },
    {
      profiles: { mainAccount: "prod-long-term" },
      mfa: { device: "arn:aws:iam::111111111111:mfa/me" },
      aliases: { prod: "prod/A" },
    },
  ],
  [
    "aws-mfa: several sections of one key",
    {
      credentials: `[org-long-term]\n${key("1")}[org-prod]\n${temporary}assumed_role_arn = arn:aws:iam::222222222222:role/A\n[org-test]\n${temporary}assumed_role_arn = arn:aws:iam::333333333333:role/A\n`,
    },
    {
      profiles: { mainAccount: "org-long-term" },
      aliases: { "org-prod": "org-prod/A", "org-test": "org-test/A" },
    },
  ],
  [
    "aws-mfa: the user's own session",
    { credentials: `[me-long-term]\n${key("1")}[me]\n${temporary}assumed_role = False\n` },
    { profiles: { mainAccount: "me-long-term", mainAccountMfaSession: "me" } },
  ],
  [
    "AWSume: sections that it wrote",
    {
      credentials: `${me}[out]\n${temporary}manager = awsume\n[autoawsume-p]\n${temporary}autoawsume = true\n`,
    },
    { profiles: { mainAccount: "me" } },
    /not imported: profiles out, autoawsume-p: AWSume wrote it/,
  ],
  [
    "IAM Identity Center, with AWS's, Granted's and aws-sso's settings",
    {
      config: `[profile a]\nsso_session = x\n[profile b]\ngranted_sso_start_url = https://x\ncredential_process = granted credential-process --profile b\n[profile c]\ncredential_process = /usr/bin/aws-sso -u process --arn x\n`,
    },
    { profiles: { mainAccount: "main-account" } },
    /profile a: .*Identity Center.*aws sso login/,
    /profile b: .*Granted/,
    /profile c: .*aws-sso/,
  ],
  [
    "roles behind IAM Identity Center",
    {
      config: `[profile login]\nsso_session = x\n[profile p]\n${role("2", "A")}source_profile = login\n`,
    },
    { profiles: { mainAccount: "main-account" } },
    /profile p: its source is "login": sign-in with IAM Identity Center/,
  ],
  [
    "Leapp, saml2aws, web identity, an instance, aws login",
    {
      config: `[profile a]\ncredential_process = leapp session generate 1\n[profile b]\ncredential_process = saml2aws login\n[profile c]\n${role("2", "A")}web_identity_token_file = /t\n[profile d]\n${role("2", "A")}credential_source = Ec2InstanceMetadata\n[profile e]\nlogin_session = x\n`,
    },
    { profiles: { mainAccount: "main-account" } },
    /profile a: credentials of Leapp/,
    /profile b: .*SAML/,
    /profile c: .*web identity/,
    /profile d: /,
    /profile e: .*aws login/,
  ],
  [
    "partitions: the identity gets a region of its roles' partition",
    {
      credentials: `${me}[cn]\n${key("2")}`,
      config: `[profile p]\n${role("2", "A")}source_profile = me\n[profile q]\n${role("2", "B")}source_profile = me\n[profile r]\nrole_arn = arn:aws-cn:iam::333333333333:role/A\nsource_profile = cn\n`,
    },
    { identities: { cn: { region: "cn-north-1" } }, accounts: { r: { identity: "cn" } } },
  ],
  [
    "a role of another partition than its user's",
    {
      credentials: me,
      config: `[profile p]\n${role("2", "A")}source_profile = me\n[profile q]\n${role("2", "B")}source_profile = me\n[profile r]\nrole_arn = arn:aws-cn:iam::333333333333:role/A\nsource_profile = me\n`,
    },
    { accounts: { p: { id: "222222222222" } } },
    /not imported: profile r: its role is in partition aws-cn/,
  ],
  [
    "settings of other tools, by name",
    {
      credentials: me,
      config: `[profile p]\n${role("2", "A")}source_profile = me\noutput = json\ns3 =\n  addressing_style = path\nendpoint_url = http://x\n`,
    },
    { accounts: { p: {} } },
    /output of profile p: it stays in this profile/,
    /s3 of profile p/,
    /endpoint_url of profile p: .*AWS_ENDPOINT_URL/,
  ],
  [
    "one key in two profiles, as one user",
    {
      credentials: `[default]\n${key("1")}${me}`,
      config: `[profile p]\n${role("2", "A")}source_profile = me\n[profile q]\n${role("2", "B")}source_profile = me\n[profile r]\n${role("3", "A")}source_profile = default\n`,
    },
    { profiles: { mainAccount: "me" }, accounts: { r: { id: "333333333333", roles: ["A"] } } },
  ],
  [
    "two users with roles in one account",
    {
      credentials: `${me}[other]\n${key("2")}`,
      config: `[profile p]\n${role("2", "A")}source_profile = me\n[profile q]\n${role("2", "B")}source_profile = other\n[profile r]\n${role("3", "B")}source_profile = me\n`,
    },
    { accounts: { p: { id: "222222222222" }, q: { id: "222222222222", identity: "other" } } },
  ],
  [
    "a key that no role uses",
    {
      credentials: `${me}[spare]\n${key("2")}`,
      config: `[profile p]\n${role("2", "A")}source_profile = me\n`,
    },
    { profiles: { mainAccount: "me" } },
    /not imported: profile spare: no role uses its key/,
  ],
  [
    "[default] with a role",
    { credentials: me, config: `[default]\n${role("2", "A")}source_profile = me\n` },
    { accounts: { default: { id: "222222222222" } } },
    /the name of profile default: .*use the name "default\/A"/,
  ],
  [
    "names that need quotes",
    { credentials: me, config: `[profile my "prod"]\n${role("2", "path/A")}source_profile = me\n` },
    { accounts: { 'my "prod"': { roles: ["path/A"] } } },
  ],
];

describe("import takes over, or names as not taken over", () => {
  test.each<ImportCase>([...cases])("%s", (...[, files, toml, ...lines]) => {
    const found = importFrom(files);
    expect(found.toml).toMatchObject(toml);
    for (const line of lines) expect(found.lines).toMatch(line);
  });
});

describe("the key of each identity", () => {
  const config = `[profile aws.user]\nregion = eu-west-1\n[profile p]\n${role("2", "A")}source_profile = aws.user\n`;
  const none: ImportHints = { usesAwsVault: false, usesGranted: false };

  test.each<[string, Files, ImportHints, RegExp]>([
    [
      "in the file",
      { config, credentials: `[aws.user]\n${key("1")}` },
      none,
      /^awst key import aws\.user$/,
    ],
    [
      "in aws-vault",
      { config },
      { ...none, usesAwsVault: true },
      /^aws-vault exec aws\.user --no-session -- env \| awst key add$/,
    ],
    [
      "in Granted, which the profile calls",
      {
        config: config.replace(
          "region",
          "credential_process = granted credential-process --profile=aws.user\nregion",
        ),
      },
      none,
      /^granted credentials export-plaintext aws\.user && awst key import aws\.user$/,
    ],
    ["anywhere", { config }, none, /^awst key add$/],
  ])("%s", (_, files, hints, command) => {
    const { keys, toml } = importFrom(files, undefined, hints);
    expect(toml).toMatchObject({ profiles: { mainAccount: "aws.user" } });
    expect(keys).toHaveLength(1);
    expect(keys[0]?.command).toMatch(command);
  });

  test("of a second identity names it", () => {
    const two = `${config}[profile q]\n${role("2", "B")}source_profile = aws.user\n[profile r]\n${role("3", "A")}source_profile = other\n[profile other]\n`;
    const { keys } = importFrom({ config: two });
    expect(keys.map(({ command }) => command)).toEqual([
      "awst key add",
      "awst key add --identity other",
    ]);
  });
});

describe("with a configuration", () => {
  const existing = `defaultRegion = "eu-west-1"\n[profiles]\nmainAccount = "me"\n[accounts.production]\nid = "222222222222"\nroles = ["Admin"]\n[roles.Admin]\nduration = "8h"\n`;
  const prod = `[profile prod]\n${role("2", "Admin")}source_profile = me\n`;

  test("an alias is all that a known role needs", () => {
    const { toml, offers } = importFrom({ credentials: me, config: prod }, existing);
    expect(toml).toEqual({ aliases: { prod: "production/Admin" } });
    expect(offers).toEqual([]);
  });

  test("a known alias is not written again", () => {
    const { settings } = importFrom(
      { credentials: me, config: prod },
      `${existing}[aliases]\nprod = "production/Admin"\n`,
    );
    expect(settings.aliases).toEqual([]);
  });

  test("a role that a known account does not list yet is offered there", () => {
    const config = `[profile prod]\n${role("2", "Read")}source_profile = me\n`;
    const { toml, offers } = importFrom({ credentials: me, config }, existing);
    expect(offers).toEqual([{ account: "production", role: "Read" }]);
    expect(toml).toEqual({
      aliases: { prod: "production/Read" },
      roles: { Read: { duration: "4h" } },
    });
  });

  test("settings that differ are named, with where to write them", () => {
    const { lines } = importFrom(
      { credentials: me, config: `${prod}region = us-east-1\n` },
      existing,
    );
    expect(lines).toMatch(
      /region of profile prod: .*"us-east-1"; write it to \[accounts\.production\.roles\.Admin\] region/,
    );
  });

  test("a new account brings its roles along, and [roles] stays as it is", () => {
    const config = `[profile new]\n${role("3", "Admin")}source_profile = me\n[profile new2]\n${role("3", "Own")}source_profile = me\n`;
    const { toml } = importFrom({ credentials: me, config }, existing);
    expect(toml).toEqual({
      accounts: {
        new: { id: "333333333333", roles: { Admin: { duration: "4h" }, Own: { duration: "4h" } } },
      },
      aliases: { new: "new/Admin", new2: "new/Own" },
    });
  });

  test("an identity is found by its profile, and its device stays", () => {
    const { lines, settings } = importFrom(
      { credentials: me, config: `${prod}mfa_serial = arn:aws:iam::111111111111:mfa/old\n` },
      `${existing}[mfa]\ndevice = "arn:aws:iam::111111111111:mfa/new"\n`,
    );
    expect(settings.identities).toEqual([]);
    expect(lines).toMatch(/mfa_serial of profile prod: \[mfa\] has device/);
  });
});

test("two accounts get different names", () => {
  const config = `[profile ab-1]\n${role("2", "X")}source_profile = me\n[profile ab-2]\n${role("2", "Y")}source_profile = me\n[profile ab]\n${role("3", "X")}source_profile = me\n`;
  const { after } = importFrom({ credentials: me, config });
  expect([...(after?.accounts.keys() ?? [])]).toEqual(["ab", "ab-333333333333"]);
});

test("nothing is imported from missing files", () => {
  const { settings } = importSettings({ config: undefined, credentials: undefined });
  expect(settings).toMatchObject({ accounts: [], roles: [], identities: [], aliases: [] });
});

test("configurationText() quotes what needs it", () => {
  const text = configurationText({
    mainAccount: 'my "main"',
    accounts: [
      { name: 'my "main"', id: "111111111111" },
      { name: "a.b", id: "222222222222", roles: ["R"] },
    ],
    roles: [{ name: "x/R", duration: "4h" }],
    identities: [],
  });
  expect(parse(text)).toEqual({
    profiles: { mainAccount: 'my "main"', mainAccountMfaSession: 'my "main"-mfa' },
    accounts: { 'my "main"': "111111111111", "a.b": { id: "222222222222", roles: ["R"] } },
    roles: { "x/R": { duration: "4h" } },
  });
});
