// The IAM adapter against the sandbox: every operation, what each fixture's policies deny, short pages,
// and what is sent once or again when answers are lost, throttled or in each other's way.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FaultKind } from "../../sandbox/faults.ts";
import { type FixtureName, type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { openAws } from "../../src/adapters/aws/aws.ts";
import { openIam } from "../../src/adapters/aws/aws-iam.ts";
import { AwstError, type ErrorCode } from "../../src/model/errors.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Keys } from "../../src/model/session/session.ts";
import type { Iam } from "../../src/ports/iam.ts";
import { startBracket } from "../support/bracket.ts";

let sandbox: Sandbox;

function withFixture(fixture: FixtureName): void {
  beforeEach(async () => {
    sandbox = await startSandbox({ fixture });
  });
  afterEach(() => sandbox.stop());
}

const region = "eu-west-1";
const options = () => ({
  env: { AWS_ENDPOINT_URL: sandbox.url },
  debug: () => {},
  limits: { pauseMs: 1 },
});
const user = () => sandbox.main.userName;
const mainKeys = (): Keys => ({
  accessKeyId: sandbox.main.accessKeyId,
  secretAccessKey: new Secret(sandbox.main.secretAccessKey),
});

function iamAs(keys: Keys): Iam {
  return openIam(keys, region, options());
}

/** Inside a new MFA session of a user's. */
async function iamWithMfa(who = sandbox.main): Promise<Iam> {
  const keys = {
    accessKeyId: who.accessKeyId,
    secretAccessKey: new Secret(who.secretAccessKey),
  };
  const aws = openAws(keys, region, {
    ...options(),
    iam: () => import("../../src/adapters/aws/aws-iam-call.ts"),
  });
  const code = new Secret(sandbox.code(who.serial));
  const session = await aws.getSessionToken({ device: who.serial, code, durationSeconds: 43_200 });
  // The code's step is used up.
  sandbox.clock.advance(60);
  sandbox.forgetCalls();
  return iamAs(session.keys);
}

async function failing(promise: Promise<unknown>): Promise<AwstError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AwstError);
  return error as AwstError;
}

const sent = () => sandbox.calls().map(({ action, result }) => `${action} ${result}`);
const twoCodes = (serial: string): readonly [Secret, Secret] => [
  new Secret(sandbox.code(serial, -1)),
  new Secret(sandbox.code(serial)),
];

