// IAM of the sandbox as AWS's SDK for JavaScript sees it: keys, devices, tags, users, passwords,
// pages, and what each fixture's policies leave to a user.

import {
  ChangePasswordCommand,
  CreateAccessKeyCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeactivateMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountPasswordPolicyCommand,
  GetLoginProfileCommand,
  GetMFADeviceCommand,
  GetUserCommand,
  type IAMClient,
  ListAccessKeysCommand,
  ListAccountAliasesCommand,
  ListMFADevicesCommand,
  ListUsersCommand,
  ListUserTagsCommand,
  ListVirtualMFADevicesCommand,
  paginateListUsers,
  paginateListUserTags,
  ResyncMFADeviceCommand,
  TagUserCommand,
  UntagUserCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import { GetSessionTokenCommand } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decodeBase32 } from "../../sandbox/cloud/base32.ts";
import { codeOfStep, stepAt } from "../../sandbox/cloud/totp.ts";
import { type FixtureName, type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { iamOf, keysOf, refusal, type SdkKeys, stsOf } from "./sandbox-sdk.ts";

let sandbox: Sandbox;
let iam: IAMClient;

function withFixture(fixture: FixtureName): void {
  beforeEach(async () => {
    sandbox = await startSandbox({ fixture });
    iam = iamOf(sandbox, keysOf(sandbox.main));
  });
  afterEach(() => sandbox.stop());
}

async function mfaSession(): Promise<SdkKeys> {
  const mfa = { SerialNumber: sandbox.main.serial, TokenCode: sandbox.code() };
  const sts = stsOf(sandbox, keysOf(sandbox.main));
  return keysOf((await sts.send(new GetSessionTokenCommand(mfa))).Credentials);
}

const codeOf = (seed: string, later = 0) =>
  codeOfStep(decodeBase32(seed), stepAt(sandbox.clock.now()) + later);

const twoCodes = (seed: string, later = 0) => ({
  AuthenticationCode1: codeOf(seed, later - 1),
  AuthenticationCode2: codeOf(seed, later),
});

async function createDevice(client: IAMClient, name: string) {
  const { VirtualMFADevice } = await client.send(
    new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: name }),
  );
  const seed = Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString();
  return { serial: VirtualMFADevice?.SerialNumber ?? "", seed, png: VirtualMFADevice?.QRCodePNG };
}

const enable = (
  client: IAMClient,
  UserName: string,
  SerialNumber: string,
  codes: ReturnType<typeof twoCodes>,
) => client.send(new EnableMFADeviceCommand({ UserName, SerialNumber, ...codes }));

