// Nothing ambient reaches awst's calls: a profile, a config file, keys, regions and retry settings of
// the environment, set to lead elsewhere, are not obeyed. A second server stands where they lead and
// must hear nothing. (That the files are not even opened: aws-files-unread.test.ts.)

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openAws } from "../../src/adapters/aws/aws.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Aws } from "../../src/ports/aws.ts";
import {
  credentialsXml,
  identityXml,
  type RawAws,
  refusal,
  result,
  roleInput,
  startRawAws,
} from "../support/raw-aws.ts";

const keys = { accessKeyId: "AKIAOWN", secretAccessKey: new Secret("own") };
const before = { ...process.env };
let folder: string;
let meant: RawAws;
let hostile: RawAws;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "awst-ambient-"));
  meant = await startRawAws();
  hostile = await startRawAws();
  hostile.answer(refusal(500, "InternalFailure", "hostile"));
});
afterEach(async () => {
  process.env = { ...before };
  await Promise.all([meant.close(), hostile.close()]);
  rmSync(folder, { recursive: true });
});

function open(): Aws {
  const env = { ...process.env, AWS_ENDPOINT_URL: meant.url };
  const options = {
    env,
    debug: () => {},
    iam: () => import("../../src/adapters/aws/aws-iam-call.ts"),
  };
  return openAws(keys, "eu-west-1", options);
}

async function callEverything(): Promise<void> {
  const aws = open();
  meant.answer(
    result("GetSessionToken", credentialsXml),
    result(
      "AssumeRole",
      `${credentialsXml}<AssumedRoleUser><Arn>arn:aws:sts::111111111111:assumed-role/R/me</Arn></AssumedRoleUser>`,
    ),
    result("GetCallerIdentity", identityXml),
    result("ListMFADevices", "<MFADevices></MFADevices><IsTruncated>false</IsTruncated>"),
  );
  await aws.getSessionToken({
    device: "arn:aws:iam::1:mfa/x",
    code: new Secret("123456"),
    durationSeconds: 3600,
  });
  await aws.assumeRole(roleInput("arn:aws:iam::111111111111:role/R"));
  await aws.getCallerIdentity();
  await aws.listMfaDevices();
}

function expectOwnCallsAlone(): void {
  expect(hostile.seen).toEqual([]);
  expect(meant.seen.map(({ action }) => action)).toEqual([
    "GetSessionToken",
    "AssumeRole",
    "GetCallerIdentity",
    "ListMFADevices",
  ]);
  for (const { headers } of meant.seen) {
    expect(headers.authorization).toMatch(
      /Credential=AKIAOWN\/\d+\/(eu-west-1\/sts|us-east-1\/iam)\//,
    );
    expect(headers["x-amz-security-token"]).toBeUndefined();
    expect(headers["amz-sdk-request"]).toBe("attempt=1; max=1");
    expect(headers["user-agent"]).not.toContain("hostile");
  }
}

function writeHostileFiles(): void {
  const settings = `region = us-west-2
endpoint_url = ${hostile.url}
services = hostile
retry_mode = adaptive
max_attempts = 9
use_fips_endpoint = true
use_dualstack_endpoint = true
sts_regional_endpoints = legacy
sigv4a_signing_region_set = *
auth_scheme_preference = sigv4a
sdk_ua_app_id = hostile
defaults_mode = auto
`;
  const services = `[services hostile]\nsts =\n  endpoint_url = ${hostile.url}\niam =\n  endpoint_url = ${hostile.url}\n`;
  const config = `[default]\n${settings}\n[profile hostile]\n${settings}\n${services}`;
  const credentials = ["default", "hostile"]
    .map((name) => `[${name}]\naws_access_key_id = AKIAHOSTILE\naws_secret_access_key = x\n`)
    .join("");
  writeFileSync(join(folder, "config"), config);
  writeFileSync(join(folder, "credentials"), credentials);
}

const hostileFiles = () => ({
  AWS_CONFIG_FILE: join(folder, "config"),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
});

test("the files do lead a plain SDK client to the other server", async () => {
  writeHostileFiles();
  Object.assign(process.env, { ...hostileFiles(), AWS_PROFILE: "hostile", AWS_MAX_ATTEMPTS: "1" });
  const credentials = { accessKeyId: "AKIAOWN", secretAccessKey: "own" };
  const plain = new STSClient({
    region: "eu-west-1",
    credentials,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    authSchemePreference: ["sigv4"],
  });
  await expect(plain.send(new GetCallerIdentityCommand({}))).rejects.toThrow("hostile");
  expect(hostile.seen.length).toBeGreaterThan(0);
});

describe("awst's calls", () => {
  test.each([
    ["an ambient profile", { AWS_PROFILE: "hostile" }],
    ["[default]", {}],
  ])("are not led by %s", async (_, profile) => {
    writeHostileFiles();
    Object.assign(process.env, hostileFiles(), profile);
    await callEverything();
    expectOwnCallsAlone();
  });

  test("are not led by the environment", async () => {
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: "AKIAHOSTILE",
      AWS_SECRET_ACCESS_KEY: "x",
      AWS_SESSION_TOKEN: "hostile-token",
      AWS_REGION: "us-west-2",
      AWS_DEFAULT_REGION: "us-west-2",
      AWS_RETRY_MODE: "adaptive",
      AWS_MAX_ATTEMPTS: "9",
      AWS_DEFAULTS_MODE: "auto",
      AWS_SDK_UA_APP_ID: "hostile",
      AWS_AUTH_SCHEME_PREFERENCE: "sigv4a",
      AWS_SIGV4A_SIGNING_REGION_SET: "*",
      AWS_EC2_METADATA_SERVICE_ENDPOINT: hostile.url,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${hostile.url}/credentials`,
      AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, "token"),
      NODE_TLS_REJECT_UNAUTHORIZED: "1",
    });
    await callEverything();
    expectOwnCallsAlone();
  });

  test("do not fail over files that cannot be parsed or read", async () => {
    writeFileSync(join(folder, "config"), "[profile [[[\n\0\xff= = =\n[default\nregion");
    Object.assign(process.env, {
      AWS_CONFIG_FILE: join(folder, "config"),
      AWS_SHARED_CREDENTIALS_FILE: folder,
      AWS_PROFILE: "not-there",
    });
    await callEverything();
    expectOwnCallsAlone();
  });
});
