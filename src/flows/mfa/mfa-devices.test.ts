import { describe, expect, test } from "vitest";
import {
  type EnrolmentScene,
  makeEnrolmentScene,
  type PolicyName,
  policyNames,
  type RunEnd,
  type RunHow,
  type Typed,
} from "../../../test/support/enrolment-scene.ts";
import { fakePolicies } from "../../../test/support/fake-iam.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { Secret } from "../../model/secret.ts";
import { awsFactsName, decodeAwsFacts } from "../../model/session/aws-facts.ts";
import { chooseDevice, lookupUser } from "../session/lookup-user.ts";
import { openIdentity } from "../session/open-identity-context.ts";

const add = { command: "add" } as const;
const replace = { command: "replace" } as const;
const serial = (name: string) => `arn:aws:iam::111111111111:mfa/${name}`;

function text({ messages }: RunEnd): string {
  return messages.join("\n");
}

async function calls(scene: EnrolmentScene, work: () => Promise<unknown>): Promise<string[]> {
  const before = scene.machine.aws.calls.length;
  await work();
  return scene.machine.aws.calls.slice(before);
}

function lastUsed({ machine }: EnrolmentScene): string | undefined {
  const { users } = decodeAwsFacts(machine.state.get(awsFactsName), machine.time);
  return users["AKIAFAKEFAKEFAKEFAKE"]?.lastUsed;
}

function isLeftClean(scene: EnrolmentScene): unknown {
  return [scene.pending(), scene.strays()];
}

describe.each(policyNames)("a first device under %s", (policy) => {
  test("two codes enable it, a third verifies it at STS, and nothing is left behind", async () => {
    const scene = makeEnrolmentScene(policy);
    const end = await scene.run(add);
    expect(end.error).toBeUndefined();
    expect(end.asked).toEqual([
      "First code of user",
      "Next code of user",
      "Third code of user, to verify the device",
    ]);
    expect(scene.working()).toEqual([serial("user")]);
    expect(text(end)).toContain("added MFA device user (111111111111)");
    expect(isLeftClean(scene)).toEqual([undefined, []]);
    expect(scene.storedSeeds()).toEqual([]);
    expect(scene.machine.items.has("mfa-session/main-account")).toBe(true);
    expect(lastUsed(scene)).toBe(serial("user"));
  });

  test("--store: codes are generated without a prompt, the seed is stored, and the risk is reported", async () => {
    const scene = makeEnrolmentScene(policy);
    const end = await scene.run({ ...add, options: { store: true } }, { alone: true });
    expect(end.error).toBeUndefined();
    expect(scene.working()).toEqual([serial("user")]);
    expect(scene.storedSeeds()).toHaveLength(1);
    expect(text(end)).toContain("can make them too");
    expect(isLeftClean(scene)).toEqual([undefined, []]);
  });

  test("its seed is in the keychain before the first prompt, and deleted after the verification", async () => {
    const scene = makeEnrolmentScene(policy);
    const { items, iam } = scene.machine;
    const seen: boolean[] = [];
    const checkSeed = () => {
      const seed = iam.virtualDevices.get(serial("user"))?.seed ?? "no seed";
      const item = items.get("pending-mfa-seed/main-account")?.reveal();
      seen.push(item?.includes(seed) === true);
      return undefined;
    };
    await scene.run(add, { types: checkSeed });
    expect(seen).toEqual([true, true, true]);
    expect(items.has("pending-mfa-seed/main-account")).toBe(false);
  });

  const allowsDeletion = policy === "open" || policy === "kickstarter";
  test.each([0, 1, 2])(
    "Ctrl-C at prompt %i: deleted, or resumed by the next run; never deleted once AWS enabled it",
    async (stopAt) => {
      const scene = makeEnrolmentScene(policy);
      const end = await scene.run(add, { stopAt });
      expect(end.error).toMatchObject({ code: "INTERRUPTED" });
      const made = [...scene.machine.iam.virtualDevices.keys()];
      if (allowsDeletion && stopAt < 2) {
        expect(made).toEqual([]);
        expect(scene.pending()).toBeUndefined();
        expect(text(end)).toContain("deleted the new device user");
        return;
      }
      expect(made).toEqual([serial("user")]);
      expect(scene.pending()).toBe("enrolment, a seed");
      expect(text(end)).toContain("to resume its enrolment: awst mfa add");
      const { seed } = scene.machine.iam.virtualDevices.get(serial("user")) ?? {};
      scene.machine.advance(60);
      const next = await scene.run(add);
      expect(next.error).toBeUndefined();
      expect(text(next)).toContain("resuming the enrolment of device user");
      expect(scene.machine.iam.virtualDevices.get(serial("user"))?.seed).toBe(seed);
      expect(next.asked).toHaveLength(stopAt === 2 ? 1 : 3);
      expect(isLeftClean(scene)).toEqual([undefined, []]);
    },
  );
});