describe("the open accounts", () => {
  withFixture("open");

  test("access keys: made, listed, two at most, switched, deleted", async () => {
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({}));
    expect(AccessKey).toMatchObject({ UserName: "main", Status: "Active" });
    expect(AccessKey?.AccessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(AccessKey?.SecretAccessKey).toHaveLength(40);
    expect(await refusal(iam.send(new CreateAccessKeyCommand({})))).toEqual({
      code: "LimitExceeded",
      status: 409,
      message: "Cannot exceed quota for AccessKeysPerUser: 2",
    });
    const AccessKeyId = AccessKey?.AccessKeyId ?? "";
    await iam.send(
      new UpdateAccessKeyCommand({ UserName: "MAIN", AccessKeyId, Status: "Inactive" }),
    );
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({}));
    expect(AccessKeyMetadata?.map(({ AccessKeyId, Status }) => [AccessKeyId, Status])).toEqual([
      [sandbox.main.accessKeyId, "Active"],
      [AccessKeyId, "Inactive"],
    ]);
    expect(Object.keys(AccessKeyMetadata?.[0] ?? {})).not.toContain("SecretAccessKey");
    await iam.send(new DeleteAccessKeyCommand({ UserName: "main", AccessKeyId }));
    const again = iam.send(new DeleteAccessKeyCommand({ UserName: "main", AccessKeyId }));
    expect(await refusal(again)).toEqual({
      code: "NoSuchEntity",
      status: 404,
      message: `The Access Key with id ${AccessKeyId} cannot be found.`,
    });
    const bad = iam.send(new UpdateAccessKeyCommand({ AccessKeyId, Status: "Off" as "Active" }));
    expect((await refusal(bad)).message).toContain("at 'status' failed to satisfy constraint");
  });

  test("with temporary credentials a key's user has to be named", async () => {
    const session = iamOf(sandbox, await mfaSession());
    const must = "Must specify userName when calling with non-User credentials";
    expect(await refusal(session.send(new ListAccessKeysCommand({})))).toEqual({
      code: "ValidationError",
      status: 400,
      message: must,
    });
    await session.send(new ListAccessKeysCommand({ UserName: "main" }));
    expect((await session.send(new GetUserCommand({}))).User?.UserName).toBe("main");
  });

  test("a new key is listed when the sandbox says so", async () => {
    sandbox.settings.newKeyListedAfterSeconds = 5;
    await iam.send(new CreateAccessKeyCommand({}));
    const count = async () =>
      (await iam.send(new ListAccessKeysCommand({}))).AccessKeyMetadata?.length;
    expect(await count()).toBe(1);
    sandbox.clock.advance(5);
    expect(await count()).toBe(2);
  });

  test("last use: never, then when, for what and where", async () => {
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({}));
    const AccessKeyId = AccessKey?.AccessKeyId ?? "";
    const lastUsed = () => iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
    const never = await lastUsed();
    expect(never.UserName).toBe("main");
    expect(never.AccessKeyLastUsed).toEqual({ ServiceName: "N/A", Region: "N/A" });
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
    await iamOf(sandbox, keys, "us-east-1").send(new GetUserCommand({}));
    const used = (await lastUsed()).AccessKeyLastUsed;
    expect(used).toMatchObject({ ServiceName: "iam", Region: "us-east-1" });
    expect(used?.LastUsedDate).toBeInstanceOf(Date);
  });

  test("tags: without case, fifty, none of AWS's own, all or nothing", async () => {
    const tag = (...Tags: { Key: string; Value: string }[]) =>
      iam.send(new TagUserCommand({ UserName: "main", Tags }));
    await tag({ Key: "Team", Value: "a" }, { Key: "b", Value: "" });
    await tag({ Key: "TEAM", Value: "z" });
    const list = async () => (await iam.send(new ListUserTagsCommand({ UserName: "main" }))).Tags;
    expect(await list()).toEqual([
      { Key: "TEAM", Value: "z" },
      { Key: "b", Value: "" },
    ]);
    expect((await iam.send(new GetUserCommand({}))).User?.Tags).toHaveLength(2);
    expect(await refusal(tag({ Key: "ok", Value: "x" }, { Key: "no#", Value: "x" }))).toMatchObject(
      { code: "ValidationError", status: 400 },
    );
    expect(await refusal(tag({ Key: "aws:x", Value: "x" }))).toMatchObject({
      code: "InvalidInput",
      status: 400,
    });
    expect(await refusal(tag({ Key: "x", Value: "x" }, { Key: "X", Value: "x" }))).toMatchObject({
      code: "InvalidInput",
      status: 400,
    });
    expect(await refusal(tag({ Key: "x", Value: "v".repeat(257) }))).toMatchObject({
      code: "ValidationError",
    });
    expect(await list()).toHaveLength(2);
    await tag(...Array.from({ length: 48 }, (_, n) => ({ Key: `k${n}`, Value: "v" })));
    expect(await refusal(tag({ Key: "one-more", Value: "v" }))).toMatchObject({
      code: "LimitExceeded",
      status: 409,
    });
    await iam.send(new UntagUserCommand({ UserName: "main", TagKeys: ["team", "K0"] }));
    expect(await list()).toHaveLength(48);
  });

  test("pages are short, and end when they say so", async () => {
    sandbox.settings.pageSize = 2;
    const page = await iam.send(new ListUsersCommand({ MaxItems: 100 }));
    expect([page.Users?.length, page.IsTruncated]).toEqual([2, true]);
    const names: (string | undefined)[] = [];
    for await (const { Users = [] } of paginateListUsers({ client: iam }, {})) {
      names.push(...Users.map(({ UserName }) => UserName));
    }
    expect(names).toEqual(["main", "fresh", "x", "pathed"]);
    const Tags = ["c", "a", "b"].map((Key) => ({ Key, Value: "" }));
    await iam.send(new TagUserCommand({ UserName: "main", Tags }));
    const keys: (string | undefined)[] = [];
    for await (const { Tags = [] } of paginateListUserTags({ client: iam }, { UserName: "main" })) {
      keys.push(...Tags.map(({ Key }) => Key));
    }
    expect(keys).toEqual(["a", "b", "c"]);
    expect(await refusal(iam.send(new ListUsersCommand({ Marker: "!" })))).toMatchObject({
      code: "ValidationError",
    });
    expect((await refusal(iam.send(new ListUsersCommand({ MaxItems: 1001 })))).message).toContain(
      "less than or equal to 1000",
    );
  });

  test("a device: made, enabled by two codes, used, resynced, deactivated, deleted", async () => {
    const device = await createDevice(iam, "phone");
    expect(device.serial).toBe("arn:aws:iam::111111111111:mfa/phone");
    expect(device.seed).toMatch(/^[A-Z2-7]{64}$/);
    expect(
      Buffer.from(device.png ?? [])
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
    const unassigned = await iam.send(
      new ListVirtualMFADevicesCommand({ AssignmentStatus: "Unassigned" }),
    );
    expect(unassigned.VirtualMFADevices?.map(({ SerialNumber }) => SerialNumber)).toEqual([
      device.serial,
    ]);
    const swapped = {
      AuthenticationCode1: codeOf(device.seed),
      AuthenticationCode2: codeOf(device.seed, -1),
    };
    expect(await refusal(enable(iam, "main", device.serial, swapped))).toEqual({
      code: "InvalidAuthenticationCode",
      status: 403,
      message: "Authentication code for device is not valid.",
    });
    await enable(iam, "main", device.serial, twoCodes(device.seed));
    expect(
      await refusal(enable(iam, "main", device.serial, twoCodes(device.seed, 2))),
    ).toMatchObject({ code: "EntityAlreadyExists", status: 409 });
    const sts = stsOf(sandbox, keysOf(sandbox.main));
    const code = (later: number) =>
      sts.send(
        new GetSessionTokenCommand({
          SerialNumber: device.serial,
          TokenCode: codeOf(device.seed, later),
        }),
      );
    expect((await refusal(code(0))).message).toContain("invalid MFA one time pass code");
    await code(1);
    const got = await iam.send(new GetMFADeviceCommand({ SerialNumber: device.serial }));
    expect(got.UserName).toBe("main");
    sandbox.cloud.device(device.serial).driftSteps = 9;
    expect((await refusal(code(9))).message).toContain("invalid MFA one time pass code");
    await iam.send(
      new ResyncMFADeviceCommand({
        UserName: "main",
        SerialNumber: device.serial,
        ...twoCodes(device.seed, 9),
      }),
    );
    await code(10);
    const named = { UserName: "main", SerialNumber: device.serial };
    const early = iam.send(new DeleteVirtualMFADeviceCommand(named));
    expect(await refusal(early)).toMatchObject({ code: "DeleteConflict", status: 409 });
    await iam.send(new DeactivateMFADeviceCommand(named));
    expect(await refusal(iam.send(new DeactivateMFADeviceCommand(named)))).toMatchObject({
      code: "NoSuchEntity",
      status: 404,
    });
    await iam.send(new DeleteVirtualMFADeviceCommand(named));
    expect(await refusal(iam.send(new DeleteVirtualMFADeviceCommand(named)))).toMatchObject({
      code: "NoSuchEntity",
      status: 404,
    });
  });

  test("a device's name is taken once per path, and has a form", async () => {
    await createDevice(iam, "phone");
    expect(await refusal(createDevice(iam, "phone"))).toEqual({
      code: "EntityAlreadyExists",
      status: 409,
      message: "MFADevice entity at the same path and name already exists.",
    });
    expect(await refusal(createDevice(iam, "my phone"))).toMatchObject({ code: "ValidationError" });
    const inPath = await iam.send(
      new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: "phone", Path: "/team/" }),
    );
    expect(inPath.VirtualMFADevice?.SerialNumber).toBe("arn:aws:iam::111111111111:mfa/team/phone");
  });

  test("eight devices are a user's limit; other kinds are listed too", async () => {
    const account = sandbox.cloud.account("111111111111");
    account.addDevice("main", "k", {
      kind: "u2f",
      serial: "arn:aws:iam::111111111111:u2f/user/main/k-1",
    });
    account.addDevice("main", "h", { kind: "hardware", serial: "GAHT12345678" });
    for (let n = 0; n < 5; n++) account.addDevice("main", `d${n}`);
    const { MFADevices } = await iam.send(new ListMFADevicesCommand({ UserName: "main" }));
    expect(MFADevices).toHaveLength(8);
    const ninth = await createDevice(iam, "ninth");
    expect(await refusal(enable(iam, "main", ninth.serial, twoCodes(ninth.seed)))).toEqual({
      code: "LimitExceeded",
      status: 409,
      message: "Cannot exceed quota for MFADevicesPerUser: 8",
    });
    const sts = stsOf(sandbox, keysOf(sandbox.main));
    await sts.send(
      new GetSessionTokenCommand({
        SerialNumber: "GAHT12345678",
        TokenCode: sandbox.code("GAHT12345678"),
      }),
    );
  });

  test("users: in a path, without case, deleted in the right order", async () => {
    const made = await iam.send(new CreateUserCommand({ UserName: "Zoe", Path: "/team/a/" }));
    expect(made.User?.Arn).toBe("arn:aws:iam::111111111111:user/team/a/Zoe");
    expect(await refusal(iam.send(new CreateUserCommand({ UserName: "zoe" })))).toMatchObject({
      code: "EntityAlreadyExists",
      status: 409,
    });
    expect((await iam.send(new GetUserCommand({ UserName: "ZOE" }))).User?.UserName).toBe("Zoe");
    expect((await iam.send(new ListUsersCommand({ PathPrefix: "/team/a/" }))).Users).toHaveLength(
      1,
    );
    const account = sandbox.cloud.account("111111111111");
    account.setPassword("Zoe", "secret");
    const key = account.addKey("Zoe");
    const device = account.addDevice("Zoe");
    account.attachToUser("Zoe", { name: "P", document: { Statement: [] } });
    account.user("Zoe").groups.push("G");
    const user = account.user("Zoe");
    const steps: [string, () => void][] = [
      [
        "delete login profile",
        () => {
          user.password = undefined;
        },
      ],
      [
        "delete access keys",
        () => {
          key.deletedAt = sandbox.clock.now();
        },
      ],
      [
        "delete MFA device",
        () => {
          device.userName = undefined;
        },
      ],
      [
        "delete policies",
        () => {
          user.policies = [];
        },
      ],
      [
        "remove users from group",
        () => {
          user.groups = [];
        },
      ],
    ];
    for (const [must, clear] of steps) {
      expect(await refusal(iam.send(new DeleteUserCommand({ UserName: "Zoe" })))).toEqual({
        code: "DeleteConflict",
        status: 409,
        message: `Cannot delete entity, must ${must} first.`,
      });
      clear();
    }
    await iam.send(new DeleteUserCommand({ UserName: "Zoe" }));
    expect(await refusal(iam.send(new GetUserCommand({ UserName: "Zoe" })))).toEqual({
      code: "NoSuchEntity",
      status: 404,
      message: "The user with name Zoe cannot be found.",
    });
  });
});

