// Who is let in: signatures, their time and scope, the states of a key and how late they are felt,
// tokens, regions and partitions. By AWS's SDK, and by hand where the SDK is too well-behaved.

import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetUserCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { signatureOf } from "../../sandbox/auth/sigv4.ts";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { startBracket } from "../support/bracket.ts";
import { iamOf, keysOf, refusal, type SdkKeys, stsOf } from "./sandbox-sdk.ts";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ fixture: "open" });
});
afterEach(() => sandbox.stop());

const invalid = {
  code: "InvalidClientTokenId",
  status: 403,
  message: "The security token included in the request is invalid.",
};

const whoAmI = (keys: SdkKeys, region = "eu-west-1") =>
  stsOf(sandbox, keys, region).send(new GetCallerIdentityCommand({}));
const main = () => keysOf(sandbox.main);

async function session(): Promise<SdkKeys> {
  const answer = await stsOf(sandbox, main()).send(new GetSessionTokenCommand({}));
  return keysOf(answer.Credentials);
}

test("a wrong secret, an unknown key, tokens that do not belong", async () => {
  const good = await session();
  expect(await refusal(whoAmI({ ...main(), secretAccessKey: "x".repeat(40) }))).toEqual({
    code: "SignatureDoesNotMatch",
    status: 403,
    message:
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  });
  expect(await refusal(whoAmI({ ...main(), accessKeyId: "AKIAIOSFODNN7EXAMPLE" }))).toEqual(
    invalid,
  );
  const { sessionToken: _token, ...tokenless } = good;
  expect(await refusal(whoAmI(tokenless))).toEqual(invalid);
  expect(
    await refusal(whoAmI({ ...good, sessionToken: `${good.sessionToken?.slice(0, -4)}AAA=` })),
  ).toEqual(invalid);
  expect(await refusal(whoAmI({ ...main(), sessionToken: "x" }))).toEqual(invalid);
});

test("a session ends to the second, or when AWS drops it", async () => {
  const [one, two] = [await session(), await session()];
  sandbox.cloud.revokeSession(one.accessKeyId);
  expect(await refusal(whoAmI(one))).toEqual(invalid);
  sandbox.settings.signatureWindowSeconds = 86_400;
  sandbox.clock.advance(43_198);
  await whoAmI(two);
  sandbox.clock.advance(2);
  expect(await refusal(whoAmI(two))).toEqual({
    code: "ExpiredToken",
    status: 403,
    message: "The security token included in the request is expired",
  });
});

// A request may take a while to arrive: the accepted difference stays well below 15 min.
test.each([
  [840, undefined],
  [-899, undefined],
  [
    902,
    /^Signature expired: (\d{8}T\d{6}Z) is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$/,
  ],
  [
    -902,
    /^Signature not yet current: (\d{8}T\d{6}Z) is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 15 min\.\)$/,
  ],
])("a server clock %i s ahead", async (skewSeconds, message) => {
  sandbox.settings.skewSeconds = skewSeconds;
  if (!message) {
    await whoAmI(main());
    return;
  }
  const error = await refusal(whoAmI(main()));
  expect(error).toMatchObject({ code: "SignatureDoesNotMatch", status: 403 });
  expect(error.message).toMatch(message);
});

test("a refusal for its time uses no code, and the Date header has the time", async () => {
  sandbox.settings.skewSeconds = 3600;
  const mfa = { SerialNumber: sandbox.main.serial, TokenCode: sandbox.code() };
  expect(await refusal(stsOf(sandbox, main()).send(new GetSessionTokenCommand(mfa)))).toMatchObject(
    { code: "SignatureDoesNotMatch" },
  );
  const corrected = new STSClient({
    endpoint: sandbox.url,
    region: "eu-west-1",
    credentials: main(),
    maxAttempts: 1,
    systemClockOffset: 3_600_000,
  });
  await corrected.send(new GetSessionTokenCommand(mfa));
  const isBetween = startBracket(() => Date.now() + 3_600_000);
  const answer = await fetch(sandbox.url, { method: "POST" });
  expect(isBetween(Date.parse(answer.headers.get("date") ?? ""))).toBe(true);
});

test("the SDK's own retry corrects the clock and gets through", async () => {
  sandbox.settings.skewSeconds = -7200;
  const sts = new STSClient({ endpoint: sandbox.url, region: "eu-west-1", credentials: main() });
  await sts.send(new GetCallerIdentityCommand({}));
  expect(sandbox.calls().map(({ result }) => result)).toEqual(["SignatureDoesNotMatch", "ok"]);
});