describe.each(policyNames)("a device that AWS enabled is never deleted, under %s", (policy) => {
  type Stop = (scene: EnrolmentScene) => RunHow;
  const isThird = ({ text: asked }: { readonly text: string }) => /^Third code/.test(asked);
  const hasNew = ({ aws, iam }: EnrolmentScene["machine"]) =>
    aws.devices.some((device) => iam.virtualDevices.get(device)?.seed !== undefined);
  const interrupt: Stop = () => ({
    types: (question) => {
      if (isThird(question)) throw new AwstError("INTERRUPTED", "interrupted");
      return undefined;
    },
  });
  const wrongCodes: Stop = ({ machine }) => {
    let attempts = 4;
    return {
      types: (question) => {
        while (isThird(question) && attempts-- > 0) {
          machine.aws.failNext("GetSessionToken", "AWS_CODE_REFUSED");
        }
        return undefined;
      },
    };
  };
  const closedWhileWaiting: Stop = () => ({
    within: (machine, process) => {
      const context = machine.process(process);
      const terminal = context.terminal;
      return {
        ...context,
        terminal: async () => ({
          ...(await terminal()),
          countDown: async (waitText, until) => {
            if (hasNew(machine)) throw new AwstError("INTERRUPTED", "interrupted");
            return (await terminal()).countDown(waitText, until);
          },
        }),
      };
    },
  });
  const stops: readonly (readonly [string, Stop])[] = [
    ["Ctrl-C, Ctrl-D or a closed terminal at the third code", interrupt],
    ["the same while the third code is awaited", closedWhileWaiting],
    ["every third code refused", wrongCodes],
  ];
  const isOneName = policy === "kickstarter" || policy === "selfManageOwnName";
  const scenes: readonly (readonly [string, readonly string[], Typed])[] = [
    ["a first device", [], add],
    ...(isOneName ? [] : [["a second device", ["user"], add] as const]),
    ["a replacement", ["user"], replace],
    ["a first device with --store", [], { ...add, options: { store: true } }],
  ];
  for (const [what, devices, typed] of scenes) {
    for (const [how, stop] of stops) {
      const isStored = typed.options !== undefined && "store" in typed.options;
      if (isStored && stop !== closedWhileWaiting) continue;
      test(`${what}; ${how}: the next run only verifies it`, async () => {
        const scene = makeEnrolmentScene(policy, devices);
        const { aws, iam } = scene.machine;
        const end = await scene.run(typed, stop(scene));
        expect(isAwstError(end.error, "INTERRUPTED", "AWS_CODE_REFUSED")).toBe(true);
        const seeded = aws.devices.filter((device) => iam.virtualDevices.get(device)?.seed);
        expect(seeded).toHaveLength(1);
        const { command } = typed;
        expect(text(end)).toMatch(new RegExp(`to resume .*: awst mfa ${command}$`, "m"));
        expect(text(end)).not.toContain("deleted the new device");
        const listed = await scene.run({ command: "list" });
        expect(text(listed)).toContain(`not complete: awst mfa ${command}`);
        scene.machine.advance(90);
        const before = aws.calls.length;
        const next = await scene.run(typed);
        expect(next.error).toBeUndefined();
        expect(next.asked).toHaveLength(isStored ? 0 : 1);
        expect(aws.calls.slice(before)).not.toContain("CreateVirtualMFADevice");
        expect(aws.calls.slice(before)).not.toContain("EnableMFADevice");
        expect(scene.working()).toEqual(expect.arrayContaining(seeded));
        expect(isLeftClean(scene)).toEqual([undefined, []]);
      });
    }
  }
});

