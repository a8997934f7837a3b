// The fake IAM of the flows' tests, compared with the sandbox: the same calls to both must have the
// same at every step.

import { describe, expect, test } from "vitest";
import { codeShown } from "../../sandbox/cloud/mfa-device.ts";
import { type FixtureName, startSandbox } from "../../sandbox/sandbox.ts";
import { openAws } from "../../src/adapters/aws/aws.ts";
import { openIam } from "../../src/adapters/aws/aws-iam.ts";
import { AwstError } from "../../src/model/errors.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Keys } from "../../src/model/session/session.ts";
import type { Aws } from "../../src/ports/aws.ts";
import type { Iam } from "../../src/ports/iam.ts";
import { fakeDevice } from "../support/fake-aws.ts";
import { configurationOf, makeFakeMachine } from "../support/fake-context.ts";
import { type FakeIam, fakePolicies } from "../support/fake-iam.ts";

const delays = [
  "newKeySeenAfterSeconds",
  "newKeyFlapsForSeconds",
  "newKeyListedAfterSeconds",
  "deactivationDelaySeconds",
] as const;

/** AWS, the one or the other. */
interface Stage extends AsyncDisposable {
  readonly user: string;
  readonly device: string;
  readonly keys: Keys;
  iam(keys: Keys): Iam;
  aws(keys: Keys): Aws;
  code(device: string, steps?: number): Secret;
  advance(seconds: number): void;
  set(name: (typeof delays)[number], seconds: number): void;
}

const region = "eu-west-1";
const policyOf = {
  kickstarter: fakePolicies.kickstarter,
  open: fakePolicies.open,
  "self-manage": fakePolicies.selfManage,
  "self-manage-own-name": fakePolicies.selfManageOwnName,
} satisfies Record<FixtureName, FakeIam["policy"]>;

