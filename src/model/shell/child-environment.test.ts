import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { formatProcessJson } from "../session/process-json.ts";
import {
  childEnvironment,
  misleadingVariables,
  overridingVariables,
  ownSecrets,
  servedEnvironment,
  variablesWithoutServer,
  withoutOwnSecrets,
} from "./child-environment.ts";

const keys = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: new Secret("secret"),
  sessionToken: new Secret("token"),
  expiresAt: new Date("2026-01-02T03:04:05.678Z"),
};

test("the child has the session's keys, its own variables, and nothing that wins over them", () => {
  const hostile = Object.fromEntries(
    [...overridingVariables, ...misleadingVariables, ...ownSecrets].map((name) => [name, "x"]),
  );
  const env = { ...hostile, PATH: "/bin", AWS_ACCESS_KEY_ID: "AKIAOTHER", AWS_PAGER: "less" };
  expect(
    childEnvironment(env, { keys, region: "eu-west-1", accountId: "222222222222" }, "keys"),
  ).toEqual({
    PATH: "/bin",
    AWS_PAGER: "less",
    AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "token",
    AWS_CREDENTIAL_EXPIRATION: "2026-01-02T03:04:05Z",
    AWS_ACCOUNT_ID: "222222222222",
    AWS_REGION: "eu-west-1",
    AWS_DEFAULT_REGION: "eu-west-1",
  });
});

test("an unknown value is not set, and another account's id is removed", () => {
  const env = { AWS_ACCOUNT_ID: "999999999999", AWS_REGION: "us-east-1" };
  const child = childEnvironment(env, { keys, region: undefined, accountId: undefined }, "keys");
  expect(child).not.toHaveProperty("AWS_ACCOUNT_ID");
  expect(child.AWS_REGION).toBe("us-east-1");
});

test("a child that asks the endpoint has the endpoint and no keys of any kind", () => {
  const keyNames = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
  const names = [...overridingVariables, ...misleadingVariables, ...ownSecrets, ...keyNames];
  const hostile = Object.fromEntries([...names, "AWS_ACCOUNT_ID"].map((name) => [name, "x"]));
  const served = {
    url: "http://127.0.0.1:1/credentials",
    token: new Secret("the-token"),
    tokenFile: "/run/token",
    credentialsFile: "/run/credentials",
    configFile: "/run/config",
    region: "eu-west-1",
    account: "main account",
    role: "Dev",
    scope: "abcdef123456",
    realFiles: { awsConfig: "/h/.aws/config", awsCredentials: "/h/.aws/credentials" },
  };
  expect(servedEnvironment({ ...hostile, PATH: "/bin", AWS_REGION: "x" }, served)).toEqual({
    PATH: "/bin",
    AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1/credentials",
    AWS_CONTAINER_AUTHORIZATION_TOKEN: "the-token",
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/run/token",
    AWST_AWS_CONFIG_FILE: "/h/.aws/config",
    AWST_AWS_SHARED_CREDENTIALS_FILE: "/h/.aws/credentials",
    AWST_SERVER_ROLE: "main account Dev @abcdef123456",
    AWS_SHARED_CREDENTIALS_FILE: "/run/credentials",
    AWS_CONFIG_FILE: "/run/config",
    AWS_REGION: "eu-west-1",
    AWS_DEFAULT_REGION: "eu-west-1",
  });
});

test("no child gets awst's own secrets", () => {
  const env = Object.fromEntries([...ownSecrets, "AWST_CONFIG"].map((name) => [name, "x"]));
  expect(withoutOwnSecrets(env)).toEqual({ AWST_CONFIG: "x" });
});

test("credential-process answers in AWS's words on one line", () => {
  expect(formatProcessJson({ keys }, "222222222222")).toBe(
    '{"Version":1,"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"secret","SessionToken":"token",' +
      '"Expiration":"2026-01-02T03:04:05Z","AccountId":"222222222222"}\n',
  );
  expect(JSON.parse(formatProcessJson({ keys }, undefined))).not.toHaveProperty("AccountId");
});

describe("leaving exec --server", () => {
  const folder = "/run/user/1/awst/awst-exec-a1B2c3";
  const real = { AWST_AWS_CONFIG_FILE: "/h/c", AWST_AWS_SHARED_CREDENTIALS_FILE: "/h/s" };
  const set = { AWS_CONFIG_FILE: "/h/c", AWS_SHARED_CREDENTIALS_FILE: "/h/s" };
  const files = {
    AWS_CONFIG_FILE: `${folder}/config`,
    AWS_SHARED_CREDENTIALS_FILE: `${folder}/credentials`,
  };
  const token = { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${folder}/token` };
  const windows = "C:\\Temp\\awst-exec-a1B2c3\\config";
  test.each<[string, Record<string, string>, Record<string, string>, readonly string[]]>([
    ["all of it", { ...files, ...real, ...token }, set, ["AWS_REGION", "AWST_SERVER_ROLE"]],
    ["a file that the user named", { ...files, ...real, AWS_CONFIG_FILE: "/x" }, without(set), []],
    ["no real files", files, {}, ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]],
    [
      "Windows",
      { AWS_CONFIG_FILE: windows, AWST_AWS_CONFIG_FILE: "C:\\c" },
      { AWS_CONFIG_FILE: "C:\\c" },
      ["AWST_AWS_CONFIG_FILE"],
    ],
    ["the endpoint alone", token, {}, ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_REGION"]],
  ])("%s", (_, env, named, unset) => {
    const result = variablesWithoutServer(env);
    expect(result.set).toEqual(named);
    expect(result.unset).toEqual(expect.arrayContaining([...unset]));
  });

  test.each<Record<string, string>>([
    {},
    { AWS_CONFIG_FILE: "/x/config", AWS_REGION: "eu-west-1", ...real },
    { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/var/run/token" },
  ])("%j: nothing of another container or of the user changes", (env) => {
    expect(variablesWithoutServer(env)).toEqual({ set: {}, unset: [] });
  });

  function without({ AWS_CONFIG_FILE: _, ...others }: typeof set) {
    return others;
  }
});