describe("typed codes are checked before they are sent", () => {
  const firstAnswers = async (...answers: ((scene: EnrolmentScene) => string)[]) => {
    const scene = makeEnrolmentScene("open");
    const types = () => answers.shift()?.(scene);
    let end: RunEnd | undefined;
    const sent = await calls(scene, async () => {
      end = await scene.run(add, { types });
    });
    expect(end?.error).toBeUndefined();
    expect(sent.filter((call) => call === "EnableMFADevice")).toHaveLength(1);
    return end?.messages.join("\n") ?? "";
  };
  const shown = (scene: EnrolmentScene, offset = 0) => {
    const step = Math.floor(scene.machine.time.getTime() / 30_000);
    return scene.machine.aws.codeShown(serial("user"), step + offset);
  };

  test("a wrong code", async () => {
    const messages = await firstAnswers(() => "000000");
    expect(messages).toContain("that is not a code of this device");
  });

  test("an expired code", async () => {
    expect(await firstAnswers((scene) => shown(scene, -2))).toContain("expired");
  });

  test("a phone whose clock is wrong", async () => {
    const messages = await firstAnswers((scene) => shown(scene, -6));
    expect(messages).toContain("the device's clock is about 3 min behind");
  });

  test("the same code again: the next one is awaited", async () => {
    const messages = await firstAnswers(shown, shown, shown);
    expect(messages).toContain("the same code again");
  });

  test("a skipped code: the typed one counts as the first", async () => {
    const messages = await firstAnswers(shown, (scene) => {
      scene.machine.advance(60);
      return shown(scene);
    });
    expect(messages).toContain("a code was skipped");
  });

  test("codes are checked at AWS's time, not this machine's", async () => {
    const scene = makeEnrolmentScene("open");
    scene.machine.skewMs = 7 * 60_000;
    const end = await scene.run(add);
    expect(end.error).toBeUndefined();
    expect(text(end)).toContain("your clock is 7 min behind");
  });

  test("no code is sent twice", async () => {
    const scene = makeEnrolmentScene("open");
    await scene.run(add);
    const { calls: _calls, sentCodes } = scene.machine.aws;
    expect(new Set(sentCodes).size).toBe(sentCodes.length);
  });
});

describe("before AWS creates a device", () => {
  test("without a terminal: CODE_NEEDED, and the command that needs none", async () => {
    const scene = makeEnrolmentScene("open");
    const { error } = await scene.run({ ...add, name: "laptop" }, { alone: true });
    expect(error).toMatchObject({ code: "CODE_NEEDED", hint: "awst mfa add laptop --store" });
    expect(scene.machine.aws.calls).not.toContain("CreateVirtualMFADevice");
  });

  test("the ninth device is refused", async () => {
    const eight = Array.from({ length: 8 }, (_, n) => `d${n}`);
    for (const typed of [add, { ...replace, options: { device: "d1" } }]) {
      const scene = makeEnrolmentScene("open", eight);
      const { error, asked } = await scene.run(typed);
      expect(error).toMatchObject({ code: "IAM_QUOTA", message: expect.stringContaining("limit") });
      expect(asked).toEqual([]);
      expect(scene.pending()).toBeUndefined();
    }
  });

  test("a keychain that stores nothing: no device is created", async () => {
    const scene = makeEnrolmentScene("open");
    const { error } = await scene.run(add, {
      within: (machine, process) => {
        const context = machine.process(process);
        const refuse = async () => {
          throw new Error("the keychain is full");
        };
        return {
          ...context,
          keychain: async (backend) => ({ ...(await context.keychain(backend)), write: refuse }),
        };
      },
    });
    expect(error).toMatchObject({ message: "the keychain is full" });
    expect(scene.machine.aws.calls).not.toContain("CreateVirtualMFADevice");
  });
});

