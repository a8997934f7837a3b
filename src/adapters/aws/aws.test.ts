import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { startBracket } from "../../../test/support/bracket.ts";
import {
  credentialsXml,
  identityXml,
  type RawAws,
  type Reply,
  refusal,
  result,
  roleInput,
  sessionExpiry,
  startRawAws,
} from "../../../test/support/raw-aws.ts";
import { AwstError } from "../../model/errors.ts";
import { Secret } from "../../model/secret.ts";
import type { Aws } from "../../ports/aws.ts";
import { openAws } from "./aws.ts";
import type { CallLimits } from "./aws-call.ts";

const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: new Secret("long-term-secret") };
const device = "arn:aws:iam::111111111111:mfa/phone";
const code = new Secret("123456");
const roleArn = "arn:aws:iam::222222222222:role/DeveloperAccess";
const plainRole = roleInput(roleArn);

const warnings: string[] = [];
process.on("warning", (warning) => warnings.push(warning.message));

let server: RawAws;
let lines: string[];
let times: Date[];
beforeEach(async () => {
  server = await startRawAws();
  lines = [];
  times = [];
});
afterEach(() => server.close());

function aws({ region = "eu-west-1", skewMs = 0 } = {}, limits: Partial<CallLimits> = {}): Aws {
  return openAws(credentials, region, {
    env: { AWS_ENDPOINT_URL: server.url },
    time: { clock: () => ({ skewMs }), recordTime: (awsTime) => times.push(awsTime) },
    debug: (line) => lines.push(line),
    iam: () => import("./aws-iam-call.ts"),
    limits: { pauseMs: 1, ...limits },
  });
}

const actions = {
  getSessionToken: (to: Aws) => to.getSessionToken({ device, code, durationSeconds: 43200 }),
  assumeRoleWithCode: (to: Aws) => to.assumeRole({ ...plainRole, mfa: { device, code } }),
  assumeRole: (to: Aws) => to.assumeRole(plainRole),
  getCallerIdentity: (to: Aws) => to.getCallerIdentity(),
  listMfaDevices: (to: Aws) => to.listMfaDevices(),
} as const;

async function failing(promise: Promise<unknown>): Promise<AwstError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AwstError);
  return error as AwstError;
}