describe("every operation, allowed", () => {
  withFixture("open");

  test("a key: made, listed, used, deactivated, activated, deleted", async () => {
    const iam = await iamWithMfa();
    const isNow = startBracket(() => sandbox.clock.now().getTime());
    const made = await iam.createAccessKey(user());
    expect(made.accessKeyId).toMatch(/^AKIA\w{16}$/);
    expect(made.secretAccessKey.reveal()).toMatch(/^[\w/+]{40}$/);
    expect([made.createdAt, made.at].map((time) => isNow(time.getTime()))).toEqual([true, true]);

    const mine = { accessKeyId: made.accessKeyId, secretAccessKey: made.secretAccessKey };
    const aws = openAws(mine, region, {
      ...options(),
      iam: () => import("../../src/adapters/aws/aws-iam-call.ts"),
    });
    expect((await aws.getCallerIdentity()).arn).toContain(`user/${user()}`);
    expect(await iam.lastUseOf(made.accessKeyId)).toMatchObject({
      usedAt: expect.any(Date),
      service: "sts",
      region: "eu-west-1",
    });

    await iam.setAccessKeyStatus(user(), made.accessKeyId, "Inactive");
    const { keys } = await iam.listAccessKeys(user());
    expect(keys).toEqual([
      { accessKeyId: sandbox.main.accessKeyId, status: "Active", createdAt: expect.any(Date) },
      { accessKeyId: made.accessKeyId, status: "Inactive", createdAt: made.createdAt },
    ]);
    expect((await failing(aws.getCallerIdentity())).code).toBe("AWS_KEY_REJECTED");
    await iam.setAccessKeyStatus(user(), made.accessKeyId, "Active");
    expect((await aws.getCallerIdentity()).at).toEqual(expect.any(Date));
    await iam.deleteAccessKey(user(), made.accessKeyId);
    expect((await iam.listAccessKeys(user())).keys).toHaveLength(1);
  });

  test("a key that was never used", async () => {
    const iam = await iamWithMfa();
    const { accessKeyId } = await iam.createAccessKey(user());
    const never = { usedAt: undefined, service: undefined, region: undefined };
    expect(await iam.lastUseOf(accessKeyId)).toMatchObject(never);
  });

  test("tags: set, replaced without regard to case, listed, removed", async () => {
    const iam = await iamWithMfa();
    await iam.tagUser(user(), { AKIAONE: "Büro = 1", Team: "" });
    await iam.tagUser(user(), { akiaone: "laptop" });
    expect((await iam.listUserTags(user())).tags).toEqual({ akiaone: "laptop", Team: "" });
    await iam.untagUser(user(), ["AKIAONE", "not there"]);
    expect((await iam.listUserTags(user())).tags).toEqual({ Team: "" });
  });

  test("a device: made, enabled, resynced, deactivated, deleted", async () => {
    const iam = await iamWithMfa();
    const { serial, seed } = await iam.createVirtualMfaDevice("phone-2");
    expect(serial).toBe("arn:aws:iam::111111111111:mfa/phone-2");
    expect(seed.reveal()).toMatch(/^[A-Z2-7]{64}$/);
    expect(await iam.listVirtualMfaDevices()).toMatchObject({
      devices: expect.arrayContaining([
        { serial, userName: undefined, enabledAt: undefined },
        { serial: sandbox.main.serial, userName: user(), enabledAt: expect.any(Date) },
      ]),
    });
    await iam.enableMfaDevice(user(), serial, twoCodes(serial));
    const { devices } = await iam.listMfaDevices(user());
    expect(devices.map((device) => device.serial)).toEqual([sandbox.main.serial, serial]);
    expect(devices[1]?.enabledAt).toBeInstanceOf(Date);
    sandbox.settings.signatureWindowSeconds = 86_400;
    sandbox.clock.advance(300);
    await iam.resyncMfaDevice(user(), serial, twoCodes(serial));
    expect((await failing(iam.deleteVirtualMfaDevice(serial))).code).toBe("IAM_CONFLICT");
    await iam.deactivateMfaDevice(user(), serial);
    await iam.deleteVirtualMfaDevice(serial);
    expect((await iam.listMfaDevices(user())).devices).toHaveLength(1);
  });

  test("every answer has AWS's time", async () => {
    sandbox.settings.skewSeconds = 420;
    const iam = iamAs(mainKeys());
    const isAhead = startBracket(() => Date.now() + 420_000);
    const answers = [
      await iam.listAccessKeys(user()),
      await iam.lastUseOf(sandbox.main.accessKeyId),
      await iam.tagUser(user(), { a: "b" }),
      await iam.listVirtualMfaDevices(),
    ];
    for (const { at } of answers) {
      expect(isAhead(at.getTime())).toBe(true);
    }
  });

  test("a user in a path is named by the name alone", async () => {
    const pathed = sandbox.users["pathed"];
    if (!pathed) throw new Error("the fixture has a pathed user");
    const iam = await iamWithMfa(pathed);
    expect((await iam.listAccessKeys("pathed")).keys).toHaveLength(1);
  });

  test.each<[string, (iam: Iam) => Promise<unknown>, ErrorCode, RegExp]>([
    ["a third key", (iam) => iam.createAccessKey(user()), "IAM_QUOTA", /AccessKeysPerUser: 2/],
    [
      "a key not there",
      (iam) => iam.deleteAccessKey(user(), "AKIANOTTHEREATALL000"),
      "IAM_ABSENT",
      /DeleteAccessKey.*AKIANOTTHEREATALL000/,
    ],
    [
      "a device's name twice",
      (iam) => iam.createVirtualMfaDevice("main"),
      "IAM_EXISTS",
      /CreateVirtualMFADevice/,
    ],
    [
      "a tag AWS does not take",
      (iam) => iam.tagUser(user(), { a: "#" }),
      "AWS_INPUT_REFUSED",
      /TagUser/,
    ],
    [
      "AWS's own tags",
      (iam) => iam.tagUser(user(), { "aws:a": "b" }),
      "AWS_INPUT_REFUSED",
      /reserved/,
    ],
    [
      "51 tags",
      (iam) =>
        iam.tagUser(
          user(),
          Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, ""])),
        ),
      "AWS_INPUT_REFUSED",
      /TagUser/,
    ],
    [
      "codes not in a row",
      (iam) =>
        iam.resyncMfaDevice(user(), sandbox.main.serial, [
          new Secret(sandbox.code(undefined, -3)),
          new Secret(sandbox.code()),
        ]),
      "AWS_CODE_REFUSED",
      /mfa\/main/,
    ],
    ["a user not there", (iam) => iam.listAccessKeys("no-such-user"), "IAM_ABSENT", /no-such-user/],
    [
      "a name AWS does not take",
      (iam) => iam.createVirtualMfaDevice("no such name"),
      "AWS_INPUT_REFUSED",
      /CreateVirtualMFADevice/,
    ],
  ])("%s", async (_, ask, code, message) => {
    const iam = iamAs(mainKeys());
    await iam.createAccessKey(user());
    const error = await failing(ask(iam));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.effect).toBe("nothing-done");
  });

  test("no secret of the request in what AWS's words become", async () => {
    const code = sandbox.code(undefined, -3);
    const other = sandbox.code();
    sandbox.faults.add({
      action: "EnableMFADevice",
      kind: "error",
      code: "Odd",
      message: `saw ${code} and ${other}`,
    });
    const codes = [new Secret(code), new Secret(other)] as const;
    const error = await failing(
      iamAs(mainKeys()).enableMfaDevice(user(), sandbox.main.serial, codes),
    );
    expect(`${error.message} ${String(error.cause)}`).not.toMatch(new RegExp(`${code}|${other}`));
  });

  test("pages, however short", async () => {
    const iam = iamAs(mainKeys());
    await iam.createAccessKey(user());
    await iam.tagUser(user(), { a: "1", b: "2", c: "3" });
    for (const name of ["p1", "p2"]) {
      const { serial } = await iam.createVirtualMfaDevice(name);
      await iam.enableMfaDevice(user(), serial, twoCodes(serial));
    }
    sandbox.settings.pageSize = 1;
    sandbox.forgetCalls();
    expect((await iam.listAccessKeys(user())).keys).toHaveLength(2);
    expect((await iam.listUserTags(user())).tags).toEqual({ a: "1", b: "2", c: "3" });
    expect((await iam.listMfaDevices(user())).devices).toHaveLength(3);
    const all = (await iam.listVirtualMfaDevices()).devices.map(({ serial }) => serial);
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(5);
    expect(sandbox.calls()).toHaveLength(2 + 3 + 3 + all.length);
  });

  describe("an answer that is lost after AWS acted", () => {
    const lost: readonly FaultKind[] = ["reset-after", "truncated"];
    const repeated: Readonly<Record<string, (iam: Iam) => Promise<unknown>>> = {
      ListAccessKeys: (iam) => iam.listAccessKeys(user()),
      GetAccessKeyLastUsed: (iam) => iam.lastUseOf(sandbox.main.accessKeyId),
      ListUserTags: (iam) => iam.listUserTags(user()),
      ListMFADevices: (iam) => iam.listMfaDevices(user()),
      ListVirtualMFADevices: (iam) => iam.listVirtualMfaDevices(),
      UpdateAccessKey: (iam) => iam.setAccessKeyStatus(user(), spare, "Inactive"),
      TagUser: (iam) => iam.tagUser(user(), { a: "b" }),
      UntagUser: (iam) => iam.untagUser(user(), ["a"]),
      DeleteAccessKey: (iam) => iam.deleteAccessKey(user(), spare),
      DeactivateMFADevice: (iam) => iam.deactivateMfaDevice(user(), sandbox.main.serial),
      DeleteVirtualMFADevice: (iam) => iam.deleteVirtualMfaDevice(unassigned),
    };
    const once: Readonly<Record<string, (iam: Iam) => Promise<unknown>>> = {
      CreateAccessKey: (iam) => iam.createAccessKey(user()),
      CreateVirtualMFADevice: (iam) => iam.createVirtualMfaDevice("another"),
      EnableMFADevice: (iam) => iam.enableMfaDevice(user(), unassigned, twoCodes(unassigned)),
      ResyncMFADevice: (iam) =>
        iam.resyncMfaDevice(user(), sandbox.main.serial, twoCodes(sandbox.main.serial)),
    };
    let spare: string;
    let unassigned: string;
    let iam: Iam;
    beforeEach(async () => {
      iam = iamAs(mainKeys());
      // Only what the calls need: the third key would be one too many.
      spare = (await iam.createAccessKey(user())).accessKeyId;
      unassigned = (await iam.createVirtualMfaDevice("spare")).serial;
      sandbox.forgetCalls();
    });

    test.each(Object.entries(repeated))("%s is repeated, and done", async (action, ask) => {
      sandbox.faults.add({ action, kind: "reset-after" });
      await ask(iam);
      expect(sandbox.calls().map((call) => call.action)).toEqual([action, action]);
    });

    test.each(
      Object.entries(once).flatMap(([action, ask]) => lost.map((kind) => ({ action, ask, kind }))),
    )("$action is sent once ($kind), its effect unknown", async ({ action, ask, kind }) => {
      if (action === "CreateAccessKey") await iam.deleteAccessKey(user(), spare);
      sandbox.forgetCalls();
      sandbox.faults.add({ action, kind });
      const error = await failing(ask(iam));
      expect(error.effect).toBe("unknown");
      expect(sandbox.calls().map((call) => [call.action, call.acted])).toEqual([[action, true]]);
    });

    test.each<FaultKind>(["error500", "error503", "html"])(
      "CreateAccessKey is sent once (%s), its effect unknown",
      async (kind) => {
        sandbox.faults.add({ action: "CreateAccessKey", kind, acts: true });
        await iam.deleteAccessKey(user(), spare);
        sandbox.forgetCalls();
        expect((await failing(iam.createAccessKey(user()))).effect).toBe("unknown");
        expect(sandbox.calls()).toHaveLength(1);
      },
    );

    test.each(Object.entries({ ...repeated, ...once }))(
      "%s waits out throttling",
      async (action, ask) => {
        if (action === "CreateAccessKey") await iam.deleteAccessKey(user(), spare);
        sandbox.forgetCalls();
        sandbox.faults.add({ action, kind: "throttle", times: 2 });
        await ask(iam);
        expect(sent()).toEqual([`${action} Throttling`, `${action} Throttling`, `${action} ok`]);
      },
    );

    test("always throttled: nothing was done", async () => {
      sandbox.faults.add({ action: "CreateAccessKey", kind: "throttle", times: 100 });
      const error = await failing(iam.createAccessKey(user()));
      expect([error.code, error.effect]).toEqual(["AWS_THROTTLED", "nothing-done"]);
    });

    test.each(["EntityTemporarilyUnmodifiable", "ConcurrentModification"])(
      "%s is waited out where a second time does no harm",
      async (code) => {
        const fault = { kind: "error", code, status: 409, message: "try again" } as const;
        sandbox.faults.add({ ...fault, action: "UpdateAccessKey" });
        await iam.setAccessKeyStatus(user(), spare, "Inactive");
        sandbox.faults.add({ ...fault, action: "CreateAccessKey" });
        const error = await failing(iam.createAccessKey(user()));
        expect([error.code, error.effect]).toEqual(["IAM_CONFLICT", "nothing-done"]);
        expect(sent()).toEqual([
          `UpdateAccessKey ${code}`,
          "UpdateAccessKey ok",
          `CreateAccessKey ${code}`,
        ]);
      },
    );

    test("a deletion refused at once was not ours", async () => {
      await iam.deleteAccessKey(user(), spare);
      expect((await failing(iam.deleteAccessKey(user(), spare))).code).toBe("IAM_ABSENT");
      sandbox.faults.add({ action: "DeleteAccessKey", kind: "throttle" });
      expect((await failing(iam.deleteAccessKey(user(), spare))).code).toBe("IAM_ABSENT");
    });

    test("a clock that is off is corrected for once, also where codes are sent", async () => {
      sandbox.settings.skewSeconds = 3600;
      await iam.deleteAccessKey(user(), spare);
      sandbox.forgetCalls();
      await iam.createAccessKey(user());
      expect(sent()).toEqual(["CreateAccessKey SignatureDoesNotMatch", "CreateAccessKey ok"]);
    });
  });
});