describe("names", () => {
  const takeName = (scene: EnrolmentScene, name: string) =>
    scene.machine.iam.virtualDevices.set(serial(name), {
      seed: "A".repeat(64),
      enabledAt: undefined,
    });

  test.each(["open", "kickstarter"] as const)(
    "an abandoned device with the user's name is deleted (%s)",
    async (policy) => {
      const scene = makeEnrolmentScene(policy);
      takeName(scene, "user");
      const end = await scene.run(add);
      expect(end.error).toBeUndefined();
      expect(text(end)).toContain("deleted device user, which was created and never enabled");
      expect(scene.working()).toEqual([serial("user")]);
    },
  );

  test("an abandoned device that cannot be deleted is reported, and another name is used", async () => {
    const scene = makeEnrolmentScene("selfManage");
    takeName(scene, "user");
    const end = await scene.run(add);
    expect(end.error).toBeUndefined();
    expect(text(end)).toContain(
      `aws iam delete-virtual-mfa-device --serial-number ${serial("user")}`,
    );
    expect(scene.working()).toEqual([serial("user-2")]);
  });

  test("the same if only the user's name is allowed: an administrator is needed", async () => {
    const scene = makeEnrolmentScene("selfManageOwnName");
    takeName(scene, "user");
    const end = await scene.run(add);
    expect(end.error).toMatchObject({ code: "DEVICE_NAME_DENIED" });
    expect(text(end)).toContain(
      `aws iam delete-virtual-mfa-device --serial-number ${serial("user")}`,
    );
    expect(scene.pending()).toBeUndefined();
  });

  test("a second device gets the next free name", async () => {
    const scene = makeEnrolmentScene("open", ["user", "user-2"]);
    const { error } = await scene.run(add, {
      types: ({ text: asked }) => (/Which/.test(asked) ? serial("user") : undefined),
    });
    expect(error).toBeUndefined();
    expect(scene.working()).toEqual([serial("user"), serial("user-2"), serial("user-3")]);
  });

  test("a requested name that the user's own device has", async () => {
    const scene = makeEnrolmentScene("open", ["user"]);
    const { error } = await scene.run({ ...add, name: "user" });
    expect(error).toMatchObject({ code: "IAM_EXISTS", hint: "awst mfa replace --device user" });
  });

  test("a requested name of a device that is not enabled: deleted after a confirmation", async () => {
    const scene = makeEnrolmentScene("open");
    takeName(scene, "laptop");
    const no = await scene.run({ ...add, name: "laptop" }, { types: () => "n" });
    expect(no.error).toMatchObject({ code: "IAM_EXISTS", hint: "awst mfa add user" });
    const yes = await scene.run({ ...add, name: "laptop" });
    expect(yes.error).toBeUndefined();
    expect(scene.working()).toEqual([serial("laptop")]);
  });

  test("a name that the policy does not allow", async () => {
    const scene = makeEnrolmentScene("kickstarter");
    const { error } = await scene.run({ ...add, name: "laptop" });
    expect(error).toMatchObject({ code: "DEVICE_NAME_DENIED", hint: "awst mfa add" });
    expect(isLeftClean(scene)).toEqual([undefined, []]);
  });

  test("an invalid name: USAGE", async () => {
    const scene = makeEnrolmentScene("open");
    const { error } = await scene.run({ ...add, name: "my phone" });
    expect(error).toMatchObject({ code: "USAGE" });
  });
});

