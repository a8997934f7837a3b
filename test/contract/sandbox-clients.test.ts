// The sandbox as other clients see it: boto3 and the AWS CLI, where they are installed.

import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";

const hasBoto3 = spawnSync("python3", ["-c", "import boto3"]).status === 0;
const hasCli = spawnSync("aws", ["--version"]).status === 0;
if (!hasBoto3) process.stdout.write("sandbox and boto3: skipped: not installed\n");
if (!hasCli) process.stdout.write("sandbox and the AWS CLI: skipped: not installed\n");

let sandbox: Sandbox;
let home: string;
beforeAll(async () => {
  sandbox = await startSandbox({ fixture: "open" });
  home = await mkdtemp(join(tmpdir(), "sandbox-clients-"));
});
afterAll(async () => {
  await sandbox.stop();
  await rm(home, { recursive: true });
});

function run(
  args: string[],
  env: Record<string, string> = {},
  input = "",
): Promise<[number, string, string]> {
  const [program = "", ...rest] = args;
  const own = { PATH: process.env["PATH"], HOME: home, AWS_EC2_METADATA_DISABLED: "true", ...env };
  return new Promise((resolve) => {
    const child = execFile(program, rest, { env: own }, (error, stdout, stderr) => {
      resolve([Number(error?.code ?? 0), stdout, stderr]);
    });
    child.stdin?.end(input);
  });
}

test.skipIf(!hasBoto3)(
  "boto3: sessions, pages, tags, blobs, presigned calls, refusals",
  async () => {
    const context = JSON.stringify({ main: sandbox.main });
    const [status, stdout, stderr] = await run(
      ["python3", "test/clients/sandbox-boto3.py", sandbox.url],
      {},
      context,
    );
    expect([status, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual({
      arn: "arn:aws:sts::111111111111:assumed-role/Hub/boto",
      expires: true,
      devices: [sandbox.main.serial],
      users: ["main", "fresh", "x", "pathed"],
      tags: Array.from({ length: 5 }, (_, n) => ({ Key: `key ${n}`, Value: "välue" })),
      seed: expect.stringMatching(/^[A-Z2-7]{64}$/),
      png: "PNG",
      presigned: true,
      refusals: {
        "used code": [
          "AccessDenied",
          403,
          "MultiFactorAuthentication failed with invalid MFA one time pass code.",
        ],
        chain: [
          "ValidationError",
          400,
          "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        ],
        quota: [null, ["LimitExceeded", 409, "Cannot exceed quota for AccessKeysPerUser: 2"]],
        missing: ["NoSuchEntity", 404, "The user with name missing-user cannot be found."],
        secret: ["SignatureDoesNotMatch", 403, expect.stringContaining("does not match")],
        partition: [
          "InvalidClientTokenId",
          403,
          "The security token included in the request is invalid.",
        ],
      },
    });
  },
);

test.skipIf(!hasCli)("the AWS CLI: identity, a session, a refusal", async () => {
  const env = {
    AWS_ACCESS_KEY_ID: sandbox.main.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandbox.main.secretAccessKey,
    AWS_DEFAULT_REGION: "eu-west-1",
  };
  const aws = (...args: string[]) =>
    run(["aws", "--endpoint-url", sandbox.url, "--output", "json", ...args], env);
  const [, identity] = await aws("sts", "get-caller-identity");
  expect(JSON.parse(identity)).toMatchObject({ Arn: "arn:aws:iam::111111111111:user/main" });
  const [, devices] = await aws("iam", "list-mfa-devices", "--user-name", "main");
  expect(JSON.parse(devices).MFADevices[0].SerialNumber).toBe(sandbox.main.serial);
  sandbox.clock.advance(60);
  const code = ["--serial-number", sandbox.main.serial, "--token-code", sandbox.code()];
  const [, session] = await aws("sts", "get-session-token", ...code);
  expect(JSON.parse(session).Credentials.AccessKeyId).toMatch(/^ASIA/);
  const [status, , error] = await aws("sts", "get-session-token", ...code);
  expect(status).not.toBe(0);
  expect(error).toContain(
    "An error occurred (AccessDenied) when calling the GetSessionToken operation: MultiFactorAuthentication failed with invalid MFA one time pass code",
  );
});