const operations: Readonly<Record<string, (iam: Iam) => Promise<unknown>>> = {
  ListAccessKeys: (iam) => iam.listAccessKeys(user()),
  CreateAccessKey: async (iam) => {
    const { accessKeyId } = await iam.createAccessKey(user());
    await iam.deleteAccessKey(user(), accessKeyId);
  },
  UpdateAccessKey: (iam) => iam.setAccessKeyStatus(user(), sandbox.main.accessKeyId, "Active"),
  GetAccessKeyLastUsed: (iam) => iam.lastUseOf(sandbox.main.accessKeyId),
  ListUserTags: (iam) => iam.listUserTags(user()),
  TagUser: (iam) => iam.tagUser(user(), { a: "b" }),
  UntagUser: (iam) => iam.untagUser(user(), ["a"]),
  ListMFADevices: (iam) => iam.listMfaDevices(user()),
  ListVirtualMFADevices: (iam) => iam.listVirtualMfaDevices(),
  CreateVirtualMFADevice: (iam) => iam.createVirtualMfaDevice("phone-2"),
  ResyncMFADevice: (iam) =>
    iam.resyncMfaDevice(user(), sandbox.main.serial, twoCodes(sandbox.main.serial)),
  DeactivateMFADevice: (iam) => iam.deactivateMfaDevice(user(), sandbox.main.serial),
};

