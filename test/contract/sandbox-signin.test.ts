// The console's sign-in service: getSigninToken by GET and POST, the login link, SessionDuration for
// every kind of session, every partition's console.

import {
  AssumeRoleCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
} from "@aws-sdk/client-sts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { keysOf, roleArn, type SdkKeys, stsOf } from "./sandbox-sdk.ts";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ fixture: "open" });
});
afterEach(() => sandbox.stop());

const regions: Record<string, string> = {
  aws: "eu-west-1",
  "aws-cn": "cn-north-1",
  "aws-us-gov": "us-gov-west-1",
  "aws-eusc": "eusc-de-east-1",
};

async function roleKeys(by: SdkKeys, from = sandbox, partition = "aws"): Promise<SdkKeys> {
  const sts = stsOf(from, by, regions[partition]);
  const RoleArn = roleArn("Hub", "111111111111", partition);
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "me" }));
  return keysOf(Credentials);
}

async function userKeys(): Promise<SdkKeys> {
  const sts = stsOf(sandbox, keysOf(sandbox.main));
  return keysOf((await sts.send(new GetSessionTokenCommand({}))).Credentials);
}

async function federatedKeys(): Promise<SdkKeys> {
  const sts = stsOf(sandbox, keysOf(sandbox.main));
  return keysOf((await sts.send(new GetFederationTokenCommand({ Name: "me" }))).Credentials);
}

async function signinToken(
  keys: SdkKeys,
  more: Record<string, string> = {},
  { from = sandbox, method = "POST" } = {},
): Promise<{ status: number; token?: string; text: string }> {
  const Session = JSON.stringify({
    sessionId: keys.accessKeyId,
    sessionKey: keys.secretAccessKey,
    sessionToken: keys.sessionToken,
  });
  const args = new URLSearchParams({ Action: "getSigninToken", Session, ...more });
  const answer =
    method === "POST"
      ? await fetch(`${from.url}/federation`, { method, body: args })
      : await fetch(`${from.url}/federation?${args}`);
  const text = await answer.text();
  return answer.ok
    ? { status: 200, token: JSON.parse(text).SigninToken, text }
    : { status: answer.status, text: text.trim() };
}

async function login(token: string, destination: string, from = sandbox) {
  const args = new URLSearchParams({
    Action: "login",
    Issuer: "test",
    Destination: destination,
    SigninToken: token,
  });
  return fetch(`${from.url}/federation?${args}`, { redirect: "manual" });
}

test.each(["GET", "POST"])(
  "by %s: a token, a link, a console that knows the role",
  async (method) => {
    const { token } = await signinToken(await roleKeys(keysOf(sandbox.main)), {}, { method });
    const answer = await login(token ?? "", `${sandbox.url}/console`);
    expect([answer.status, answer.headers.get("location")]).toEqual([
      302,
      `${sandbox.url}/console`,
    ]);
    const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
    const page = await fetch(`${sandbox.url}/console`, { headers: { cookie } });
    expect(await page.text()).toContain(
      "signed in as arn:aws:sts::111111111111:assumed-role/Hub/me",
    );
    expect((await fetch(`${sandbox.url}/console`)).status).toBe(403);
    const calls = sandbox.calls().filter(({ service }) => service === "signin");
    expect(calls.map(({ action, params, result }) => [action, params["method"], result])).toEqual([
      ["getSigninToken", method, "ok"],
      ["login", "GET", "ok"],
    ]);
    expect(JSON.stringify(calls)).not.toContain(token);
  },
);

const badKeys = "Invalid credentials parameter";

test.each<[string, () => Promise<SdkKeys>, string | undefined, number, string?]>([
  ["a role of the long-term key", () => roleKeys(keysOf(sandbox.main)), undefined, 200],
  ["the same, with a duration", () => roleKeys(keysOf(sandbox.main)), "43200", 200],
  [
    "the same, too long",
    () => roleKeys(keysOf(sandbox.main)),
    "43201",
    400,
    "Invalid SessionDuration",
  ],
  [
    "the same, too short",
    () => roleKeys(keysOf(sandbox.main)),
    "899",
    400,
    "Invalid SessionDuration",
  ],
  ["a role of an MFA session", async () => roleKeys(await userKeys()), undefined, 200],
  ["the same, with a duration", async () => roleKeys(await userKeys()), "3600", 400, badKeys],
  ["a federated user", federatedKeys, undefined, 200],
  ["the same, with a duration", federatedKeys, "3600", 400, badKeys],
  ["a user's own session", userKeys, undefined, 400, badKeys],
  ["a long-term key", async () => keysOf(sandbox.main), undefined, 400, badKeys],
  [
    "keys with another token",
    async () => ({ ...(await userKeys()), sessionToken: "x" }),
    undefined,
    400,
    badKeys,
  ],
])("%s", async (_name, keys, duration, status, text = "SigninToken") => {
  const answer = await signinToken(await keys(), duration ? { SessionDuration: duration } : {});
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(text);
});

test("a link is good for fifteen minutes", async () => {
  const { token = "" } = await signinToken(await roleKeys(keysOf(sandbox.main)));
  sandbox.clock.advance(899);
  expect((await login(token, "https://console.aws.amazon.com/")).status).toBe(302);
  sandbox.clock.advance(2);
  expect((await login(token, "https://console.aws.amazon.com/")).status).toBe(400);
  expect((await login("x", "https://console.aws.amazon.com/")).status).toBe(400);
});

test.each([
  ["aws", "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1"],
  ["aws-cn", "https://console.amazonaws.cn/"],
  ["aws-us-gov", "https://console.amazonaws-us-gov.com/"],
  ["aws-eusc", "https://eusc-de-east-1.console.amazonaws-eusc.eu/"],
])("the console of %s, and of no other partition", async (partition, destination) => {
  const other = await startSandbox({ fixture: "open", partition });
  try {
    const keys = await roleKeys(keysOf(other.main), other, partition);
    const { token = "" } = await signinToken(keys, {}, { from: other });
    expect((await login(token, destination, other)).headers.get("location")).toBe(destination);
    const wrong =
      partition === "aws" ? "https://console.amazonaws.cn/" : "https://console.aws.amazon.com/";
    for (const bad of [
      wrong,
      "https://console.aws.amazon.com.evil.example/",
      "javascript:alert(1)",
      "",
    ]) {
      expect((await login(token, bad, other)).status).toBe(400);
    }
  } finally {
    await other.stop();
  }
});

test("a switch-role link names a role with its path, in its case", async () => {
  const ask = async (query: string) => (await fetch(`${sandbox.url}/switchrole?${query}`)).status;
  expect(await ask("account=sandbox-other&roleName=audit/ReadOnly")).toBe(200);
  expect(await ask("account=222222222222&roleName=Hub")).toBe(200);
  expect(await ask("account=222222222222&roleName=ReadOnly")).toBe(404);
  expect(await ask("account=222222222222&roleName=hub")).toBe(404);
});