describe("the kickstarter's accounts", () => {
  withFixture("kickstarter");

  const self = { UserName: "admin" };

  test("keys want a code not older than four hours", async () => {
    const denied = {
      code: "AccessDenied",
      status: 403,
      message:
        "User: arn:aws:iam::111111111111:user/admin is not authorized to perform: iam:ListAccessKeys on resource: user admin because no identity-based policy allows the iam:ListAccessKeys action",
    };
    expect(await refusal(iam.send(new ListAccessKeysCommand(self)))).toEqual(denied);
    const session = iamOf(sandbox, await mfaSession());
    sandbox.settings.signatureWindowSeconds = 86_400;
    sandbox.clock.advance(14_399);
    await session.send(new ListAccessKeysCommand(self));
    sandbox.clock.advance(1);
    expect(await refusal(session.send(new ListAccessKeysCommand(self)))).toEqual(denied);
    const others = session.send(new ListAccessKeysCommand({ UserName: "user" }));
    expect(await refusal(others)).toMatchObject({ code: "AccessDenied" });
  });

  test("tags and last use are not granted, even with MFA", async () => {
    const session = iamOf(sandbox, await mfaSession());
    const AccessKeyId = sandbox.main.accessKeyId;
    for (const call of [
      session.send(new TagUserCommand({ ...self, Tags: [{ Key: "a", Value: "b" }] })),
      session.send(new GetAccessKeyLastUsedCommand({ AccessKeyId })),
      session.send(new ListAccountAliasesCommand({})),
    ]) {
      expect(await refusal(call)).toMatchObject({ code: "AccessDenied", status: 403 });
    }
  });

  test("a newcomer enrols a device of the own name without MFA, and no other", async () => {
    const fresh = iamOf(sandbox, keysOf(sandbox.fresh));
    expect(await refusal(createDevice(fresh, "phone"))).toMatchObject({ code: "AccessDenied" });
    const device = await createDevice(fresh, "newcomer");
    await enable(fresh, "newcomer", device.serial, twoCodes(device.seed));
    await fresh.send(new ListVirtualMFADevicesCommand({}));
    const named = { UserName: "newcomer", SerialNumber: device.serial };
    await fresh.send(new DeactivateMFADeviceCommand(named));
    await fresh.send(new DeleteVirtualMFADeviceCommand(named));
  });

  test("the password policy is the kickstarter's", async () => {
    const account = sandbox.cloud.account("111111111111");
    account.setPassword("admin", "old");
    const change = (NewPassword: string, OldPassword = "old") =>
      iam.send(new ChangePasswordCommand({ OldPassword, NewPassword }));
    expect(await refusal(change("Aa1!".repeat(8), "wrong"))).toMatchObject({
      code: "AccessDenied",
    });
    expect(await refusal(change("short"))).toMatchObject({
      code: "PasswordPolicyViolation",
      status: 400,
    });
    expect(await refusal(change("a".repeat(40)))).toMatchObject({
      code: "PasswordPolicyViolation",
    });
    await change("Aa1!".repeat(8));
    expect(await refusal(change("Aa1!".repeat(8), "Aa1!".repeat(8)))).toMatchObject({
      code: "PasswordPolicyViolation",
    });
    expect(await refusal(iam.send(new GetAccountPasswordPolicyCommand({})))).toMatchObject({
      code: "AccessDenied",
    });
  });
});