async function deniedTo(iam: Iam): Promise<string[]> {
  const denied: string[] = [];
  for (const [action, ask] of Object.entries(operations)) {
    const error = await ask(iam).then(
      () => undefined,
      (reason: unknown) => reason as AwstError,
    );
    if (error === undefined) continue;
    expect(error).toMatchObject({ code: "AWS_DENIED", effect: "nothing-done" });
    expect(error.message).toMatch(new RegExp(`^AWS denied ${action}: .*iam:${action}`));
    denied.push(action);
  }
  return denied;
}

const keyActions = ["ListAccessKeys", "CreateAccessKey", "UpdateAccessKey"];
const tagActions = ["ListUserTags", "TagUser", "UntagUser"];

describe("the kickstarter's policies", () => {
  withFixture("kickstarter");

  test("keys want a code younger than four hours; no tags, no last use, one device's name", async () => {
    const never = ["GetAccessKeyLastUsed", ...tagActions, "CreateVirtualMFADevice"];
    expect(await deniedTo(iamAs(mainKeys()))).toEqual([...keyActions, ...never]);
  });

  test("with a code", async () => {
    const iam = await iamWithMfa();
    const denied = await deniedTo(iam);
    expect(denied).toEqual(["GetAccessKeyLastUsed", ...tagActions, "CreateVirtualMFADevice"]);
    sandbox.settings.signatureWindowSeconds = 86_400;
    sandbox.clock.advance(4 * 3600);
    expect(await failing(iam.listAccessKeys(user()))).toMatchObject({ code: "AWS_DENIED" });
  });
});

describe.each(["self-manage", "self-manage-own-name"] as const)(
  "AWS's documented policy: %s",
  (fixture) => {
    withFixture(fixture);

    test("without a code only devices may be set up", async () => {
      const denied = await deniedTo(iamAs(mainKeys()));
      expect(denied).toEqual([
        ...keyActions,
        "GetAccessKeyLastUsed",
        ...tagActions,
        ...(fixture === "self-manage" ? [] : ["CreateVirtualMFADevice"]),
        "DeactivateMFADevice",
      ]);
    });

    test("with one, own keys too", async () => {
      expect(await deniedTo(await iamWithMfa())).toEqual([
        ...(fixture === "self-manage" ? [] : ["GetAccessKeyLastUsed"]),
        ...tagActions,
        ...(fixture === "self-manage" ? [] : ["CreateVirtualMFADevice"]),
      ]);
    });
  },
);