async function newKey(): Promise<SdkKeys> {
  const { AccessKey } = await iamOf(sandbox, main()).send(
    new CreateAccessKeyCommand({ UserName: "main" }),
  );
  return {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
}

const results = async (calls: number, ask: () => Promise<unknown>): Promise<string> => {
  let seen = "";
  for (let n = 0; n < calls; n++)
    seen += await ask().then(
      () => "y",
      () => "n",
    );
  return seen;
};

test("a new key is unknown for a while, longer to IAM than to STS, then flaps by host", async () => {
  Object.assign(sandbox.settings, {
    newKeyVisibleAfterSeconds: 5,
    newKeyVisibleToIamAfterSeconds: 15,
    newKeyFlapsForSeconds: 10,
  });
  const key = await newKey();
  const sts = () => whoAmI(key);
  const iam = () => iamOf(sandbox, key).send(new GetUserCommand({}));
  expect(await refusal(sts())).toEqual(invalid);
  sandbox.clock.advance(6);
  expect(await results(4, sts)).toBe("ynyn");
  expect(await results(2, iam)).toBe("nn");
  const other = new STSClient({
    endpoint: sandbox.url.replace("127.0.0.1", "localhost"),
    region: "eu-west-1",
    credentials: key,
    maxAttempts: 1,
  });
  expect(await results(2, () => other.send(new GetCallerIdentityCommand({})))).toBe("yn");
  sandbox.clock.advance(10);
  expect(await results(3, sts)).toBe("yyy");
  expect(await results(3, iam)).toBe("yny");
  sandbox.clock.advance(10);
  expect(await results(3, iam)).toBe("yyy");
});

test("a deactivated key still works for a while, works again when activated, a deleted one never", async () => {
  sandbox.settings.deactivationDelaySeconds = 10;
  const key = await newKey();
  const iam = iamOf(sandbox, main());
  const update = (Status: "Active" | "Inactive") =>
    iam.send(
      new UpdateAccessKeyCommand({ UserName: "main", AccessKeyId: key.accessKeyId, Status }),
    );
  await update("Inactive");
  await whoAmI(key);
  sandbox.clock.advance(10);
  expect(await refusal(whoAmI(key))).toEqual(invalid);
  await update("Active");
  await whoAmI(key);
  await iam.send(new DeleteAccessKeyCommand({ UserName: "main", AccessKeyId: key.accessKeyId }));
  sandbox.clock.advance(10);
  expect(await refusal(whoAmI(key))).toEqual(invalid);
});

test("sessions outlive their key, or end with it, as the sandbox is set", async () => {
  const key = await newKey();
  const made = await stsOf(sandbox, key).send(new GetSessionTokenCommand({}));
  const live = keysOf(made.Credentials);
  sandbox.cloud.account("111111111111").disableKey(key.accessKeyId);
  await whoAmI(live);
  sandbox.settings.sessionsEndWithTheirKey = true;
  expect(await refusal(whoAmI(live))).toEqual(invalid);
});

test("scopes: another partition's region, a service that is not the action's, IAM away from home", async () => {
  expect(await refusal(whoAmI(main(), "cn-north-1"))).toEqual(invalid);
  expect(await refusal(whoAmI(main(), "us-gov-west-1"))).toEqual(invalid);
  expect(await refusal(whoAmI(main(), "atlantis"))).toMatchObject({
    code: "SignatureDoesNotMatch",
    message: "Credential should be scoped to a valid region. ",
  });
  const call = "Action=GetCallerIdentity&Version=2011-06-15";
  expect(await byHand(call, { service: "iam" })).toEqual([
    403,
    "SignatureDoesNotMatch",
    "Credential should be scoped to correct service: 'sts'. ",
  ]);
  sandbox.settings.iamHomeRegionOnly = true;
  const iam = iamOf(sandbox, main(), "eu-west-1").send(new GetUserCommand({}));
  expect(await refusal(iam)).toMatchObject({
    message: "Credential should be scoped to a valid region, not 'eu-west-1'. ",
  });
  await iamOf(sandbox, main(), "us-east-1").send(new GetUserCommand({}));
});

test("tokens of version 1 end where a region must be opted into; STS may be off in a region", async () => {
  sandbox.settings.tokenVersion = 1;
  const old = await session();
  await whoAmI(old, "eu-west-1");
  expect(await refusal(whoAmI(old, "eu-south-1"))).toEqual(invalid);
  sandbox.settings.tokenVersion = 2;
  await whoAmI(await session(), "eu-south-1");
  sandbox.settings.disabledRegions = "sa-east-1";
  expect(await refusal(whoAmI(main(), "sa-east-1"))).toMatchObject({
    code: "RegionDisabledException",
    status: 403,
  });
});

test.each([400, 4096])("tokens of %i characters come and go whole", async (length) => {
  sandbox.settings.tokenLength = length;
  const keys = await session();
  expect(keys.sessionToken).toHaveLength(length);
  expect(keys.sessionToken).toMatch(/=$/);
  await whoAmI(keys);
});

/** One call signed by hand, with `claim` in place of what is right. */
async function byHand(
  body: string,
  claim: { service?: string; date?: string; signedHeaders?: string[] } = {},
): Promise<(string | number | undefined)[]> {
  const time = `${sandbox.clock.now().toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const headers = new Map([
    ["content-type", "application/x-www-form-urlencoded"],
    ["host", new URL(sandbox.url).host],
    ["x-amz-date", time],
  ]);
  const { accessKeyId, secretAccessKey } = sandbox.main;
  const scope = { date: time.slice(0, 8), region: "eu-west-1", service: "sts", ...claim };
  const signedHeaders = claim.signedHeaders ?? [...headers.keys()];
  const request = { method: "POST", target: "/", headers, body: Buffer.from(body) };
  const signature = signatureOf(
    request,
    { ...scope, accessKeyId, signedHeaders, time },
    secretAccessKey,
  );
  const credential = [accessKeyId, scope.date, scope.region, scope.service, "aws4_request"].join(
    "/",
  );
  headers.set(
    "authorization",
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`,
  );
  const answer = await fetch(sandbox.url, { method: "POST", headers: [...headers], body });
  const text = await answer.text();
  const part = (name: string) =>
    new RegExp(`<${name}>(.*)</${name}>`).exec(text)?.[1]?.replaceAll("&quot;", '"');
  return [answer.status, part("Code"), part("Message")];
}

