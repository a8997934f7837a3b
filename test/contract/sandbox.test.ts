// The sandbox as a client sees it that is not ours: AWS's SDK for JavaScript.

import { IAMClient, ListMFADevicesCommand } from "@aws-sdk/client-iam";
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

test("the main job: one code, two roles", async () => {
  const key = {
    accessKeyId: sandbox.main.accessKeyId,
    secretAccessKey: sandbox.main.secretAccessKey,
  };
  const to = { endpoint: sandbox.url, region: "eu-west-1", maxAttempts: 1 };
  const iam = new IAMClient({ ...to, credentials: key });
  const devices = await iam.send(new ListMFADevicesCommand({}));
  expect(devices.MFADevices?.[0]?.SerialNumber).toBe(sandbox.main.serial);
  const sts = new STSClient({ ...to, credentials: key });
  const { Credentials } = await sts.send(
    new GetSessionTokenCommand({ SerialNumber: sandbox.main.serial, TokenCode: sandbox.code() }),
  );
  const session = new STSClient({
    ...to,
    credentials: {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    },
  });
  for (const role of ["AdminAccess", "DeveloperAccess"]) {
    const answer = await session.send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::111111111111:role/${role}`,
        RoleSessionName: "admin",
      }),
    );
    expect(answer.AssumedRoleUser?.Arn).toBe(
      `arn:aws:sts::111111111111:assumed-role/${role}/admin`,
    );
  }
  expect((await session.send(new GetCallerIdentityCommand({}))).Arn).toBe(
    "arn:aws:iam::111111111111:user/admin",
  );
  expect(sandbox.calls().map((call) => [call.action, call.outcome])).toMatchInlineSnapshot(`
    [
      [
        "ListMFADevices",
        "ok",
      ],
      [
        "GetSessionToken",
        "ok",
      ],
      [
        "AssumeRole",
        "ok",
      ],
      [
        "AssumeRole",
        "ok",
      ],
      [
        "GetCallerIdentity",
        "ok",
      ],
    ]
  `);
});
