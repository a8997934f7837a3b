// STS of the sandbox as AWS's SDK for JavaScript sees it: the main job, every refusal AWS has for
// it with code, status and text, durations, single use of codes, kinds of sessions.

import { GetUserCommand, ListMFADevicesCommand } from "@aws-sdk/client-iam";
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
} from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { externalId } from "../../sandbox/fixtures/open.ts";
import type { Statement } from "../../sandbox/policy/document.ts";
import { type FixtureName, type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { iamOf, keysOf, refusal, roleArn, type SdkKeys, stsOf } from "./sandbox-sdk.ts";

let sandbox: Sandbox;

function withFixture(fixture: FixtureName): void {
  beforeEach(async () => {
    sandbox = await startSandbox({ fixture });
  });
  afterEach(() => sandbox.stop());
}

const mainKeys = (): SdkKeys => keysOf(sandbox.main);
const mfa = (later = 0) => ({
  SerialNumber: sandbox.main.serial,
  TokenCode: sandbox.code(undefined, later),
});

async function mfaSession(): Promise<SdkKeys> {
  const { Credentials } = await stsOf(sandbox, mainKeys()).send(new GetSessionTokenCommand(mfa()));
  return keysOf(Credentials);
}

async function assume(keys: SdkKeys, role: string, input: Partial<AssumeRoleCommandInput> = {}) {
  return stsOf(sandbox, keys).send(
    new AssumeRoleCommand({ RoleArn: roleArn(role), RoleSessionName: "tester", ...input }),
  );
}

describe("the kickstarter's accounts", () => {
  withFixture("kickstarter");

  test("the main job: device, one code, two roles", async () => {
    const devices = await iamOf(sandbox, mainKeys()).send(new ListMFADevicesCommand({}));
    expect(devices.MFADevices).toMatchObject([
      { UserName: "admin", SerialNumber: "arn:aws:iam::111111111111:mfa/admin" },
    ]);
    const session = await mfaSession();
    for (const role of ["AdminAccess", "DeveloperAccess"]) {
      const answer = await assume(session, role);
      const arn = `arn:aws:sts::111111111111:assumed-role/${role}/tester`;
      expect(answer.AssumedRoleUser?.Arn).toBe(arn);
      const keys = keysOf(answer.Credentials);
      const identity = await stsOf(sandbox, keys).send(new GetCallerIdentityCommand({}));
      expect(identity).toMatchObject({ Arn: arn, Account: "111111111111" });
      expect(identity.UserId).toMatch(/^AROA\w{17}:tester$/);
    }
    expect(sandbox.calls().map(({ action, result }) => `${action} ${result}`)).toEqual([
      "ListMFADevices ok",
      "GetSessionToken ok",
      "AssumeRole ok",
      "GetCallerIdentity ok",
      "AssumeRole ok",
      "GetCallerIdentity ok",
    ]);
  });

  test("a role is there for its MFA age: one hour, four hours", async () => {
    const session = await mfaSession();
    sandbox.settings.signatureWindowSeconds = 86_400;
    sandbox.clock.advance(3599);
    await assume(session, "AdminAccess");
    sandbox.clock.advance(1);
    expect(await refusal(assume(session, "AdminAccess"))).toEqual({
      code: "AccessDenied",
      status: 403,
      message:
        "User: arn:aws:iam::111111111111:user/admin is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111111111111:role/AdminAccess",
    });
    sandbox.clock.advance(10_798);
    await assume(session, "DeveloperAccess");
    sandbox.clock.advance(2);
    expect(await refusal(assume(session, "DeveloperAccess"))).toMatchObject({
      code: "AccessDenied",
    });
    const identity = await stsOf(sandbox, session).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe("arn:aws:iam::111111111111:user/admin");
  });

  test("no code, a role that is not there and one that is not allowed read alike", async () => {
    const text = (who: string, role: string) =>
      `User: arn:aws:iam::111111111111:user/${who} is not authorized to perform: sts:AssumeRole on resource: ${roleArn(role)}`;
    const session = await mfaSession();
    const denied = { code: "AccessDenied", status: 403 };
    expect(await refusal(assume(mainKeys(), "AdminAccess"))).toEqual({
      ...denied,
      message: text("admin", "AdminAccess"),
    });
    expect(await refusal(assume(session, "NoSuchRole"))).toEqual({
      ...denied,
      message: text("admin", "NoSuchRole"),
    });
    expect(await refusal(assume(session, "adminaccess"))).toEqual({
      ...denied,
      message: text("admin", "adminaccess"),
    });
    const user = sandbox.users["user"]!;
    const code = { SerialNumber: user.serial, TokenCode: sandbox.code(user.serial) };
    expect(await refusal(assume(keysOf(user), "AdminAccess", code))).toEqual({
      ...denied,
      message: text("user", "AdminAccess"),
    });
  });

  test("the four ways a code is refused", async () => {
    const sts = stsOf(sandbox, mainKeys());
    const { SerialNumber, TokenCode } = mfa();
    const wrong = String((Number(TokenCode) + 1) % 1_000_000).padStart(6, "0");
    const other = sandbox.users["user"]!;
    const invalid = "MultiFactorAuthentication failed with invalid MFA one time pass code";
    const unable =
      "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.";
    const both =
      "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code";
    sandbox.cloud.account("111111111111").addDevice("admin", "key", {
      kind: "u2f",
      serial: "arn:aws:iam::111111111111:u2f/user/admin/key-ABCDEF",
    });
    const cases: [object, string][] = [
      [{ SerialNumber, TokenCode: wrong }, invalid],
      [{ SerialNumber, TokenCode: sandbox.code(undefined, -3) }, invalid],
      [{ SerialNumber, TokenCode: sandbox.code(undefined, 3) }, invalid],
      [{ SerialNumber: `${SerialNumber}x`, TokenCode }, unable],
      [{ SerialNumber: other.serial, TokenCode: sandbox.code(other.serial) }, unable],
      [{ SerialNumber: "arn:aws:iam::111111111111:user/admin", TokenCode }, unable],
      [{ SerialNumber: "arn:aws:iam::111111111111:u2f/user/admin/key-ABCDEF", TokenCode }, unable],
      [{ SerialNumber }, both],
      [{ TokenCode }, both],
    ];
    for (const [input, message] of cases) {
      const error = await refusal(sts.send(new GetSessionTokenCommand(input)));
      expect(error).toMatchObject({ code: "AccessDenied", status: 403 });
      expect(error.message).toContain(message);
    }
    await sts.send(new GetSessionTokenCommand({ SerialNumber, TokenCode }));
  });

  test("a code is good once, whichever operation used it up", async () => {
    const usedCode = mfa();
    await assume(mainKeys(), "DeveloperAccess", usedCode);
    const again = stsOf(sandbox, mainKeys()).send(new GetSessionTokenCommand(usedCode));
    expect((await refusal(again)).message).toContain("invalid MFA one time pass code");
    expect(sandbox.calls().map(({ codeSeenBefore }) => codeSeenBefore)).toEqual([0, 1]);
    sandbox.clock.advance(30);
    await stsOf(sandbox, mainKeys()).send(new GetSessionTokenCommand(mfa()));
  });

  test("a code is used up also where the role is then refused", async () => {
    const usedCode = mfa();
    expect(await refusal(assume(mainKeys(), "NoSuchRole", usedCode))).toMatchObject({
      code: "AccessDenied",
    });
    const error = await refusal(assume(mainKeys(), "DeveloperAccess", usedCode));
    expect(error.message).toContain("invalid MFA one time pass code");
  });

  test("one hour is the roles' maximum", async () => {
    const direct = assume(mainKeys(), "DeveloperAccess", { DurationSeconds: 14_400, ...mfa() });
    expect(await refusal(direct)).toEqual({
      code: "ValidationError",
      status: 400,
      message: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    });
    sandbox.clock.advance(60);
    expect(
      await refusal(assume(await mfaSession(), "DeveloperAccess", { DurationSeconds: 3601 })),
    ).toEqual({
      code: "ValidationError",
      status: 400,
      message:
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    });
  });

  test("what IAM grants with MFA, without, and to a session without it", async () => {
    const plain = keysOf(
      (await stsOf(sandbox, mainKeys()).send(new GetSessionTokenCommand({}))).Credentials,
    );
    expect(await refusal(iamOf(sandbox, plain).send(new GetUserCommand({})))).toEqual({
      code: "InvalidClientTokenId",
      status: 403,
      message: "The security token included in the request is invalid.",
    });
    expect(await refusal(assume(plain, "DeveloperAccess"))).toMatchObject({ code: "AccessDenied" });
    const user = await iamOf(sandbox, await mfaSession()).send(new GetUserCommand({}));
    expect(user.User?.UserName).toBe("admin");
  });
});

describe("the open accounts", () => {
  withFixture("open");

  test("durations: bounds of the model, of the role, of a chain, of root", async () => {
    const sts = stsOf(sandbox, mainKeys());
    const outside = (value: string, must: string) => ({
      code: "ValidationError",
      status: 400,
      message: `1 validation error detected: Value '${value}' at 'durationSeconds' failed to satisfy constraint: Member must have value ${must}`,
    });
    const low = sts.send(new GetSessionTokenCommand({ DurationSeconds: 899 }));
    expect(await refusal(low)).toEqual(outside("899", "greater than or equal to 900"));
    const high = sts.send(new GetSessionTokenCommand({ DurationSeconds: 129_601 }));
    expect(await refusal(high)).toEqual(outside("129601", "less than or equal to 129600"));
    const role = assume(mainKeys(), "LongBuild", { DurationSeconds: 43_201 });
    expect(await refusal(role)).toEqual(outside("43201", "less than or equal to 43200"));
    const seconds = async (
      answer: Promise<{ Credentials?: { Expiration?: Date | undefined } | undefined }>,
    ) => ((await answer).Credentials!.Expiration!.getTime() - sandbox.clock.now().getTime()) / 1000;
    expect(await seconds(sts.send(new GetSessionTokenCommand({})))).toBeCloseTo(43_200, -1);
    expect(
      await seconds(sts.send(new GetSessionTokenCommand({ DurationSeconds: 129_600 }))),
    ).toBeCloseTo(129_600, -1);
    expect(await seconds(assume(mainKeys(), "LongBuild", { DurationSeconds: 43_200 }))).toBeCloseTo(
      43_200,
      -1,
    );
    expect(await seconds(assume(mainKeys(), "LongBuild"))).toBeCloseTo(3600, -1);
    const root = sandbox.cloud.account("111111111111").addKey(undefined);
    const rootSts = stsOf(sandbox, { accessKeyId: root.id, secretAccessKey: root.secret });
    expect(await seconds(rootSts.send(new GetSessionTokenCommand({})))).toBeCloseTo(3600, -1);
  });

  test("a role assumed from a role lasts an hour at most, and trusts the role by name", async () => {
    const hub = keysOf((await assume(mainKeys(), "Hub")).Credentials);
    expect(await refusal(assume(mainKeys(), "BehindHub"))).toMatchObject({ code: "AccessDenied" });
    const chained = await assume(hub, "BehindHub", { DurationSeconds: 3600 });
    expect(chained.AssumedRoleUser?.Arn).toBe(
      "arn:aws:sts::111111111111:assumed-role/BehindHub/tester",
    );
    const long = await refusal(assume(hub, "LongBuild", { DurationSeconds: 7200 }));
    expect(long.message).toContain("1 hour session limit");
  });

  test("another account, a path, an ExternalId", async () => {
    const far = await stsOf(sandbox, mainKeys()).send(
      new AssumeRoleCommand({
        RoleArn: roleArn("audit/ReadOnly", "222222222222"),
        RoleSessionName: "tester",
      }),
    );
    expect(far.AssumedRoleUser?.Arn).toBe("arn:aws:sts::222222222222:assumed-role/ReadOnly/tester");
    expect(await refusal(assume(mainKeys(), "ReadOnly"))).toMatchObject({ code: "AccessDenied" });
    expect(await refusal(assume(mainKeys(), "Partner"))).toMatchObject({ code: "AccessDenied" });
    expect(await refusal(assume(mainKeys(), "Partner", { ExternalId: "another" }))).toMatchObject({
      code: "AccessDenied",
    });
    await assume(mainKeys(), "Partner", { ExternalId: externalId });
  });

  const everything = { Effect: "Allow", Action: "*", Resource: "*" } as const;
  const nothing = { ...everything, Action: "s3:*" } as const;
  const never = { ...everything, Effect: "Deny" } as const;

  test.each<[string, "user" | "account", readonly Statement[], string, boolean]>([
    ["named by account, granted", "account", [everything], "111111111111", true],
    ["named by account, not granted", "account", [nothing], "111111111111", false],
    ["named itself, not granted", "user", [nothing], "111111111111", true],
    ["named itself, denied", "user", [everything, never], "111111111111", false],
    ["in another account, named and granted", "user", [everything], "222222222222", true],
    ["in another account, named and not granted", "user", [nothing], "222222222222", false],
    ["in another account, by account, granted", "account", [everything], "222222222222", true],
  ])("a user %s", async (_name, named, statements, accountId, isAllowed) => {
    const home = sandbox.cloud.account("111111111111");
    const policies = [{ name: "P", document: { Statement: statements } }];
    const user = home.addUser("someone", { policies });
    const key = home.addKey("someone");
    const AWS = named === "user" ? user.arn : home.arn("root");
    const trust = { Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole" } as const;
    sandbox.cloud.account(accountId).addRole("Goal", { trust: { Statement: trust } });
    const call = assume({ accessKeyId: key.id, secretAccessKey: key.secret }, "Goal", {
      RoleArn: roleArn("Goal", accountId),
    });
    if (isAllowed) await call;
    else expect(await refusal(call)).toMatchObject({ code: "AccessDenied", status: 403 });
  });

  test("names and numbers out of their form are refused before anything else", async () => {
    const bad = async (input: Partial<AssumeRoleCommandInput>) =>
      (await refusal(assume(mainKeys(), "Hub", input))).message;
    expect(await bad({ RoleSessionName: "x" })).toContain(
      "at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
    );
    expect(await bad({ RoleSessionName: "a b" })).toContain(
      "Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    );
    expect(await bad({ TokenCode: "12345", SerialNumber: sandbox.main.serial })).toContain(
      "at 'tokenCode' failed to satisfy constraint: Member must have length greater than or equal to 6",
    );
    expect(await bad({ RoleArn: "arn:aws:iam::1:role/too-short-account" })).toBe(
      "arn:aws:iam::1:role/too-short-account is invalid",
    );
    expect(await bad({ RoleArn: undefined })).toContain("Value null at 'roleArn'");
    expect(await bad({ Tags: [{ Key: "a#", Value: "x" }] })).toContain("at 'tags.1.member.key'");
    expect(
      await bad({
        Tags: [
          { Key: "Team", Value: "x" },
          { Key: "team", Value: "y" },
        ],
      }),
    ).toContain("Duplicate tag keys");
    expect(await bad({ SourceIdentity: "aws:me" })).toContain("sourceIdentity");
  });

  test("session policies cut a session down; a bad one, and too much, are refused", async () => {
    const arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    const scoped = keysOf((await assume(mainKeys(), "Hub", { PolicyArns: [{ arn }] })).Credentials);
    expect(await refusal(assume(scoped, "BehindHub"))).toMatchObject({ code: "AccessDenied" });
    await iamOf(sandbox, scoped).send(new GetUserCommand({ UserName: "main" }));
    const Policy =
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}]}';
    const inline = await assume(mainKeys(), "Hub", { Policy });
    expect(inline.PackedPolicySize).toBeGreaterThan(0);
    const error = await refusal(
      iamOf(sandbox, keysOf(inline.Credentials)).send(
        new ListMFADevicesCommand({ UserName: "main" }),
      ),
    );
    expect(error.message).toBe(
      "User: arn:aws:sts::111111111111:assumed-role/Hub/tester is not authorized to perform: iam:ListMFADevices on resource: user main because no session policy allows the iam:ListMFADevices action",
    );
    expect(await refusal(assume(mainKeys(), "Hub", { Policy: "{" }))).toMatchObject({
      code: "MalformedPolicyDocument",
      status: 400,
    });
    const Tags = Array.from({ length: 12 }, (_, n) => ({ Key: `k${n}`, Value: "v".repeat(200) }));
    expect(await refusal(assume(mainKeys(), "Hub", { Tags }))).toMatchObject({
      code: "PackedPolicyTooLarge",
      status: 400,
    });
  });

  test("a source identity sticks, and transitive tags go along", async () => {
    const hub = await assume(mainKeys(), "Hub", {
      SourceIdentity: "me",
      Tags: [{ Key: "team", Value: "platform" }],
      TransitiveTagKeys: ["team"],
    });
    expect(hub.SourceIdentity).toBe("me");
    const keys = keysOf(hub.Credentials);
    expect(await refusal(assume(keys, "BehindHub", { SourceIdentity: "you" }))).toMatchObject({
      code: "AccessDenied",
    });
    expect((await assume(keys, "BehindHub")).SourceIdentity).toBe("me");
    const clash = await refusal(assume(keys, "BehindHub", { Tags: [{ Key: "Team", Value: "x" }] }));
    expect(clash.code).toBe("ValidationError");
  });

  test("what temporary credentials may not ask of STS", async () => {
    const session = stsOf(sandbox, await mfaSession());
    const hub = stsOf(sandbox, keysOf((await assume(mainKeys(), "Hub")).Credentials));
    const no = (action: string) => ({
      code: "AccessDenied",
      status: 403,
      message: `Cannot call ${action} with session credentials`,
    });
    for (const sts of [session, hub]) {
      expect(await refusal(sts.send(new GetSessionTokenCommand({})))).toEqual(
        no("GetSessionToken"),
      );
      expect(await refusal(sts.send(new GetFederationTokenCommand({ Name: "me" })))).toEqual(
        no("GetFederationToken"),
      );
    }
    const info = { AccessKeyId: sandbox.main.accessKeyId };
    expect(await refusal(session.send(new GetAccessKeyInfoCommand(info)))).toEqual(
      no("GetAccessKeyInfo"),
    );
    expect((await hub.send(new GetAccessKeyInfoCommand(info))).Account).toBe("111111111111");
    const root = sandbox.cloud.account("111111111111").addKey(undefined);
    const asRoot = assume({ accessKeyId: root.id, secretAccessKey: root.secret }, "Hub");
    expect((await refusal(asRoot)).message).toBe("Roles may not be assumed by root accounts.");
  });

  test("a federated session may do what its policy says, and nothing without one", async () => {
    const sts = stsOf(sandbox, mainKeys());
    const Policy = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}';
    const answer = await sts.send(new GetFederationTokenCommand({ Name: "visitor", Policy }));
    expect(answer.FederatedUser?.Arn).toBe("arn:aws:sts::111111111111:federated-user/visitor");
    const identity = await stsOf(sandbox, keysOf(answer.Credentials)).send(
      new GetCallerIdentityCommand({}),
    );
    expect(identity.UserId).toBe("111111111111:visitor");
    expect(
      await refusal(iamOf(sandbox, keysOf(answer.Credentials)).send(new GetUserCommand({}))),
    ).toMatchObject({ code: "InvalidClientTokenId" });
  });
});

describe("AWS's documented self-manage policy", () => {
  withFixture("self-manage");

  test("without MFA the long-term key sees its devices and assumes nothing", async () => {
    const devices = await iamOf(sandbox, mainKeys()).send(new ListMFADevicesCommand({}));
    expect(devices.MFADevices).toHaveLength(1);
    expect(await refusal(assume(mainKeys(), "DeveloperAccess"))).toMatchObject({
      code: "AccessDenied",
    });
    await assume(await mfaSession(), "DeveloperAccess");
    sandbox.clock.advance(30);
    await assume(mainKeys(), "DeveloperAccess", mfa());
  });

  test("where a name left out needs `*`, as reported of AWS, the name has to be given", async () => {
    sandbox.settings.omittedUserNameNeedsStar = true;
    const iam = iamOf(sandbox, mainKeys());
    expect(await refusal(iam.send(new ListMFADevicesCommand({})))).toMatchObject({
      code: "AccessDenied",
    });
    const named = await iam.send(new ListMFADevicesCommand({ UserName: "alice" }));
    expect(named.MFADevices).toHaveLength(1);
  });
});
