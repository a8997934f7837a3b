import { parse } from "smol-toml";
import { expect, test } from "vitest";
import type { Configuration } from "../configuration/configuration.ts";
import { decodeConfiguration } from "../configuration/decode-configuration.ts";
import { isAwstError } from "../errors.ts";
import { callRegion, resolveTarget, roleIsUnknown } from "./resolve-target.ts";
import type { SessionFlags, Target } from "./target.ts";

const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const small = read(`
[profiles]
mainAccount = "main"
[accounts]
main = "111111111111"
`);
const large = read(`
defaultRegion = "eu-west-1"
[profiles]
mainAccount = "main"
[accounts]
main = "111111111111"
[accounts.prod]
id = "222222222222"
region = "us-east-1"
roles = ["DeveloperAccess", "audit/ReadOnly"]
externalId = "xyz"
[accounts.china]
id = "333333333333"
region = "cn-north-1"
identity = "cn"
[roles.DeveloperAccess]
duration = "4h"
tags = { team = "platform", Stage = "dev" }
[roles.Build]
duration = "8h"
session = "single"
[roles.Long]
duration = "36h"
[roles."audit/ReadOnly"]
policyArns = ["${readOnly}"]
via = "main/Hub"
sessionName = "audit"
[roles.Deep]
via = "prod/audit/ReadOnly"
[identities.cn]
region = "cn-northwest-1"
`);

test("the seed's case: names, ARN, length, region", () => {
  const target = resolve(small, "main", "DeveloperAccess");
  expect(target).toMatchObject({
    identity: { name: "main", awsProfile: "main" },
    inputs: { roleArn: "arn:aws:iam::111111111111:role/DeveloperAccess", policyArns: [], tags: {} },
    chain: [],
    durationSeconds: 14_400,
    mode: "renew",
    scoped: false,
    callRegion: "us-east-1",
    profileRegion: "us-east-1",
    partition: "aws",
  });
});

test.each([
  ["AdminAccess", 3600, false],
  ["DeveloperAccess", 14_400, false],
  ["team/Other", 3600, true],
])("without [roles], %s is tried with %i s (unknown: %s)", (role, seconds, unknown) => {
  expect(resolve(small, "main", role).durationSeconds).toBe(seconds);
  expect(roleIsUnknown(small, resolve(small, "main", role).account, role)).toBe(unknown);
});

test.each<[string, SessionFlags, Partial<Target>]>([
  ["DeveloperAccess", {}, { mode: "renew", durationSeconds: 14_400, scoped: false }],
  ["DeveloperAccess", { durationSeconds: 14_400 }, { mode: "renew", scoped: false }],
  [
    "DeveloperAccess",
    { durationSeconds: 7200 },
    { mode: "renew", durationSeconds: 7200, scoped: true },
  ],
  ["DeveloperAccess", { durationSeconds: 3601 }, { mode: "renew", scoped: true }],
  [
    "DeveloperAccess",
    { durationSeconds: 3600 },
    { mode: "once", durationSeconds: 3600, scoped: true },
  ],
  ["DeveloperAccess", { durationSeconds: 900 }, { mode: "once", scoped: true }],
  ["DeveloperAccess", { single: true }, { mode: "single", durationSeconds: 14_400, scoped: true }],
  ["Build", {}, { mode: "single", durationSeconds: 28_800, scoped: false }],
  ["Build", { single: true }, { mode: "single", scoped: false }],
  ["Build", { durationSeconds: 900 }, { mode: "single", durationSeconds: 900, scoped: true }],
  ["Long", { single: true, durationSeconds: 43_200 }, { mode: "single", scoped: true }],
  ["DeveloperAccess", { tags: { team: "platform" } }, { scoped: false }],
  ["DeveloperAccess", { tags: { team: "other" } }, { scoped: true }],
  ["DeveloperAccess", { sessionName: "me" }, { scoped: true }],
  ["DeveloperAccess", { sourceIdentity: "me" }, { scoped: true }],
  ["DeveloperAccess", { policyArns: [readOnly] }, { scoped: true }],
  ["DeveloperAccess", { policy: "{}" }, { scoped: true }],
  ["DeveloperAccess", { policyArns: [], tags: {} }, { scoped: false }],
  ["audit/ReadOnly", { policyArns: [readOnly], sessionName: "audit" }, { scoped: false }],
])("%s with %j is %j", (role, flags, expected) => {
  expect(resolve(large, "main", role, { flags })).toMatchObject(expected);
});