describe("further devices", () => {
  test("are created in an MFA session that another device opened", async () => {
    const scene = makeEnrolmentScene("open", ["user"]);
    const sent = await calls(scene, () => scene.run(add));
    const opened = sent.indexOf("GetSessionToken");
    expect(opened).toBeGreaterThanOrEqual(0);
    expect(opened).toBeLessThan(sent.indexOf("CreateVirtualMFADevice"));
  });

  test("--device names the device whose code is asked for", async () => {
    const scene = makeEnrolmentScene("open", ["phone", "token"]);
    const end = await scene.run({ ...add, options: { device: "token" } });
    expect(end.error).toBeUndefined();
    expect(end.asked[0]).toContain("MFA code of token");
    scene.machine.advance(40 * 3600);
    const none = await scene.run({ ...add, options: { device: "tablet" } });
    expect(none.error).toMatchObject({ code: "DEVICE_MISSING" });
  });

  test("the reply to CreateVirtualMFADevice is lost: that device is deleted, and another created", async () => {
    const scene = makeEnrolmentScene("open");
    scene.machine.aws.failNext("CreateVirtualMFADevice", "AWS_UNREACHABLE", {
      acted: true,
      effect: "unknown",
    });
    const { error } = await scene.run(add);
    expect(error).toBeUndefined();
    expect(scene.working()).toEqual([serial("user")]);
    expect(isLeftClean(scene)).toEqual([undefined, []]);
  });

  test("another NAME while an enrolment is unfinished: that device is deleted, or completed if AWS denies it", async () => {
    for (const policy of ["open", "selfManage"] as const) {
      const scene = makeEnrolmentScene(policy);
      scene.machine.aws.failNext("EnableMFADevice", "AWS_UNREACHABLE", { effect: "nothing-done" });
      await scene.run(add);
      scene.machine.advance(90);
      const { error } = await scene.run({ ...add, name: "laptop" });
      expect(error).toBeUndefined();
      expect(scene.working()).toEqual([serial(policy === "open" ? "laptop" : "user")]);
      expect(isLeftClean(scene)).toEqual([undefined, []]);
    }
  });
});