describe("what is sent and what comes back", () => {
  test("GetSessionToken", async () => {
    const date = new Date(sessionExpiry.getTime() - 1800_000);
    const reply = result("GetSessionToken", credentialsXml) as Exclude<Reply, string>;
    server.answer({ ...reply, headers: { date: date.toUTCString() } });
    const { keys, at } = await actions.getSessionToken(aws());
    expect(keys.accessKeyId).toBe("ASIAEXAMPLE");
    expect(keys.secretAccessKey.reveal()).toBe("session-secret");
    expect(keys.sessionToken.reveal()).toBe("session-token");
    expect(keys.expiresAt).toEqual(sessionExpiry);
    expect(at).toEqual(date);
    expect(Object.fromEntries(server.seen[0]!.form)).toEqual({
      Action: "GetSessionToken",
      Version: "2011-06-15",
      DurationSeconds: "43200",
      SerialNumber: device,
      TokenCode: "123456",
    });
    const { authorization, host, "user-agent": agent } = server.seen[0]!.headers;
    expect(authorization).toMatch(/Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/sts\/aws4_request/);
    expect(host).toBe(`127.0.0.1:${server.port}`);
    expect(agent).toMatch(/^awst .*app\/awst/);
  });

  test("AssumeRole, as little as may be", async () => {
    server.answer(
      result(
        "AssumeRole",
        `${credentialsXml}<AssumedRoleUser><AssumedRoleId>AROA:me</AssumedRoleId><Arn>arn:aws:sts::222222222222:assumed-role/DeveloperAccess/me</Arn></AssumedRoleUser>`,
      ),
    );
    const { assumedRoleArn } = await actions.assumeRole(aws());
    expect(assumedRoleArn).toBe("arn:aws:sts::222222222222:assumed-role/DeveloperAccess/me");
    expect(Object.fromEntries(server.seen[0]!.form)).toEqual({
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: roleArn,
      RoleSessionName: "me",
      DurationSeconds: "3600",
    });
  });

  test("AssumeRole, everything there is", async () => {
    server.answer(refusal(403, "AccessDenied", "no"));
    await failing(
      aws().assumeRole({
        ...plainRole,
        externalId: "ext",
        policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/B"],
        policy: '{"Version":"2012-10-17"}',
        tags: { team: "platform & co", empty: "" },
        sourceIdentity: "me",
        mfa: { device, code },
      }),
    );
    expect(Object.fromEntries(server.seen[0]!.form)).toEqual({
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: roleArn,
      RoleSessionName: "me",
      DurationSeconds: "3600",
      ExternalId: "ext",
      "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
      "PolicyArns.member.2.arn": "arn:aws:iam::aws:policy/B",
      Policy: '{"Version":"2012-10-17"}',
      "Tags.member.1.Key": "team",
      "Tags.member.1.Value": "platform & co",
      "Tags.member.2.Key": "empty",
      "Tags.member.2.Value": "",
      SourceIdentity: "me",
      SerialNumber: device,
      TokenCode: "123456",
    });
  });

  test("a session's token goes along", async () => {
    server.answer(result("GetCallerIdentity", identityXml));
    const session = { ...credentials, accessKeyId: "ASIAX", sessionToken: new Secret("the-token") };
    const env = { AWS_ENDPOINT_URL_STS: server.url };
    const options = { env, debug: () => {}, iam: () => import("./aws-iam-call.ts") };
    const to = openAws(session, "eu-west-1", options);
    const { arn, accountId } = await to.getCallerIdentity();
    expect(arn).toBe("arn:aws:iam::111111111111:user/team/me");
    expect(accountId).toBe("111111111111");
    expect(server.seen[0]!.headers["x-amz-security-token"]).toBe("the-token");
  });

  const devicesXml = (serials: string[], more: string) =>
    `<MFADevices>${serials.map((each) => `<member><UserName>me</UserName><SerialNumber>${each}</SerialNumber><EnableDate>2020-01-01T00:00:00Z</EnableDate></member>`).join("")}</MFADevices>${more}`;

  test("ListMFADevices, every page, signed for IAM's own region", async () => {
    server.answer(
      result(
        "ListMFADevices",
        devicesXml(["a"], "<IsTruncated>true</IsTruncated><Marker>m1</Marker>"),
      ),
      result(
        "ListMFADevices",
        devicesXml([], "<IsTruncated>true</IsTruncated><Marker>m2</Marker>"),
      ),
      result("ListMFADevices", devicesXml(["b", "c"], "<IsTruncated>false</IsTruncated>")),
    );
    const { serials, userName } = await aws().listMfaDevices();
    expect(serials).toEqual(["a", "b", "c"]);
    expect(userName).toBe("me");
    const sent = server.seen.map(({ form }) => [form.get("UserName"), form.get("Marker")]);
    expect(sent).toEqual([
      [null, null],
      [null, "m1"],
      [null, "m2"],
    ]);
    expect(server.seen[0]!.headers.authorization).toMatch(/\/us-east-1\/iam\/aws4_request/);
  });

  test("no device: no name", async () => {
    server.answer(result("ListMFADevices", devicesXml([], "<IsTruncated>false</IsTruncated>")));
    expect(await aws().listMfaDevices()).toMatchObject({ serials: [], userName: undefined });
  });

  test("pages that lead to themselves end", async () => {
    const page = devicesXml(["a"], "<IsTruncated>true</IsTruncated><Marker>m1</Marker>");
    server.answer(result("ListMFADevices", page));
    expect((await failing(aws().listMfaDevices())).code).toBe("AWS_RESPONSE_MALFORMED");
    expect(server.seen.length).toBe(2);
  });
});

