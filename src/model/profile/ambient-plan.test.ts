import { describe, expect, test } from "vitest";
import { type AmbientPlan, planAmbient } from "./ambient-plan.ts";
import type { AwsFileTexts } from "./profile-sections.ts";

const keys = "aws_access_key_id = AKIA1\naws_secret_access_key = s\n";
const files: AwsFileTexts = {
  config: [
    "[default]\nregion = eu-west-1",
    '[profile "a b"]\ncredential_process = one\nregion = us-east-2',
    "[profile acct/Role]\ncredential_process = awst credential-process acct Role",
    `[profile inconfig]\ncredential_process = two\n${keys}`,
    "[profile role]\nrole_arn = arn:x\nsource_profile = plain",
    "[profile sso]\nsso_session = x",
    "[profile empty]\nregion = eu-west-3",
    "[profile both]\ncredential_process = three",
  ].join("\n"),
  credentials: `[plain]\n${keys}[both]\n${keys}[main Role]\ncredential_process = four\n`,
};
const envKeys = { AWS_ACCESS_KEY_ID: "ASIA1", AWS_SECRET_ACCESS_KEY: "s", AWS_SESSION_TOKEN: "t" };

/** The plan in a word: secrets shown as what they are. */
function describePlan(plan: AmbientPlan): string {
  const { from } = plan;
  const region = "region" in plan ? ` ${plan.region}` : "";
  if (from === "environment") return `environment ${plan.keys.accessKeyId}${region}`;
  if (from === "keys") return `keys ${plan.profile} ${plan.file} ${plan.keys.accessKeyId}${region}`;
  if (from === "process") return `process ${plan.profile} ${plan.file} ${plan.line}${region}`;
  return `${from} ${plan.profile}${region}`;
}

describe("planAmbient()", () => {
  test.each([
    ["keys in the environment", envKeys, undefined, "environment ASIA1 eu-west-1"],
    [
      "they win over AWS_PROFILE",
      { ...envKeys, AWS_PROFILE: "a b" },
      undefined,
      "environment ASIA1 us-east-2",
    ],
    ["--profile overrides them", envKeys, "a b", "process a b config one us-east-2"],
    [
      "an incomplete key is ignored",
      { AWS_ACCESS_KEY_ID: "ASIA1" },
      undefined,
      "chain undefined eu-west-1",
    ],
    ["a name with a space", { AWS_PROFILE: "a b" }, undefined, "process a b config one us-east-2"],
    [
      "its section in the credentials file",
      {},
      "main Role",
      "process main Role credentials four undefined",
    ],
    [
      "a name without one",
      {},
      "acct/Role",
      "process acct/Role config awst credential-process acct Role undefined",
    ],
    [
      "the older variable",
      { AWS_DEFAULT_PROFILE: "plain" },
      undefined,
      "keys plain credentials AKIA1 undefined",
    ],
    [
      "the newer one wins",
      { AWS_PROFILE: "both", AWS_DEFAULT_PROFILE: "plain" },
      undefined,
      "keys both credentials AKIA1 undefined",
    ],
    [
      "keys in the credentials file win over a process",
      {},
      "both",
      "keys both credentials AKIA1 undefined",
    ],
    [
      "a process line overrides keys in the config file",
      {},
      "inconfig",
      "process inconfig config two undefined",
    ],
    ["a role", {}, "role", "chain role undefined"],
    ["SSO", {}, "sso", "chain sso undefined"],
    ["a profile without credentials", {}, "empty", "chain empty eu-west-3"],
    ["a profile that does not exist", {}, "nix", "missing nix"],
    ["nothing at all", {}, undefined, "chain undefined eu-west-1"],
    [
      "AWS_REGION over the profile's",
      { AWS_PROFILE: "a b", AWS_REGION: "eu-north-1" },
      undefined,
      "process a b config one eu-north-1",
    ],
    [
      "the requested profile's over AWS_REGION",
      { AWS_REGION: "eu-north-1" },
      "a b",
      "process a b config one us-east-2",
    ],
  ])("%s", (_name, env, requested, expected) => {
    expect(describePlan(planAmbient(env, files, requested))).toBe(expected);
  });

  test("no files at all", () => {
    const none = { config: undefined, credentials: undefined };
    expect(describePlan(planAmbient({}, none, undefined))).toBe("chain undefined undefined");
    expect(describePlan(planAmbient({ AWS_PROFILE: "x" }, none, undefined))).toBe("missing x");
  });

  test("a session token is included", () => {
    const plan = planAmbient(envKeys, files, undefined);
    expect(plan.from === "environment" && plan.keys.sessionToken?.reveal()).toBe("t");
  });
});