test.each<[SessionFlags]>([[{}], [{ durationSeconds: 3600 }]])(
  "a role of 1 h is renewed like any other (%j)",
  (flags) => {
    const target = resolve(small, "main", "AdminAccess", { flags });
    expect(target).toMatchObject({ mode: "renew", durationSeconds: 3600, scoped: false });
  },
);

test("tags of flags are added, those of the same key replaced without looking at case", () => {
  const flags = { tags: { stage: "prod", more: "x" } };
  expect(resolve(large, "main", "DeveloperAccess", { flags }).inputs.tags).toEqual({
    team: "platform",
    stage: "prod",
    more: "x",
  });
});

test("a chain lists every hop, the first one first, with what each account asks for", () => {
  const { chain, inputs } = resolve(large, "main", "Deep");
  expect(
    chain.map((hop) => [hop.roleArn, hop.externalId, hop.policyArns, hop.sessionName]),
  ).toEqual([
    ["arn:aws:iam::111111111111:role/Hub", undefined, [], undefined],
    ["arn:aws:iam::222222222222:role/audit/ReadOnly", "xyz", [readOnly], "audit"],
  ]);
  expect(inputs.roleArn).toBe("arn:aws:iam::111111111111:role/Deep");
});

test("an account's identity decides region and partition; its own region goes into profiles alone", () => {
  expect(resolve(large, "china", "DeveloperAccess")).toMatchObject({
    identity: { name: "cn" },
    inputs: { roleArn: "arn:aws-cn:iam::333333333333:role/DeveloperAccess" },
    callRegion: "cn-northwest-1",
    profileRegion: "cn-north-1",
    partition: "aws-cn",
  });
  const { callRegion: calls, profileRegion } = resolve(large, "prod", "DeveloperAccess");
  expect([calls, profileRegion]).toEqual(["eu-west-1", "us-east-1"]);
});

test.each<[string, Configuration, string, string, Options, string, string]>([
  ["account", small, "mian", "X", {}, "ACCOUNT_UNKNOWN", 'no account "mian"'],
  ["account, in part", small, "mai", "X", {}, "ACCOUNT_UNKNOWN", 'no account "mai"'],
  ["role", large, "main", "DeveloperAcces", {}, "ROLE_UNKNOWN", 'account "main" has no role'],
  ["role of the account", large, "prod", "Build", {}, "ROLE_UNKNOWN", 'account "prod" has no role'],
  ["role's name", small, "main", "a b", {}, "ROLE_UNKNOWN", "not a role name"],
  ["identity", large, "main", "Build", { identity: "x" }, "IDENTITY_UNKNOWN", 'no identity "x"'],
  ["identity of the account", large, "china", "Build", { identity: "main" }, "USAGE", "belongs to"],
  [
    "--single by way of another",
    large,
    "main",
    "Deep",
    { flags: { single: true } },
    "USAGE",
    "via",
  ],
  ["--single for 36 h", large, "main", "Long", { flags: { single: true } }, "USAGE", "12h at most"],
  [
    "--duration 13h of a single one",
    large,
    "main",
    "Build",
    { flags: { durationSeconds: 46_800 } },
    "USAGE",
    "--duration 13h is out of range",
  ],
  [
    "--duration 1m",
    large,
    "main",
    "Long",
    { flags: { durationSeconds: 60 } },
    "USAGE",
    "--duration 1m",
  ],
  [
    "--session-name",
    small,
    "main",
    "X",
    { flags: { sessionName: "a b" } },
    "USAGE",
    "--session-name",
  ],
  [
    "--source-identity",
    small,
    "main",
    "X",
    { flags: { sourceIdentity: "a" } },
    "USAGE",
    "--source-identity",
  ],
  ["--policy-arn", small, "main", "X", { flags: { policyArns: ["x"] } }, "USAGE", "--policy-arn"],
  ["--policy-file", small, "main", "X", { flags: { policy: "x" } }, "USAGE", "--policy-file"],
  ["--tag", small, "main", "X", { flags: { tags: { "aws:x": "y" } } }, "USAGE", "--tag"],
  [
    "AWS_REGION",
    small,
    "main",
    "X",
    { env: { AWS_REGION: "a.b/" } },
    "USAGE",
    'AWS_REGION is "a.b/"',
  ],
])("a wrong %s is refused", (_, configuration, account, role, options, code, message) => {
  const error = refusal(() => resolve(configuration, account, role, options));
  expect(error).toEqual([code, expect.stringContaining(message)]);
});