describe("a replacement", () => {
  test("the new device is verified before the old one is deleted", async () => {
    const scene = makeEnrolmentScene("open", ["user"]);
    const sent = await calls(scene, () => scene.run(replace));
    const order = [
      "EnableMFADevice",
      "GetSessionToken",
      "DeactivateMFADevice",
      "DeleteVirtualMFADevice",
    ];
    expect(order.map((call) => sent.lastIndexOf(call))).toEqual(
      order.map((call) => sent.lastIndexOf(call)).sort((a, b) => a - b),
    );
    expect(scene.working()).toEqual([serial("user-2")]);
    expect([...scene.machine.iam.virtualDevices.keys()]).toEqual([serial("user-2")]);
    expect(lastUsed(scene)).toBe(serial("user-2"));
  });

  test("the configuration names the old device: the line to change is printed", async () => {
    const scene = makeEnrolmentScene("open", ["user"], { device: serial("user") });
    const end = await scene.run(replace);
    expect(text(end)).toContain(`under [mfa], set device = "${serial("user-2")}"`);
  });

  const sameName: readonly PolicyName[] = ["kickstarter", "selfManageOwnName"];
  test.each(sameName)(
    "if only one name is allowed (%s): after a confirmation, the old device is deleted first",
    async (policy) => {
      const scene = makeEnrolmentScene(policy, ["user"]);
      const end = await scene.run(replace);
      expect(end.error).toBeUndefined();
      expect(end.asked).toContain("Delete device user first, then create the new one?");
      expect(scene.working()).toEqual([serial("user")]);
      expect(scene.machine.iam.virtualDevices.get(serial("user"))?.seed).toBeDefined();
      expect(isLeftClean(scene)).toEqual([undefined, []]);
    },
  );

  test.each(sameName)(
    "the same with a session that is an hour old (%s): one fresh code first",
    async (policy) => {
      const scene = makeEnrolmentScene(policy, ["user"]);
      await scene.run(replace, {
        types: ({ text: asked }) => (/^Delete/.test(asked) ? "n" : undefined),
      });
      scene.machine.advance(3600);
      const end = await scene.run(replace);
      expect(end.error).toBeUndefined();
      expect(end.asked.filter((question) => /^MFA code of user/.test(question))).toHaveLength(1);
    },
  );

  test.each(sameName)("not confirmed (%s): nothing changes", async (policy) => {
    const scene = makeEnrolmentScene(policy, ["user"]);
    const end = await scene.run(replace, {
      types: ({ text: asked }) => (/^Delete/.test(asked) ? "n" : undefined),
    });
    expect(end.error).toMatchObject({ code: "NOT_CONFIRMED", hint: undefined });
    expect(scene.machine.aws.devices).toEqual([serial("user")]);
    expect(isLeftClean(scene)).toEqual([undefined, []]);
  });

  test("one name only, and no deletion: the old device is enabled again with its own codes", async () => {
    const scene = makeEnrolmentScene("open", ["user"]);
    scene.machine.iam.policy = (action, age, isOwnName) =>
      action !== "DeleteVirtualMFADevice" && fakePolicies.selfManageOwnName(action, age, isOwnName);
    const end = await scene.run(replace);
    expect(end.error).toMatchObject({
      code: "DEVICE_NAME_DENIED",
      message: expect.stringContaining("works as before"),
    });
    expect(scene.machine.aws.devices).toEqual([serial("user")]);
    expect(isLeftClean(scene)).toEqual([undefined, []]);
  });

  test("interrupted after the old device is deleted: the command that resumes is printed", async () => {
    const scene = makeEnrolmentScene("kickstarter", ["user"]);
    const end = await scene.run(replace, { stopAt: 2 });
    expect(end.error).toMatchObject({ code: "INTERRUPTED" });
    expect(end.asked.at(-1)).toBe("First code of user");
    expect(text(end)).toContain("to resume the replacement: awst mfa replace");
  });

  test("a stored seed of an older device with the same name is deleted", async () => {
    const scene = makeEnrolmentScene("open");
    const old = { version: 1, kind: "seed", serial: serial("user"), seed: "A".repeat(64) };
    const item = `mfa-seed/main-account/${encodeURIComponent(serial("user"))}`;
    scene.machine.items.set(item, new Secret(JSON.stringify(old)));
    const end = await scene.run(add);
    expect(end.error).toBeUndefined();
    expect(text(end)).toContain("deleted the stored seed of an earlier device named user");
    expect(scene.storedSeeds()).toEqual([]);
  });

  test("without a terminal, the old device is not deleted first", async () => {
    const scene = makeEnrolmentScene("kickstarter", ["user"]);
    const within: NonNullable<Parameters<EnrolmentScene["run"]>[1]>["within"] = (machine) =>
      machine.process({
        env: {
          AWST_MFA_CODE: machine.aws.codeShown(
            serial("user"),
            Math.floor(machine.time.getTime() / 30_000),
          ),
        },
      });
    const end = await scene.run({ ...replace, options: { store: true } }, { within });
    expect(end.error).toMatchObject({ code: "CONFIRMATION_NEEDED" });
    expect(scene.machine.aws.devices).toEqual([serial("user")]);
    expect(scene.pending()).toBeUndefined();
  });

  test("interrupted after the old device is deleted: `mfa add` and `mfa replace` both resume", async () => {
    for (const next of [add, replace]) {
      const scene = makeEnrolmentScene("kickstarter", ["user"]);
      const stopped = await scene.run(replace, {
        types: ({ text: asked }) => {
          if (/^First code/.test(asked)) throw Object.assign(new Error("killed"));
          return undefined;
        },
      });
      expect(stopped.error).toMatchObject({ message: "killed" });
      expect(scene.machine.aws.devices).toEqual([]);
      scene.machine.advance(60);
      const end = await scene.run(next);
      expect(end.error).toBeUndefined();
      expect(text(end)).toContain("resuming the replacement of device user");
      expect(scene.working()).toEqual([serial("user")]);
      expect(isLeftClean(scene)).toEqual([undefined, []]);
    }
  });
});