describe.each<[FixtureName, boolean]>([
  ["self-manage", true],
  ["self-manage-own-name", false],
])("AWS's documented policy, %s", (fixture, anyName) => {
  withFixture(fixture);

  test("a first device without MFA, by any name or only the own", async () => {
    const fresh = iamOf(sandbox, keysOf(sandbox.fresh));
    const other = createDevice(fresh, "phone");
    if (anyName) await other;
    else expect(await refusal(other)).toMatchObject({ code: "AccessDenied" });
    const device = await createDevice(fresh, "bob");
    await enable(fresh, "bob", device.serial, twoCodes(device.seed));
    const named = { UserName: "bob", SerialNumber: device.serial };
    const error = await refusal(fresh.send(new DeactivateMFADeviceCommand(named)));
    expect(error.message).toBe(
      "User: arn:aws:iam::111111111111:user/bob is not authorized to perform: iam:DeactivateMFADevice on resource: user bob with an explicit deny in an identity-based policy",
    );
    expect(await refusal(fresh.send(new ListAccessKeysCommand({ UserName: "bob" })))).toMatchObject(
      { code: "AccessDenied" },
    );
  });

  test("with MFA: own keys, own devices; deleting a device only in the old form", async () => {
    const session = iamOf(sandbox, await mfaSession());
    await session.send(new ListAccessKeysCommand({ UserName: "alice" }));
    expect(
      await refusal(session.send(new ListAccessKeysCommand({ UserName: "bob" }))),
    ).toMatchObject({ code: "AccessDenied" });
    const named = { UserName: "alice", SerialNumber: sandbox.main.serial };
    await session.send(new DeactivateMFADeviceCommand(named));
    const gone = session.send(new DeleteVirtualMFADeviceCommand(named));
    if (anyName) expect(await refusal(gone)).toMatchObject({ code: "AccessDenied" });
    else await gone;
    await session.send(new GetAccountPasswordPolicyCommand({})).catch((error) => {
      expect(error.name).toMatch(/^NoSuchEntity/);
    });
    expect(
      await refusal(session.send(new GetLoginProfileCommand({ UserName: "alice" }))),
    ).toMatchObject({ code: "AccessDenied" });
  });

  test("a user in a path is served by the policy that names paths", async () => {
    const carol = sandbox.users["carol"]!;
    const devices = await iamOf(sandbox, keysOf(carol)).send(
      new ListMFADevicesCommand({ UserName: "carol" }),
    );
    expect(devices.MFADevices).toHaveLength(1);
  });
});