test("an account's region in another partition than the environment's is refused", () => {
  const text = `
[profiles]
mainAccount = "main"
[accounts.china]
id = "333333333333"
region = "cn-north-1"
`;
  const configuration = read(text);
  const [code] = refusal(() => resolve(configuration, "china", "X"));
  expect(code).toBe("USAGE");
  const env = { AWS_REGION: "cn-northwest-1" };
  expect(resolve(configuration, "china", "X", { env }).partition).toBe("aws-cn");
});

test.each<[Record<string, string>, string, string]>([
  [{}, "us-east-1", "fallback"],
  [{ AWS_DEFAULT_REGION: "eu-west-2" }, "eu-west-2", "AWS_DEFAULT_REGION"],
  [{ AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-2" }, "eu-west-1", "AWS_REGION"],
])("with %j calls go to %s (%s)", (env, region, source) => {
  const main = small.identities.get("main");
  expect(main && callRegion(main, small, env)).toEqual({ region, source });
});

test("the configuration's region goes before the environment's, an identity's before both", () => {
  const env = { AWS_REGION: "us-west-2" };
  const [main, cn] = [...large.identities.values()];
  expect(main && callRegion(main, large, env).source).toBe("defaultRegion");
  expect(cn && callRegion(cn, large, env).source).toBe("identity");
});

test("the fingerprint follows every input, and nothing else", () => {
  const plain = resolve(large, "prod", "DeveloperAccess").fingerprint;
  const others = [
    resolve(large, "main", "DeveloperAccess"),
    resolve(large, "prod", "audit/ReadOnly"),
    resolve(large, "prod", "DeveloperAccess", { flags: { durationSeconds: 7200 } }),
    resolve(large, "prod", "DeveloperAccess", { flags: { single: true } }),
    resolve(large, "prod", "DeveloperAccess", { flags: { policy: "{}" } }),
    resolve(large, "prod", "DeveloperAccess", { flags: { tags: { a: "b" } } }),
    resolve(large, "prod", "DeveloperAccess", { env: { AWS_ENDPOINT_URL: "http://x" } }),
    resolve(large, "prod", "DeveloperAccess", { identity: "cn-free" }, withIdentity(large)),
  ].map((target) => target.fingerprint);
  expect(new Set([plain, ...others]).size).toBe(others.length + 1);
  const unasked = { AWS_REGION: "us-west-2", AWS_PROFILE: "x", HOME: "/" };
  expect(resolve(large, "prod", "DeveloperAccess", { env: unasked }).fingerprint).toBe(plain);
});

interface Options {
  readonly identity?: string;
  readonly flags?: SessionFlags;
  readonly env?: Record<string, string>;
}

function resolve(
  configuration: Configuration,
  account: string,
  role: string,
  options: Options = {},
  instead?: Configuration,
): Target {
  const { identity, flags = {}, env = {} } = options;
  return resolveTarget(instead ?? configuration, { account, role, identity, flags, env });
}

function withIdentity(configuration: Configuration): Configuration {
  const [main] = configuration.identities.values();
  const added = main ? [["cn-free", { ...main, name: "cn-free" }] as const] : [];
  return { ...configuration, identities: new Map([...configuration.identities, ...added]) };
}

function read(text: string): Configuration {
  const { configuration, problems } = decodeConfiguration(
    parse(text, { integersAsBigInt: true }),
    "/x",
  );
  if (configuration === undefined) throw new Error(JSON.stringify(problems));
  return configuration;
}

function refusal(resolveIt: () => unknown): readonly string[] {
  try {
    resolveIt();
  } catch (error) {
    if (isAwstError(error)) return [error.code, error.message];
    throw error;
  }
  return [];
}