test("while a replacement is unfinished, the list and a session name `awst mfa replace` only", async () => {
  const scene = makeEnrolmentScene("kickstarter", ["user"]);
  await scene.run(replace, { stopAt: 2 });
  expect(scene.machine.aws.devices).toEqual([]);
  const listed = await scene.run({ command: "list" });
  expect(text(listed)).toContain("user user has no MFA device: awst mfa replace");
  expect(text(listed)).not.toContain("mfa add");
  const context = scene.machine.process();
  const identityContext = await openIdentity(context, undefined);
  const user = await lookupUser(context, identityContext);
  await expect(chooseDevice(context, identityContext, user, false)).rejects.toMatchObject({
    code: "DEVICE_MISSING",
    hint: "awst mfa replace",
  });
});

describe("a removal", () => {
  test("the last device that generates codes is removed only with --force", async () => {
    const scene = makeEnrolmentScene("open", ["user"]);
    scene.machine.aws.devices = [
      ...scene.machine.aws.devices,
      "arn:aws:iam::111111111111:u2f/user/user/key-1",
    ];
    const no = await scene.run({ command: "remove", options: { device: "user" } });
    expect(no.error).toMatchObject({ code: "DEVICE_LAST" });
    expect(no.asked).toEqual([]);
    const yes = await scene.run({ command: "remove", options: { device: "user", force: true } });
    expect(yes.error).toBeUndefined();
    expect(scene.machine.aws.devices).toHaveLength(1);
  });

  test("a code of a remaining device is asked for", async () => {
    const scene = makeEnrolmentScene("open", ["phone", "lost"]);
    scene.machine.state.set(awsFactsName, {
      users: {
        AKIAFAKEFAKEFAKEFAKE: {
          userName: "user",
          accountId: "111111111111",
          devices: [serial("phone"), serial("lost")],
          unusable: [],
          lastUsed: serial("lost"),
        },
      },
    });
    const end = await scene.run({ command: "remove", options: { device: "lost", yes: true } });
    expect(end.error).toBeUndefined();
    expect(end.asked).toEqual(["MFA code of phone (111111111111) for main-account"]);
    expect(scene.machine.aws.devices).toEqual([serial("phone")]);
  });

  test("asks before a device that works is removed; no leaves it", async () => {
    const scene = makeEnrolmentScene("open", ["phone", "tablet"]);
    const remove = { command: "remove", name: "tablet" } as const;
    const no = await scene.run(remove, { types: () => "n" });
    expect(no.asked).toEqual(["Remove virtual tablet permanently?"]);
    expect(scene.machine.aws.devices).toHaveLength(2);
    const alone = await scene.run(remove, { alone: true });
    expect(alone.error).toMatchObject({
      code: "CONFIRMATION_NEEDED",
      hint: "awst mfa remove tablet --yes",
    });
    expect(scene.machine.aws.devices).toHaveLength(2);
  });

  test("a denied deletion is reported, and the stored seed is deleted", async () => {
    const scene = makeEnrolmentScene("selfManage", ["phone", "old"]);
    scene.machine.items.set(
      `mfa-seed/main-account/${encodeURIComponent(serial("old"))}`,
      new Secret(
        JSON.stringify({ version: 1, kind: "seed", serial: serial("old"), seed: "A".repeat(64) }),
      ),
    );
    const end = await scene.run({ command: "remove", options: { device: "old", yes: true } });
    expect(end.error).toBeUndefined();
    expect(text(end)).toContain("so its name stays in use");
    expect(scene.storedSeeds()).toEqual([]);
  });

  test("of several remaining devices: the configured one, one with a stored seed, the one last used", async () => {
    const lastUsed = (name: string) => ({
      users: {
        AKIAFAKEFAKEFAKEFAKE: {
          userName: "user",
          accountId: "111111111111",
          devices: ["old", "drawer", "phone"].map(serial),
          unusable: [],
          lastUsed: serial(name),
        },
      },
    });
    const devices = ["old", "drawer", "phone"];
    const remembered = makeEnrolmentScene("open", devices);
    remembered.machine.state.set(awsFactsName, lastUsed("phone"));
    const configured = makeEnrolmentScene("open", devices, { device: serial("phone") });
    configured.machine.state.set(awsFactsName, lastUsed("drawer"));
    for (const scene of [remembered, configured]) {
      const end = await scene.run({ command: "remove", options: { device: "old", yes: true } });
      expect(end.asked).toEqual(["MFA code of phone (111111111111) for main-account"]);
      expect(scene.machine.aws.devices).toEqual([serial("drawer"), serial("phone")]);
    }
  });

  test("without a code, the long-term key alone removes nothing", async () => {
    const scene = makeEnrolmentScene("open", ["phone", "old"]);
    const end = await scene.run(
      { command: "remove", options: { device: "old", yes: true } },
      { alone: true },
    );
    expect(end.error).toMatchObject({ code: "CODE_NEEDED" });
    expect(scene.machine.aws.calls).not.toContain("DeactivateMFADevice");
    expect(scene.pending()).toBeUndefined();
  });

  test("an unknown name: the hint lists the devices", async () => {
    const scene = makeEnrolmentScene("open", ["phone", "old"]);
    const end = await scene.run({ command: "remove", options: { device: "tablet" } });
    expect(end.error).toMatchObject({
      code: "DEVICE_MISSING",
      hint: expect.stringContaining("phone, old"),
    });
  });
});