describe("how often a call is sent", () => {
  const broken: [what: string, reply: Reply, becomes: string][] = [
    ["a reset", "reset", "AWS_UNREACHABLE"],
    ["silence", "silence", "AWS_UNREACHABLE"],
    ["half an answer", "cut", "AWS_UNREACHABLE"],
    ["a 500", refusal(500, "InternalFailure", "sorry"), "AWS_FAILED"],
    [
      "an HTML 503",
      { status: 503, body: "<html><body>busy</body></html>" },
      "AWS_RESPONSE_MALFORMED",
    ],
  ];
  const withCode = ["getSessionToken", "assumeRoleWithCode"] as const;
  const withoutCode = ["assumeRole", "getCallerIdentity", "listMfaDevices"] as const;

  for (const [what, reply, becomes] of broken) {
    // Only silence is waited for; on a busy machine an answer may take longer than that.
    const limits = reply === "silence" ? { requestMs: 500 } : {};
    test.each(withCode)(`${what}: %s once, its effect unknown`, async (action) => {
      server.answer(reply);
      const error = await failing(actions[action](aws({}, limits)));
      expect(error).toMatchObject({ code: becomes, effect: "unknown" });
      expect(server.seen.length).toBe(1);
    });

    test.each(withoutCode)(`${what}: %s three times`, async (action) => {
      server.answer(reply);
      const error = await failing(actions[action](aws({}, limits)));
      expect(error.code).toBe(becomes);
      expect(server.seen.length).toBe(3);
    });
  }

  test.each([...withCode, ...withoutCode])("throttled: %s four times", async (action) => {
    server.answer(refusal(400, "Throttling", "Rate exceeded"));
    const error = await failing(actions[action](aws()));
    expect(error).toMatchObject({ code: "AWS_THROTTLED", effect: "nothing-done" });
    expect(server.seen.length).toBe(4);
  });

  test("throttled once: the same code goes again and is taken", async () => {
    const throttling = refusal(400, "Throttling", "Rate exceeded");
    server.answer(throttling, result("GetSessionToken", credentialsXml));
    const { keys } = await actions.getSessionToken(aws());
    expect(keys.accessKeyId).toBe("ASIAEXAMPLE");
    expect(server.seen.map(({ form }) => form.get("TokenCode"))).toEqual(["123456", "123456"]);
  });

  test.each([...withCode, ...withoutCode])("denied: %s once", async (action) => {
    server.answer(refusal(403, "AccessDenied", "no"));
    await failing(actions[action](aws()));
    expect(server.seen.length).toBe(1);
  });

  test("all sends together stay within the call's limit", async () => {
    server.answer(refusal(400, "Throttling", "Rate exceeded"));
    // Each request takes 30 s of this clock, so the third is over at 90 s, and the fourth is not sent.
    const clock = vi
      .spyOn(performance, "now")
      .mockImplementation(() => server.seen.length * 30_000);
    onTestFinished(() => clock.mockRestore());
    await failing(actions.getCallerIdentity(aws({}, { callMs: 70_000 })));
    const sends = lines.filter((line) => line.startsWith("aws: GetCallerIdentity"));
    expect(sends).toEqual(Array(3).fill(expect.stringContaining(" Throttling ")));
  });
});

