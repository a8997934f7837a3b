import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { decodeConfiguration } from "../configuration/decode-configuration.ts";
import { importSettings, type KnownNames } from "./imported-settings.ts";
import { configurationText } from "./new-configuration.ts";

const nothing: KnownNames = { accounts: new Map(), roles: new Set(), identities: new Map() };

const texts = {
  credentials: `[me]
aws_access_key_id = AKIAEXAMPLE000000001
aws_secret_access_key = hidden
[other]
aws_access_key_id = AKIAEXAMPLE000000002
aws_secret_access_key = hidden
`,
  config: `[profile me]
region = eu-west-1
[profile prod-admin]
role_arn = arn:aws:iam::222222222222:role/Admin
source_profile = me
mfa_serial = arn:aws:iam::111111111111:mfa/me
region = us-east-1
[profile prod-read]
role_arn = arn:aws:iam::222222222222:role/audit/ReadOnly
source_profile = me
duration_seconds = 7200
[profile "deep one"]
role_arn = arn:aws:iam::333333333333:role/Deep
source_profile = prod-admin
external_id = between-us
[profile elsewhere]
role_arn = arn:aws:iam::444444444444:role/Admin
source_profile = other
[profile sso]
sso_session = x
[profile odd]
role_arn = arn:aws:iam::12:role/X
[profile instance]
role_arn = arn:aws:iam::555555555555:role/X
credential_source = Ec2InstanceMetadata
`,
};

describe("importSettings()", () => {
  const found = importSettings(texts, nothing);

  test("names accounts by the common part of their profile names, with their roles", () => {
    expect(found.settings.accounts).toMatchObject([
      { name: "prod", id: "222222222222", roles: ["Admin", "audit/ReadOnly"], region: "us-east-1" },
      { name: "deep one", id: "333333333333", roles: ["Deep"], externalId: "between-us" },
      { name: "elsewhere", id: "444444444444", roles: ["Admin"], identity: "other" },
    ]);
  });

  test("reads durations of roles, and chains as via", () => {
    expect(found.settings.roles).toEqual([
      { name: "Admin", duration: "1h", via: undefined },
      { name: "audit/ReadOnly", duration: "2h", via: undefined },
      { name: "Deep", duration: "1h", via: "prod/Admin" },
    ]);
  });

  test("lists profiles with keys; every source but the most frequent becomes an identity", () => {
    expect(found.keyProfiles).toEqual(["me", "other"]);
    expect(found.sources[0]).toBe("me");
    expect(found.settings.identities).toEqual([{ name: "other", awsProfile: "other" }]);
  });

  test("reports what is not imported", () => {
    expect(found.remarks).toHaveLength(3);
    expect(found.remarks.join("\n")).toMatch(/"sso".*\n.*"odd".*\n.*"instance"/);
  });

  test("becomes a configuration", () => {
    const text = configurationText({
      ...found.settings,
      mainAccount: "me",
      defaultRegion: "eu-west-1",
    });
    const { configuration, problems } = decodeConfiguration(
      parse(text, { integersAsBigInt: true }),
      "/c",
    );
    expect(problems).toEqual([]);
    expect(configuration?.accounts.get("deep one")).toMatchObject({ externalId: "between-us" });
    expect(configuration?.roles.get("Deep")?.via).toEqual({ account: "prod", role: "Admin" });
    expect(configuration?.identities.get("other")).toMatchObject({ awsProfile: "other" });
  });

  test("does not import what is configured under another name", () => {
    const known: KnownNames = {
      accounts: new Map([["222222222222", "production"]]),
      roles: new Set(["Admin", "audit/ReadOnly"]),
      identities: new Map([
        ["me", "main-account"],
        ["other", "theirs"],
      ]),
    };
    const { settings } = importSettings(texts, known);
    expect(settings.accounts.map(({ name }) => name)).toEqual(["deep one", "elsewhere"]);
    expect(settings.accounts[1]?.identity).toBe("theirs");
    expect(settings.roles).toEqual([{ name: "Deep", duration: "1h", via: "production/Admin" }]);
    expect(settings.identities).toEqual([]);
  });

  test("gives two accounts different names", () => {
    const config = `[profile a-1]\nrole_arn = arn:aws:iam::222222222222:role/X\n[profile a-2]\nrole_arn = arn:aws:iam::222222222222:role/Y\n[profile a]\nrole_arn = arn:aws:iam::333333333333:role/X\n`;
    const { settings } = importSettings({ config, credentials: undefined }, nothing);
    const names = settings.accounts.map(({ name }) => name);
    expect(new Set(names).size).toBe(2);
  });

  test("imports nothing from missing files, and ends at a circle of source profiles", () => {
    const none = { accounts: [], roles: [], identities: [] };
    expect(importSettings({ config: undefined, credentials: undefined }, nothing).settings).toEqual(
      none,
    );
    const config = `[profile a]\nrole_arn = arn:aws:iam::222222222222:role/X\nsource_profile = b\n[profile b]\nrole_arn = arn:aws:iam::222222222222:role/Y\nsource_profile = a\n`;
    expect(
      importSettings({ config, credentials: undefined }, nothing).settings.accounts,
    ).toHaveLength(1);
  });
});

test("configurationText() quotes what needs it", () => {
  const text = configurationText({
    mainAccount: 'my "main"',
    defaultRegion: undefined,
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