describe("resync", () => {
  test.each(policyNames)("two consecutive codes, without a session (%s)", async (policy) => {
    const scene = makeEnrolmentScene(policy, ["user"]);
    let end: RunEnd | undefined;
    const sent = await calls(scene, async () => {
      end = await scene.run({ command: "resync" });
    });
    expect(end?.error).toBeUndefined();
    expect(end?.asked).toEqual(["First code of user", "Next code of user"]);
    expect(sent).not.toContain("GetSessionToken");
  });

  test("refused codes: three attempts", async () => {
    const scene = makeEnrolmentScene("open", ["user"]);
    let wrong = 0;
    const end = await scene.run(
      { command: "resync" },
      { types: () => String(++wrong).padStart(6, "0") },
    );
    expect(end.error).toMatchObject({ code: "AWS_CODE_REFUSED" });
    expect(end.asked).toHaveLength(6);
  });

  test("if the policy needs a session: another device's code opens it", async () => {
    const scene = makeEnrolmentScene("open", ["user", "other"]);
    scene.machine.iam.policy = (action, age) => action !== "ResyncMFADevice" || age !== undefined;
    const end = await scene.run({ command: "resync", options: { device: "user" } });
    expect(end.error).toBeUndefined();
    expect(end.asked.join()).toContain("MFA code of other");
  });
});

describe("the list", () => {
  test("shows the kind of each device, and explains security keys once", async () => {
    const scene = makeEnrolmentScene("open", ["phone"]);
    const fido = ["key-1", "key-2"].map(
      (name) => `arn:aws:iam::111111111111:u2f/user/user/${name}`,
    );
    scene.machine.aws.devices = [...scene.machine.aws.devices, ...fido, "GAHT12345678"];
    const end = await scene.run({ command: "list" });
    expect(end.error).toBeUndefined();
    expect(end.printed).toMatch(/^phone +virtual +2026-03-01 +yes/m);
    expect(end.printed).toMatch(/^key-1 +FIDO +2025-06-01 +no/m);
    expect(end.printed).toMatch(/^GAHT12345678 +hardware +2025-06-01 +yes/m);
    expect(end.messages.filter((line) => line.includes("STS does not accept them"))).toHaveLength(
      1,
    );
    expect(end.asked).toEqual([]);
  });

  test("reports what is not finished", async () => {
    const scene = makeEnrolmentScene("selfManage");
    await scene.run(add, { stopAt: 0 });
    const end = await scene.run({ command: "list" });
    expect(text(end)).toContain("the new device user is not complete: awst mfa add");
  });
});
