import { describe, expect, test } from "vitest";
import { configurationOf, makeFakeMachine } from "../../../test/support/fake-context.ts";
import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import type { AmbientCredentials } from "../../model/profile/ambient-plan.ts";
import { Secret } from "../../model/secret.ts";
import { whoami } from "./whoami.ts";

const credentials = "[plain]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n";
const config = [
  "[profile a/b]\ncredential_process = /opt/awst/bin/awst.js credential-process a b\nregion = us-gov-west-1",
  "[profile look-alike]\ncredential_process = /x/awst credential-process a b",
  "[profile other]\ncredential_process = /x/vault",
  "[profile sso]\nsso_session = x",
].join("\n");
const end = new Date("2026-03-01T13:00:00Z");

function contextWith(env: Env) {
  const asked: string[] = [];
  const regions: string[] = [];
  const found = (id: string, sources: readonly string[]): AmbientCredentials => ({
    keys: { accessKeyId: id, secretAccessKey: new Secret("s") },
    expiresAt: end,
    sources,
  });
  const process = makeFakeMachine(configurationOf([])).process({ env });
  return {
    ...process,
    fileFingerprint: (path: string) => path,
    runOwnProcess: async (args: readonly string[]) => {
      asked.push(`own ${args.join(" ")}`);
      const [Version, Expiration] = [1, end.toISOString()];
      const keys = { AccessKeyId: "ASIAPROC", SecretAccessKey: "s", SessionToken: "t" };
      return JSON.stringify({ Version, Expiration, ...keys });
    },
    asked,
    regions,
    awsFiles: async () => ({
      read: async () => ({ config, credentials }),
      edit: () => Promise.reject(new Error("edited")),
      isOpenToOthers: async () => false,
      openTo: async () => undefined,
    }),
    ambient: async () => ({
      askProcess: async (line: string) => {
        asked.push(line);
        return found("ASIAPROC", []);
      },
      askChain: async (profile: string | undefined) => {
        asked.push(`chain ${profile}`);
        return found("ASIASSO", ["CREDENTIALS_PROFILE", "CREDENTIALS_SSO"]);
      },
    }),
    aws: async (identityContext: { accessKeyId: string }, region: string) => {
      regions.push(region);
      const unused = () => Promise.reject(new Error("not asked"));
      return {
        getSessionToken: unused,
        assumeRole: unused,
        listMfaDevices: unused,
        getCallerIdentity: async () => ({
          at: process.now(),
          arn: `arn of ${identityContext.accessKeyId}`,
          accountId: "111111111111",
        }),
      };
    },
  };
}

describe("nameCaller()", () => {
  test.each([
    [
      "keys in the environment",
      { AWS_ACCESS_KEY_ID: "ASIAENV", AWS_SECRET_ACCESS_KEY: "s", AWS_REGION: "eu-west-3" },
      undefined,
      { arn: "arn of ASIAENV", profile: undefined, source: "AWS_ACCESS_KEY_ID in the environment" },
      "eu-west-3",
    ],
    [
      "keys in a file",
      {},
      "plain",
      {
        arn: "arn of AKIA1",
        profile: "plain",
        source: 'keys in profile "plain" (credentials file)',
      },
      "us-east-1",
    ],
    [
      "a line of awst's, in its profile's region",
      { AWS_PROFILE: "a/b" },
      undefined,
      {
        arn: "arn of ASIAPROC",
        profile: "a/b",
        expiresAt: end,
        source: 'credential_process of profile "a/b" (config file): awst',
      },
      "us-gov-west-1",
    ],
    [
      "another program's line",
      {},
      "other",
      { source: 'credential_process of profile "other" (config file): another program' },
      "us-east-1",
    ],
    [
      "what takes an SDK",
      {},
      "sso",
      { arn: "arn of ASIASSO", profile: "sso", source: 'profile "sso": IAM Identity Center' },
      "us-east-1",
    ],
  ] as const)("%s", async (_name, env, profile, expected, region) => {
    const context = contextWith(env);
    expect(await whoami(context, profile, context.runOwnProcess)).toMatchObject(expected);
    expect(context.regions).toEqual([region]);
  });

  test.each([
    [
      "environment",
      { AWS_ACCESS_KEY_ID: "AKIAX", AWS_SECRET_ACCESS_KEY: "s" },
      undefined,
      /^unset AWS_/,
    ],
    ["profile", {}, "plain", /^aws configure --profile plain$/],
    ["other program", {}, "other", undefined],
  ] as const)(
    "refused keys of the %s: no hint to awst key add",
    async (_name, env, profile, hint) => {
      const context = contextWith(env);
      const refuse = async () => {
        throw new AwstError("AWS_KEY_REJECTED", "refused", { hint: "awst key add" });
      };
      const aws = async (...asked: Parameters<typeof context.aws>) => ({
        ...(await context.aws(...asked)),
        getCallerIdentity: refuse,
      });
      const error = await whoami({ ...context, aws }, profile, context.runOwnProcess).catch(
        (thrown) => thrown,
      );
      expect(error).toMatchObject({ code: "AWS_KEY_REJECTED", message: "refused" });
      if (hint === undefined) expect(error.hint).toBeUndefined();
      else expect(error.hint).toMatch(hint);
    },
  );

  test.each([
    ["awst's own line is answered in this process", "a/b", "own credential-process a b"],
    [
      "a program that is only called awst is started",
      "look-alike",
      "/x/awst credential-process a b",
    ],
    ["another program is started", "other", "/x/vault"],
  ])("%s", async (_name, profile, asked) => {
    const context = contextWith({});
    await whoami(context, profile, context.runOwnProcess);
    expect(context.asked).toEqual([asked]);
  });

  test.each(["other", "look-alike", "sso"])(
    "files that other users can change start no program: profile %s",
    async (profile) => {
      const context = contextWith({});
      const open = {
        ...(await context.awsFiles()),
        openTo: async () => "other users can write it",
      };
      const error = whoami(
        { ...context, awsFiles: async () => open },
        profile,
        context.runOwnProcess,
      );
      await expect(error).rejects.toMatchObject({ code: "CREDENTIALS_MISSING" });
      expect(context.asked).toEqual([]);
    },
  );

  test("says where tools would disagree", async () => {
    const context = contextWith({
      AWS_ACCESS_KEY_ID: "ASIAENV",
      AWS_SECRET_ACCESS_KEY: "s",
      AWS_PROFILE: "a/b",
    });
    await whoami(context, undefined, context.runOwnProcess);
    expect(context.messages.join()).toMatch(
      /override AWS_PROFILE="a\/b".*JavaScript takes the profile/,
    );
  });

  test("a profile that is not there", async () => {
    const context = contextWith({ AWS_PROFILE: "nix" });
    await expect(whoami(context, undefined, context.runOwnProcess)).rejects.toMatchObject({
      code: "CREDENTIALS_MISSING",
      message: 'there is no AWS profile "nix"',
    });
    expect([...context.asked, ...context.regions]).toEqual([]);
  });
});
