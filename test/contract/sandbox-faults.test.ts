// Bad days on demand, as AWS's SDK for JavaScript lives through them, and what the log says of them.

import { CreateAccessKeyCommand, ListAccessKeysCommand } from "@aws-sdk/client-iam";
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Fault } from "../../sandbox/faults.ts";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { until } from "../support/until.ts";
import { iamOf, keysOf, refusal, roleArn, stsOf } from "./sandbox-sdk.ts";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ fixture: "open" });
});
afterEach(() => sandbox.stop());

const whoAmI = () => stsOf(sandbox, keysOf(sandbox.main)).send(new GetCallerIdentityCommand({}));
const createKey = () => iamOf(sandbox, keysOf(sandbox.main)).send(new CreateAccessKeyCommand({}));

test.each<[Fault["kind"], string, number, string]>([
  ["throttle", "Throttling", 400, "Rate exceeded"],
  ["error500", "InternalFailure", 500, "The request processing has failed"],
  ["error503", "ServiceUnavailable", 503, "Service is unavailable"],
  ["deny", "AccessDenied", 403, "is not authorized to perform: sts:GetCallerIdentity"],
])("%s, once", async (kind, code, status, message) => {
  sandbox.faults.add({ action: "GetCallerIdentity", kind });
  const error = await refusal(whoAmI());
  expect(error).toMatchObject({ code, status });
  expect(error.message).toContain(message);
  await whoAmI();
  expect(sandbox.calls().map(({ result, acted }) => [result, acted])).toEqual([
    [code, false],
    ["ok", true],
  ]);
});

test("an error of one's own, before or after the service acted", async () => {
  const own = {
    action: "CreateAccessKey",
    kind: "error",
    status: 409,
    code: "ConcurrentModification",
    message: "m",
  } as const;
  sandbox.faults.add(own);
  expect(await refusal(createKey())).toEqual({
    code: "ConcurrentModification",
    status: 409,
    message: "m",
  });
  sandbox.faults.add({ ...own, acts: true });
  await refusal(createKey());
  expect(sandbox.cloud.account("111111111111").keysOf("main")).toHaveLength(2);
});

test.each<[Fault["kind"], boolean]>([
  ["reset-before", false],
  ["reset-after", true],
  ["truncated", true],
])("%s: no answer comes through, and the service acted: %s", async (kind, acted) => {
  sandbox.faults.add({ action: "CreateAccessKey", kind });
  await expect(createKey()).rejects.toThrow();
  expect(sandbox.calls().map(({ result, acted }) => [result, acted])).toEqual([[kind, acted]]);
  const keys = await iamOf(sandbox, keysOf(sandbox.main)).send(new ListAccessKeysCommand({}));
  expect(keys.AccessKeyMetadata).toHaveLength(acted ? 2 : 1);
});

test("a code is used up where the answer was lost", async () => {
  const mfa = { SerialNumber: sandbox.main.serial, TokenCode: sandbox.code() };
  const ask = () => stsOf(sandbox, keysOf(sandbox.main)).send(new GetSessionTokenCommand(mfa));
  sandbox.faults.add({ action: "GetSessionToken", kind: "reset-after" });
  await expect(ask()).rejects.toThrow();
  expect((await refusal(ask())).message).toContain("invalid MFA one time pass code");
  expect(sandbox.calls().map(({ codeSeenBefore }) => codeSeenBefore)).toEqual([0, 1]);
});

test("HTML instead of XML: the SDK takes it for an empty answer", async () => {
  sandbox.faults.add({ action: "*", kind: "html", times: 2 });
  expect((await whoAmI()).Arn).toBeUndefined();
  const answer = await fetch(sandbox.url, { method: "POST" });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html"]);
});

test("slow: a later call is answered first; hang: no answer", async () => {
  sandbox.faults.add({ action: "GetCallerIdentity", kind: "slow", delayMs: 1_000 });
  const answered: string[] = [];
  const slow = whoAmI().then(() => answered.push("slow"));
  await until("the fault is taken", () => !sandbox.faults.isWaiting());
  await whoAmI().then(() => answered.push("quick"));
  await slow;
  expect(answered).toEqual(["quick", "slow"]);
  sandbox.faults.add({ action: "GetCallerIdentity", kind: "hang" });
  const sts = stsOf(sandbox, keysOf(sandbox.main));
  const abortSignal = AbortSignal.timeout(200);
  await expect(sts.send(new GetCallerIdentityCommand({}), { abortSignal })).rejects.toThrow(
    /abort/i,
  );
  expect(sandbox.calls().map(({ result }) => result)).toEqual(["ok", "ok", "hang"]);
});

test("every answer may be delayed: AWS has acted before it arrives", async () => {
  sandbox.settings.minResponseDelayMs = 1_000;
  let isAnswered = false;
  const answer = whoAmI().then(() => {
    isAnswered = true;
  });
  await until("AWS has acted", () => sandbox.calls().length === 1);
  expect(isAnswered).toBe(false);
  await answer;
});

test("the SDK left to itself sends one code three times: the log shows it", async () => {
  sandbox.faults.add({ action: "GetSessionToken", kind: "reset-before", times: 2 });
  const sts = new STSClient({
    endpoint: sandbox.url,
    region: "eu-west-1",
    credentials: keysOf(sandbox.main),
  });
  const mfa = { SerialNumber: sandbox.main.serial, TokenCode: sandbox.code() };
  await sts.send(new GetSessionTokenCommand(mfa));
  expect(sandbox.calls().map(({ codeSeenBefore }) => codeSeenBefore)).toEqual([0, 1, 2]);
});

test("the log has what was asked, and no secret", async () => {
  const sts = stsOf(sandbox, keysOf(sandbox.main));
  const code = sandbox.code();
  await sts.send(
    new AssumeRoleCommand({
      RoleArn: roleArn("LongBuild"),
      RoleSessionName: "me",
      DurationSeconds: 7200,
      SerialNumber: sandbox.main.serial,
      TokenCode: code,
    }),
  );
  const [call] = sandbox.calls();
  expect(call).toMatchObject({
    action: "AssumeRole",
    service: "sts",
    region: "eu-west-1",
    accessKeyId: sandbox.main.accessKeyId,
    userArn: "arn:aws:iam::111111111111:user/main",
    hasTokenCode: true,
    result: "ok",
    params: {
      RoleArn: roleArn("LongBuild"),
      RoleSessionName: "me",
      DurationSeconds: "7200",
      SerialNumber: sandbox.main.serial,
    },
  });
  const text = JSON.stringify(sandbox.calls());
  expect(text).not.toContain(`"${code}"`);
  expect(text).not.toContain(sandbox.main.secretAccessKey);
  sandbox.forgetCalls();
  expect(sandbox.calls()).toEqual([]);
});

test("role sessions are as short as a demonstration needs them", async () => {
  sandbox.settings.roleSessionSecondsCap = 20;
  const { Credentials } = await stsOf(sandbox, keysOf(sandbox.main)).send(
    new AssumeRoleCommand({ RoleArn: roleArn("Hub"), RoleSessionName: "me" }),
  );
  const left = (Credentials!.Expiration!.getTime() - Date.now()) / 1000;
  expect(left).toBeLessThanOrEqual(20);
});