function fakeStage(fixture: FixtureName): Stage {
  const machine = makeFakeMachine(configurationOf([]));
  machine.iam.policy = policyOf[fixture];
  const secretAccessKey = new Secret("x".repeat(40));
  return {
    user: machine.aws.userName,
    device: fakeDevice,
    keys: { accessKeyId: "AKIAFAKEFAKEFAKEFAKE", secretAccessKey },
    iam: (keys) => machine.iam.open(keys),
    aws: (keys) => machine.aws.open(keys),
    code: (device, steps = 0) => {
      const step = Math.floor(machine.time.getTime() / 30_000) + steps;
      return new Secret(machine.aws.codeShown(device, step));
    },
    advance: (seconds) => machine.advance(seconds),
    set: (name, seconds) => {
      machine.iam[name] = seconds;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

async function sandboxStage(fixture: FixtureName): Promise<Stage> {
  const sandbox = await startSandbox({ fixture });
  const { main, cloud, clock, settings } = sandbox;
  settings.signatureWindowSeconds = 10 * 86_400;
  const options = {
    env: { AWS_ENDPOINT_URL: sandbox.url },
    debug: () => {},
    iam: () => import("../../src/adapters/aws/aws-iam-call.ts"),
  };
  const names = {
    newKeySeenAfterSeconds: "newKeyVisibleAfterSeconds",
    newKeyFlapsForSeconds: "newKeyFlapsForSeconds",
    newKeyListedAfterSeconds: "newKeyListedAfterSeconds",
    deactivationDelaySeconds: "deactivationDelaySeconds",
  } as const;
  return {
    user: main.userName,
    device: main.serial,
    keys: { accessKeyId: main.accessKeyId, secretAccessKey: new Secret(main.secretAccessKey) },
    iam: (keys) => openIam(keys, region, options),
    aws: (keys) => openAws(keys, region, options),
    code: (device, steps = 0) => new Secret(codeShown(cloud.device(device), clock.now(), steps)),
    advance: (seconds) => clock.advance(seconds),
    set: (name, seconds) => {
      settings[names[name]] = seconds;
    },
    [Symbol.asyncDispose]: () => sandbox.stop(),
  };
}

async function ending(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "done";
  } catch (error) {
    if (!(error instanceof AwstError)) throw error;
    return error.code;
  }
}

async function withMfa(stage: Stage): Promise<Iam> {
  const ask = { device: stage.device, code: stage.code(stage.device), durationSeconds: 43_200 };
  const { keys } = await stage.aws(stage.keys).getSessionToken(ask);
  stage.advance(60);
  return stage.iam(keys);
}

type Story = (stage: Stage, record: (line: unknown) => void) => Promise<void>;

const stories: Readonly<Record<string, Story>> = {
  "a key's life": async (stage, record) => {
    const { user } = stage;
    const iam = await withMfa(stage);
    const made = await iam.createAccessKey(user);
    const works = async (keys: Keys = made) =>
      record(await ending(stage.aws(keys).getCallerIdentity()));
    const list = async () =>
      record((await iam.listAccessKeys(user)).keys.map(({ status }) => status));
    await works();
    await works({ ...made, secretAccessKey: new Secret("x".repeat(40)) });
    record(await ending(iam.createAccessKey(user)));
    await list();
    await iam.setAccessKeyStatus(user, made.accessKeyId, "Inactive");
    await works();
    await list();
    record(await ending(iam.createAccessKey(user)));
    await iam.setAccessKeyStatus(user, made.accessKeyId, "Active");
    await works();
    record(await ending(iam.deleteAccessKey(user, made.accessKeyId)));
    await works();
    await list();
    for (const ask of [
      iam.deleteAccessKey(user, made.accessKeyId),
      iam.setAccessKeyStatus(user, made.accessKeyId, "Active"),
      iam.lastUseOf(made.accessKeyId),
      iam.createAccessKey(user),
    ]) {
      record(await ending(ask));
    }
  },

  "a new key is unseen, then flaps, then is there": async (stage, record) => {
    stage.set("newKeySeenAfterSeconds", 20);
    stage.set("newKeyFlapsForSeconds", 20);
    stage.set("newKeyListedAfterSeconds", 10);
    const iam = await withMfa(stage);
    const made = await iam.createAccessKey(stage.user);
    for (let second = 0; second < 50; second += 5) {
      record((await iam.listAccessKeys(stage.user)).keys.length);
      record(await ending(stage.aws(made).getCallerIdentity()));
      stage.advance(5);
    }
  },

  "a key works on for a while": async (stage, record) => {
    stage.set("deactivationDelaySeconds", 20);
    const iam = await withMfa(stage);
    const made = await iam.createAccessKey(stage.user);
    const watch = async () => {
      for (let second = 0; second < 30; second += 6) {
        record(await ending(stage.aws(made).getCallerIdentity()));
        stage.advance(6);
      }
    };
    await iam.setAccessKeyStatus(stage.user, made.accessKeyId, "Inactive");
    await watch();
    await iam.setAccessKeyStatus(stage.user, made.accessKeyId, "Active");
    await iam.deleteAccessKey(stage.user, made.accessKeyId);
    await watch();
  },

  "a session lives on without its key": async (stage, record) => {
    const iam = await withMfa(stage);
    await iam.createAccessKey(stage.user);
    await iam.setAccessKeyStatus(stage.user, stage.keys.accessKeyId, "Inactive");
    record(await ending(stage.aws(stage.keys).getCallerIdentity()));
    record((await iam.listAccessKeys(stage.user)).keys.map(({ status }) => status));
    await iam.deleteAccessKey(stage.user, stage.keys.accessKeyId);
    record((await iam.listAccessKeys(stage.user)).keys.length);
  },

  "tags are compared without case": async (stage, record) => {
    const iam = await withMfa(stage);
    const { user } = stage;
    record(await ending(iam.tagUser(user, { AKIAONE: "a", Team: "" })));
    record(await ending(iam.tagUser(user, { akiaone: "b" })));
    record(await ending(iam.tagUser(user, { other: "#" })));
    record(await ending(iam.tagUser(user, { other: "x".repeat(257) })));
    record(await ending(iam.tagUser(user, { other: "aws:x" })));
    record(Object.entries((await iam.listUserTags(user)).tags).sort());
    record(await ending(iam.untagUser(user, ["TEAM", "none"])));
    record((await iam.listUserTags(user)).tags);
    const many = Array.from({ length: 50 }, (_, n) => [`k${n}`, ""]);
    record(await ending(iam.tagUser(user, Object.fromEntries(many))));
    record((await iam.listUserTags(user)).tags);
  },

  "a device's life": async (stage, record) => {
    const iam = await withMfa(stage);
    const { user } = stage;
    const made = await iam.createVirtualMfaDevice("phone");
    record([made.serial, made.seed.reveal().length]);
    record(await ending(iam.createVirtualMfaDevice("phone")));
    const own = async () => record((await iam.listMfaDevices(user)).devices.length);
    const all = async () => {
      const { devices } = await iam.listVirtualMfaDevices();
      const phone = devices.find(({ serial }) => serial === made.serial);
      record([phone?.userName === user, phone?.enabledAt !== undefined]);
    };
    await own();
    await all();
    const enable = async (first: number, second: number) => {
      const codes = [stage.code(made.serial, first), stage.code(made.serial, second)] as const;
      record(await ending(iam.enableMfaDevice(user, made.serial, codes)));
    };
    await enable(-10, -9);
    await enable(-1, -1);
    await enable(0, -1);
    stage.advance(300);
    await enable(-1, 0);
    await enable(-1, 0);
    await own();
    await all();
    const signIn = async (steps: number) => {
      const code = stage.code(made.serial, steps);
      const ask = { device: made.serial, code, durationSeconds: 3600 };
      record(await ending(stage.aws(stage.keys).getSessionToken(ask)));
    };
    await signIn(0);
    stage.advance(30);
    await signIn(0);
    await signIn(0);
    record(await ending(iam.deleteVirtualMfaDevice(made.serial)));
    record(await ending(iam.deactivateMfaDevice(user, made.serial)));
    record(await ending(iam.deactivateMfaDevice(user, made.serial)));
    stage.advance(30);
    await signIn(0);
    await own();
    record(await ending(iam.deleteVirtualMfaDevice(made.serial)));
    record(await ending(iam.deleteVirtualMfaDevice(made.serial)));
    const codes = [new Secret("000000"), new Secret("000001")] as const;
    record(await ending(iam.enableMfaDevice(user, made.serial, codes)));
  },
};

const actions: Readonly<Record<string, (iam: Iam, stage: Stage) => Promise<unknown>>> = {
  ListAccessKeys: (iam, { user }) => iam.listAccessKeys(user),
  CreateAccessKey: async (iam, { user }) => {
    const { accessKeyId } = await iam.createAccessKey(user);
    await iam.deleteAccessKey(user, accessKeyId);
  },
  UpdateAccessKey: (iam, { user, keys }) =>
    iam.setAccessKeyStatus(user, keys.accessKeyId, "Active"),
  GetAccessKeyLastUsed: (iam, { keys }) => iam.lastUseOf(keys.accessKeyId),
  ListUserTags: (iam, { user }) => iam.listUserTags(user),
  TagUser: (iam, { user }) => iam.tagUser(user, { a: "b" }),
  UntagUser: (iam, { user }) => iam.untagUser(user, ["a"]),
  ListMFADevices: (iam, { user }) => iam.listMfaDevices(user),
  ListVirtualMFADevices: (iam) => iam.listVirtualMfaDevices(),
  "CreateVirtualMFADevice, another name": (iam) => iam.createVirtualMfaDevice("phone"),
  "CreateVirtualMFADevice, own name": (iam, { user }) => iam.createVirtualMfaDevice(user),
  "DeleteVirtualMFADevice, own name": (iam, { device }) => iam.deleteVirtualMfaDevice(device),
  "another's keys": (iam) => iam.listAccessKeys("another-user"),
  EnableMFADevice: (iam, stage) =>
    iam.enableMfaDevice(stage.user, stage.device, [
      stage.code(stage.device, -1),
      stage.code(stage.device),
    ]),
  ResyncMFADevice: (iam, stage) =>
    iam.resyncMfaDevice(stage.user, stage.device, [
      stage.code(stage.device, -1),
      stage.code(stage.device),
    ]),
  DeactivateMFADevice: (iam, { user, device }) => iam.deactivateMfaDevice(user, device),
};

const recordEveryAction =
  (open: (stage: Stage) => Promise<Iam>): Story =>
  async (stage, record) => {
    const iam = await open(stage);
    for (const [action, ask] of Object.entries(actions)) {
      record(`${action}: ${await ending(ask(iam, stage))}`);
    }
  };

const byPolicy: Readonly<Record<string, Story>> = {
  "without a code": recordEveryAction(async (stage) => stage.iam(stage.keys)),
  "with a code": recordEveryAction(withMfa),
  "with a code of five hours ago": recordEveryAction(async (stage) => {
    const iam = await withMfa(stage);
    stage.advance(5 * 3600);
    return iam;
  }),
};

async function runStory(story: Story, stage: Stage): Promise<unknown[]> {
  await using here = stage;
  const lines: unknown[] = [];
  await story(here, (line) => void lines.push(line));
  return lines;
}

async function compareStory(story: Story, fixture: FixtureName): Promise<void> {
  const real = await runStory(story, await sandboxStage(fixture));
  expect(real.length).toBeGreaterThan(2);
  expect(await runStory(story, fakeStage(fixture))).toEqual(real);
}

describe("allowed everything", () => {
  test.each(Object.entries(stories))("%s", (_, story) => compareStory(story, "open"));
});

describe.each(["kickstarter", "self-manage", "self-manage-own-name"] as const)("%s", (fixture) => {
  test.each(Object.entries(byPolicy))("%s", (_, story) => compareStory(story, fixture));
});