test("unsigned, half signed, and unknown requests", async () => {
  const ask = async (headers: Record<string, string>, body: string) => {
    const answer = await fetch(sandbox.url, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body,
    });
    return [answer.status, /<Code>(.*)<\/Code>/.exec(await answer.text())?.[1]];
  };
  const call = "Action=GetCallerIdentity&Version=2011-06-15";
  expect(await ask({}, call)).toEqual([403, "MissingAuthenticationToken"]);
  expect(await ask({ authorization: "Basic x" }, call)).toEqual([400, "IncompleteSignature"]);
  expect(
    await ask({ authorization: "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request" }, call),
  ).toEqual([400, "IncompleteSignature"]);
  expect(await byHand("Action=Dance&Version=2011-06-15")).toEqual([
    400,
    "InvalidAction",
    "Could not find operation Dance for version 2011-06-15",
  ]);
  expect(await byHand(call)).toEqual([200, undefined, undefined]);
  const [status, code] = await byHand(call, { date: "20200101" });
  expect([status, code]).toEqual([403, "SignatureDoesNotMatch"]);
  expect(await byHand(call, { signedHeaders: ["x-amz-date"] })).toEqual([
    400,
    "IncompleteSignature",
    "'host' must be a 'SignedHeader' in the AWS Authorization.",
  ]);
});

test.each([
  ["aws-cn", "cn-north-1", "us-east-1"],
  ["aws-us-gov", "us-gov-west-1", "cn-north-1"],
  ["aws-eusc", "eusc-de-east-1", "eu-west-1"],
])("the accounts of %s are in %s and not in %s", async (partition, region, elsewhere) => {
  const other = await startSandbox({ fixture: "open", partition });
  try {
    const ask = (at: string) =>
      stsOf(other, keysOf(other.main), at).send(new GetCallerIdentityCommand({}));
    expect((await ask(region)).Arn).toBe(`arn:${partition}:iam::111111111111:user/main`);
    expect(await refusal(ask(elsewhere))).toEqual(invalid);
    expect(other.main.serial).toBe(`arn:${partition}:iam::111111111111:mfa/main`);
  } finally {
    await other.stop();
  }
});