describe("the clock", () => {
  const awsTime = new Date(Date.now() + 20 * 60_000);
  const expired =
    "Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z (20260101T002000Z - 15 min.)";
  const early =
    "Signature not yet current: 20260101T004000Z is still later than 20260101T003500Z (20260101T002000Z + 15 min.)";

  /** A clock that shows AWS's time at the start and then runs on. */
  function awsClock(): () => number {
    const start = Date.now();
    return () => awsTime.getTime() + Date.now() - start;
  }

  function signedAt(index: number): number {
    const text = server.seen[index]!.headers["x-amz-date"] as string;
    return Date.parse(text.replace(/(....)(..)(..T..)(..)(..Z)/, "$1-$2-$3:$4:$5"));
  }

  test.each([
    ["expired", expired],
    ["not yet current", early],
  ])("signature %s: the code goes once more, signed with AWS's time", async (_, text) => {
    const [isNow, isAwsTime] = [startBracket(Date.now), startBracket(awsClock())];
    const refused = refusal(403, "SignatureDoesNotMatch", text, awsTime);
    server.answer(refused, result("GetSessionToken", credentialsXml));
    await actions.getSessionToken(aws());
    expect(server.seen.map(({ form }) => form.get("TokenCode"))).toEqual(["123456", "123456"]);
    expect([isNow(signedAt(0)), isAwsTime(signedAt(1))]).toEqual([true, true]);
  });

  test("refused for its time again: named, and not a third time", async () => {
    server.answer(refusal(403, "SignatureDoesNotMatch", expired, awsTime));
    const isAwsTime = startBracket(awsClock());
    const error = await failing(actions.getSessionToken(aws()));
    expect(error).toMatchObject({ code: "CLOCK_SKEWED", effect: "nothing-done" });
    expect(error.message).toMatch(/^your clock is (19|20) min behind AWS's$/);
    expect(isAwsTime(Number(error.awsTime))).toBe(true);
    expect(server.seen.length).toBe(2);
  });

  test("without a Date header the time comes from AWS's message", async () => {
    const named = awsTime.toISOString().replace(/[-:]|\.\d+/g, "");
    const text = expired.replace("20260101T002000Z", named);
    const noDate = refusal(403, "SignatureDoesNotMatch", text) as Exclude<Reply, string>;
    server.answer({ ...noDate, headers: { date: "" } }, result("GetSessionToken", credentialsXml));
    const isNamedTime = startBracket(awsClock());
    await actions.getSessionToken(aws());
    expect(isNamedTime(signedAt(1))).toBe(true);
  });

  test("a wrong secret is no matter of time", async () => {
    const text = "The request signature we calculated does not match the signature you provided.";
    server.answer(refusal(403, "SignatureDoesNotMatch", text, awsTime));
    expect((await failing(actions.getSessionToken(aws()))).code).toBe("AWS_SECRET_WRONG");
    expect(server.seen.length).toBe(1);
  });

  test("the skew known before is signed with from the start", async () => {
    server.answer(result("GetCallerIdentity", identityXml));
    const isHourAgo = startBracket(() => Date.now() - 3_600_000);
    await aws({ skewMs: -3_600_000 }).getCallerIdentity();
    expect(isHourAgo(signedAt(0))).toBe(true);
  });
});

describe("answers that are not AWS's", () => {
  const answers: [what: string, reply: Reply][] = [
    ["HTML", { status: 200, body: "<html><body>Sign in to the Wi-Fi</body></html>" }],
    ["HTML with a doctype", { status: 200, body: "<!DOCTYPE html><html></html>" }],
    ["nothing", { status: 200, body: "" }],
    ["text", { status: 403, body: "Forbidden" }],
    ["JSON", { status: 200, body: '{"Error":"x"}' }],
    [
      "XML cut short",
      { status: 200, body: `<GetSessionTokenResponse><GetSessionTokenResult>${credentialsXml}` },
    ],
    ["XML cut inside a tag", { status: 200, body: "<GetSessionTokenResponse><Credentials></Cred" }],
    ["a redirect", { status: 302, body: "<html></html>", headers: { location: "http://portal/" } }],
    ["another answer's XML", result("GetCallerIdentity", identityXml)],
    [
      "keys without a token",
      result("GetSessionToken", credentialsXml.replace(/<SessionToken>.*<.SessionToken>/, "")),
    ],
    [
      "keys without an end",
      result("GetSessionToken", credentialsXml.replace(/<Expiration>.*<.Expiration>/, "")),
    ],
    [
      "an end that is no date",
      result("GetSessionToken", credentialsXml.replace(/<Expiration>\d+/, "<Expiration>soon")),
    ],
    [
      "an error without a code",
      { status: 403, body: "<ErrorResponse><Error></Error></ErrorResponse>" },
    ],
    ["other XML with a 404", { status: 404, body: "<nothing>here</nothing>" }],
    ["wrongly nested XML", { status: 200, body: "<a><b></a></b></a>" }],
  ];
  test.each(answers)("%s", async (_, reply) => {
    server.answer(reply);
    const error = await failing(actions.getSessionToken(aws()));
    expect(error).toMatchObject({ code: "AWS_RESPONSE_MALFORMED", effect: "unknown" });
    expect(error.message).not.toMatch(/session-secret|session-token|123456|\n/);
    expect(server.seen.length).toBe(1);
  });
});

describe("nothing was sent", () => {
  test("no server listens: fails at once, nothing done", async () => {
    await server.close();
    const error = await failing(actions.getSessionToken(aws()));
    expect(error).toMatchObject({ code: "AWS_UNREACHABLE", effect: "nothing-done" });
    expect(error.message).toBe(`127.0.0.1:${server.port} refused the connection`);
    server = await startRawAws();
  });

  test("a name that does not exist", async () => {
    const env = { AWS_ENDPOINT_URL: "http://sts.does-not-exist.invalid" };
    const options = { env, debug: () => {}, iam: () => import("./aws-iam-call.ts") };
    const to = openAws(credentials, "eu-west-1", options);
    const error = await failing(actions.getSessionToken(to));
    expect(error).toMatchObject({ code: "AWS_UNREACHABLE", effect: "nothing-done" });
    expect(error.message).toBe("no address found for sts.does-not-exist.invalid (DNS)");
  });
});

describe("what --debug shows", () => {
  test("action, region, host, status, time; never a secret", async () => {
    server.answer(
      refusal(400, "Throttling", "Rate exceeded"),
      result("GetSessionToken", credentialsXml),
    );
    await actions.getSessionToken(aws());
    const line = `aws: GetSessionToken eu-west-1 127.0.0.1:${server.port}`;
    expect(lines.map((each) => each.replace(/\d+ ms$/, "N ms"))).toEqual([
      `${line} 400 Throttling N ms`,
      `${line} 200 N ms`,
    ]);
  });

  test("a connection that broke is named", async () => {
    server.answer("reset");
    await failing(actions.getSessionToken(aws()));
    expect(lines.join("\n")).toMatch(/ECONNRESET \d+ ms$/);
  });
});

test("the SDK's warning about Node's version is not printed, and no handler remains", async () => {
  server.answer(result("GetCallerIdentity", identityXml));
  await aws().getCallerIdentity();
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
  expect(process.env).not.toHaveProperty("AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED");
});
