import { describe, expect, test } from "vitest";
import { identity, openScene, seededId } from "../../../test/faults/rotation-scene.ts";
import type { FakeProcess } from "../../../test/support/fake-context.ts";
import { decodeAccessKey, encodeAccessKey } from "../../model/key/access-key.ts";
import { Secret } from "../../model/secret.ts";
import { decodeMfaSession, decodeRoleSession } from "../../model/session/session.ts";
import { rotationLines } from "../../output/rotation/rotation-report.ts";
import { obtainSession } from "../session/obtain-session.ts";
import { type RotationOptions, rotateKey } from "./rotate-key.ts";

const day = 24 * 3600;
const options: RotationOptions = {
  identity: undefined,
  request: "rotate",
  unattended: false,
  purpose: "key rotate",
  retry: "awst key rotate",
};
const request = {
  account: identity,
  role: "DeveloperAccess",
  identity: undefined,
  flags: {},
  code: undefined,
  refresh: false,
  requester: "user",
  keysAreFixed: false,
} as const;
type Scene = Awaited<ReturnType<typeof openScene>>;

function run(scene: Scene, more: Partial<RotationOptions> = {}, process: FakeProcess = {}) {
  const context = scene.machine.process(process);
  return { context, done: rotateKey(context, { ...options, ...more }) };
}

/** Returns the calls of AWS that `work` makes. */
const callsOf = async (scene: Scene, work: () => Promise<unknown>) => {
  const before = scene.machine.aws.calls.length;
  await work();
  return scene.machine.aws.calls.slice(before);
};

describe("a rotation", () => {
  test("takes its steps in this order", async () => {
    const { report } = await (await openScene({ description: "laptop" })).run({ graceSeconds: 0 });
    expect(report?.steps.map((step) => step.do)).toEqual(
      [
        "record-intent",
        "create",
        "store",
        "verify",
        "switch",
        "copy-description",
        "deactivate",
        "check-sessions",
        "verify",
        "delete",
        "clean-up",
      ].filter((name, at) => name !== "verify" || at < 5),
    );
  });

  test("reports the key in use, until when undo is possible, and what was not copied", async () => {
    const scene = await openScene({ policy: "kickstarter" });
    const report = await run(scene).done;
    expect(rotationLines(report, scene.machine.time)).toEqual([
      `rotated the access key of "main-account": AKIAMADE000000000001 is active, ${seededId} is inactive`,
      `other machines that use ${seededId} need the new key: run \`awst key add\` there`,
      expect.stringMatching(/^undo is possible until .* \(in 24 h\): awst key rotate --undo$/),
      `did not copy the description of ${seededId}: you are not allowed to call iam:ListUserTags`,
    ]);
    expect(scene.machine.history).toEqual([
      "mfa-session-issued",
      "key-made",
      "key-switched",
      "key-deactivated",
    ]);
  });

  describe("with a sealed keychain in a temporary folder", () => {
    const inTemporary = (scene: Scene) => {
      const context = scene.machine.process();
      return { ...context, paths: { ...context.paths, sharedState: "/tmp/x/awst" } };
    };
    const refused = { code: "KEYCHAIN_REFUSED", hint: "unset XDG_STATE_HOME" };

    test.each([
      ["a rotation", {}],
      ["a dry run", { dryRun: true }],
      ["an unattended rotation", { unattended: true }],
      ["a rotation with --yes", { isConfirmed: true }],
    ])("%s is refused, and nothing changes", async (_, more) => {
      const scene = await openScene();
      const calls = await callsOf(scene, async () => {
        const done = rotateKey(inTemporary(scene), { ...options, ...more });
        await expect(done).rejects.toMatchObject(refused);
      });
      expect(calls).toEqual([]);
    });

    test("a rotation that was started is completed", async () => {
      const scene = await openScene();
      scene.machine.aws.failNext("UpdateAccessKey", "AWS_THROTTLED");
      await run(scene).done.catch(() => {});
      const done = rotateKey(inTemporary(scene), { ...options, request: "resume" });
      expect(await done).toMatchObject({ failure: undefined });
    });

    test("another store is no matter", async () => {
      const scene = await openScene();
      const context = inTemporary(scene);
      const keychain = async () => ({
        ...(await context.keychain("auto")),
        kind: "system" as const,
      });
      expect(await rotateKey({ ...context, keychain }, options)).toMatchObject({
        result: "rotated",
      });
    });
  });

  test("kickstarter policy and an old code: asks for one more code", async () => {
    const scene = await openScene({ policy: "kickstarter" });
    scene.machine.advance(5 * 3600);
    await expect(run(scene, { unattended: true }).done).rejects.toMatchObject({
      code: "CODE_NEEDED",
    });
    expect(scene.leftOver()).toEqual([]);
    const user = { types: () => scene.machine.aws.code() };
    const { context, done } = run(scene, {}, user);
    expect(await done).toMatchObject({ result: "rotated", failure: undefined });
    expect(context.asked).toHaveLength(1);
  });

  test("reports the lines of AWS's files that still contain the old key", async () => {
    const scene = await openScene();
    scene.machine.credentials = `[other]\naws_access_key_id = ${seededId}\n`;
    const { remarks } = await run(scene).done;
    expect(remarks).toEqual([`/home/user/.aws/credentials:2 [other] still contains ${seededId}`]);
  });

  test("names what makes a profile with a copy of the old key call awst; a dry run too", async () => {
    const scene = await openScene();
    scene.machine.credentials = `[default]\naws_access_key_id = ${seededId}\naws_secret_access_key = s\n`;
    const copy = expect.stringMatching(
      /\[default\] still contains .*: awst key import default --identity main-account$/,
    );
    const planned = await run(scene, { dryRun: true }).done;
    expect(planned).toMatchObject({ result: "planned", remarks: [copy] });
    expect(await run(scene).done).toMatchObject({ result: "rotated", remarks: [copy] });
  });

  test("without an MFA device: the key in use signs, first the old one and then the new one", async () => {
    const scene = await openScene();
    scene.machine.aws.devices = [];
    scene.machine.items.delete(`mfa-session/${identity}`);
    scene.machine.state.delete("learned");
    expect(await run(scene, { graceSeconds: 0 }).done).toMatchObject({ result: "rotated" });
    expect(scene.leftOver()).toEqual([]);
  });

  test("a new key is unknown for 20 s, then flaps: verified four times in a row before the switch", async () => {
    const scene = await openScene({ isSlow: true });
    const start = scene.machine.time.getTime();
    expect(await run(scene).done).toMatchObject({ result: "rotated" });
    expect((scene.machine.time.getTime() - start) / 1000).toBeGreaterThanOrEqual(30);
  });

  test("a clock that is set a day forward meanwhile does not end the minute", async () => {
    const scene = await openScene({ isSlow: true });
    const context = scene.machine.process();
    let isSet = false;
    const sleep = async (milliseconds: number) => {
      if (!isSet) scene.machine.setClock(day);
      isSet = true;
      await context.sleep(milliseconds);
    };
    const report = await rotateKey({ ...context, sleep }, options);
    expect(report).toMatchObject({ result: "rotated" });
    expect(isSet).toBe(true);
  });

  test("a new key that AWS does not accept within a minute is rolled back", async () => {
    const scene = await openScene();
    scene.machine.iam.newKeySeenAfterSeconds = 90;
    const report = await run(scene).done;
    expect(report).toMatchObject({ result: "rolled-back", currentKeyId: seededId });
    expect(report.failure).toMatchObject({ code: "AWS_KEY_REJECTED" });
    expect(rotationLines(report, scene.machine.time)).toEqual([
      `rolled back the rotation: ${seededId} is still the key in use`,
      "deleted AKIAMADE000000000001, the new key",
    ]);
    expect(scene.machine.iam.present()).toHaveLength(1);
  });

  test("CreateAccessKey denied: the error, and nothing is left", async () => {
    const scene = await openScene();
    scene.machine.iam.policy = (action) => action !== "CreateAccessKey";
    await expect(run(scene).done).rejects.toMatchObject({ code: "AWS_DENIED" });
    expect(scene.leftOver()).toEqual([]);
  });

  test("UpdateAccessKey denied: reported; the old key is deleted after the grace period", async () => {
    const scene = await openScene();
    scene.machine.iam.policy = (action) => action !== "UpdateAccessKey";
    const report = await run(scene).done;
    expect(report).toMatchObject({ result: "rotated", oldKeyState: "active", failure: undefined });
    expect(report.remarks.join()).toContain("stays active until it is deleted");
    scene.machine.advance(day + 60);
    const user = { types: () => scene.machine.aws.code() };
    expect(await run(scene, { request: "resume" }, user).done).toMatchObject({
      result: "finished",
    });
    expect(scene.leftOver()).toEqual([]);
  });

  test("the keychain can't be written: no call of AWS", async () => {
    const scene = await openScene();
    const context = scene.machine.process({});
    const gone = async () => {
      const keychain = await context.keychain("auto");
      const write = async () => {
        throw Object.assign(new Error("locked"), { code: "KEYCHAIN_LOCKED" });
      };
      return { ...keychain, write };
    };
    const calls = await callsOf(scene, () =>
      rotateKey({ ...context, keychain: gone }, options).catch(() => {}),
    );
    expect(calls).toEqual([]);
  });

  test("the state folder can't be written: not started", async () => {
    const scene = await openScene();
    const context = scene.machine.process({});
    const state = { ...context.state, write: () => {} };
    await expect(rotateKey({ ...context, state }, options)).rejects.toMatchObject({
      code: "FILE_UNWRITABLE",
    });
    expect(scene.machine.aws.calls).not.toContain("CreateAccessKey");
  });
});

describe("sessions", () => {
  test("stay in use, bound to the new key: no prompt and no call of AWS", async () => {
    const scene = await openScene({ policy: "kickstarter" });
    await obtainSession(scene.machine.process({}), request);
    const report = await run(scene).done;
    const { items } = scene.machine;
    const mfa = decodeMfaSession(items.get(`mfa-session/${identity}`));
    const role = decodeRoleSession(
      items.get("role-session/main-account/main-account/DeveloperAccess"),
    );
    expect([mfa?.signedBy, role?.signedBy]).toEqual([report.currentKeyId, report.currentKeyId]);
    const unattended = scene.machine.process({});
    const calls = await callsOf(scene, async () => {
      expect(await obtainSession(unattended, request)).toMatchObject({ how: "cached" });
    });
    expect(calls).toEqual([]);
  });

  test("that AWS ends with their key are dropped; later steps wait for the next code without a failure", async () => {
    const scene = await openScene({ sessionsEndWithTheirKey: true });
    await obtainSession(scene.machine.process({}), request);
    const report = await run(scene, { graceSeconds: 0 }).done;
    expect(report).toMatchObject({
      result: "rotated",
      failure: undefined,
      oldKeyState: "inactive",
    });
    expect(rotationLines(report, scene.machine.time)).toContain(
      `still to do: delete ${seededId} (needs the next MFA code)`,
    );
    expect(report.remarks.join()).toContain("the next command needs an MFA code");
    expect([...scene.machine.items.keys()].sort()).toEqual([
      `key/${identity}`,
      `previous-key/${identity}`,
      `rotation-seal/${identity}`,
    ]);
  });
});

describe("keys that awst did not create", () => {
  test("unattended: the error describes both keys, and none is deleted", async () => {
    const scene = await openScene();
    const foreign = scene.addForeignKey();
    const { done } = run(scene, { unattended: true });
    const error = await done.catch((caught) => caught);
    expect(error).toMatchObject({
      code: "CONFIRMATION_NEEDED",
      hint: expect.stringContaining("awst key delete"),
    });
    expect(error.message).toMatch(
      new RegExp(
        `${seededId} \\(in use by awst; active, 28 d old, never used\\), ${foreign} \\(not created by awst; active, 1 h old, last used .*s3`,
      ),
    );
    expect(scene.machine.iam.present()).toHaveLength(2);
    expect(scene.machine.aws.calls).not.toContain("DeleteAccessKey");
  });

  test.each([
    ["Enter", "", false],
    ["another id", "AKIAOTHER", false],
    ["its id", "its id", true],
  ])("the user types %s", async (_name, typed, isDeleted) => {
    const scene = await openScene();
    const { accessKeyId } = scene.machine.iam.addKey({ createdAt: new Date("2025-01-01") });
    const { done } = run(scene, {}, { types: () => (typed === "its id" ? accessKeyId : typed) });
    if (isDeleted) expect(await done).toMatchObject({ result: "rotated" });
    else await expect(done).rejects.toMatchObject({ code: "IAM_QUOTA" });
    const ids = scene.machine.iam.present().map((key) => key.accessKeyId);
    expect(ids.includes(accessKeyId)).toBe(!isDeleted);
  });

  test("a key left by a lost response is deleted if it was never used", async () => {
    const scene = await openScene();
    scene.machine.aws.after.set("CreateAccessKey", async () => {
      scene.machine.aws.after.clear();
      throw new Error("killed");
    });
    await expect(run(scene).done).rejects.toThrow("killed");
    const [, orphan] = scene.machine.iam.present();
    const { done } = run(scene, { unattended: true, graceSeconds: 0 });
    const report = await done;
    expect(rotationLines(report, scene.machine.time)).toContain(
      `deleted ${orphan?.accessKeyId}, which AWS created although its response was lost`,
    );
    expect(scene.leftOver()).toEqual([]);
  });

  test.each([
    ["used meanwhile", { lastUse: { at: new Date(), service: "s3", region: "eu-west-1" } }, 1],
    ["made before the intent", { createdAt: new Date("2026-03-01T11:59:58Z") }, 0],
    ["made more than two minutes after it", {}, 125],
  ])("a key %s is not awst's, and stays", async (_name, more, seconds) => {
    const scene = await openScene();
    scene.machine.aws.before.set("CreateAccessKey", async () => {
      scene.machine.aws.before.clear();
      throw new Error("killed");
    });
    await expect(run(scene).done).rejects.toThrow("killed");
    scene.machine.advance(seconds);
    const { accessKeyId } = scene.machine.iam.addKey(more);
    await expect(run(scene, { unattended: true }).done).rejects.toMatchObject({
      code: "CONFIRMATION_NEEDED",
    });
    expect(scene.machine.iam.present().map((key) => key.accessKeyId)).toContain(accessKeyId);
  });

  test("a CreateAccessKey that AWS processes late finds two keys and fails", async () => {
    const scene = await openScene();
    scene.machine.aws.before.set("CreateAccessKey", async () => {
      scene.machine.aws.before.clear();
      throw new Error("killed");
    });
    await expect(run(scene).done).rejects.toThrow("killed");
    scene.machine.advance(2);
    await run(scene, { graceSeconds: 0 }).done;
    expect(scene.machine.iam.present()).toHaveLength(2);
    scene.machine.advance(130);
    expect(await run(scene, { request: "resume", graceSeconds: 0 }).done).toMatchObject({
      result: "finished",
    });
    expect(scene.leftOver()).toEqual([]);
  });
});

describe("a key rotated on another machine", () => {
  test("deleted: nothing is created", async () => {
    const scene = await openScene();
    const key = scene.machine.iam.keys.find((each) => each.accessKeyId === seededId);
    if (key) key.isDeleted = true;
    scene.machine.aws.keyIds.delete(seededId);
    await expect(run(scene).done).rejects.toMatchObject({ code: "AWS_KEY_REJECTED" });
    expect(scene.machine.aws.calls).not.toContain("CreateAccessKey");
  });

  test("deactivated: not started", async () => {
    const scene = await openScene();
    const key = scene.machine.iam.keys.find((each) => each.accessKeyId === seededId);
    if (key) key.status = "Inactive";
    await expect(run(scene).done).rejects.toMatchObject({
      code: "AWS_KEY_REJECTED",
      message: `${seededId} is inactive; awst did not deactivate it`,
    });
  });

  test("deactivated beside a newer key: the error names the newer key", async () => {
    const scene = await openScene();
    const key = scene.machine.iam.keys.find((each) => each.accessKeyId === seededId);
    if (key) key.status = "Inactive";
    const { accessKeyId } = scene.machine.iam.addKey();
    await expect(run(scene).done).rejects.toMatchObject({
      code: "AWS_KEY_REJECTED",
      message: `${seededId} is inactive and ${accessKeyId} is newer: the key was probably rotated on another machine`,
    });
  });
});

describe("a key in a profile", () => {
  const inProfile = async () => {
    const scene = await openScene();
    scene.machine.items.clear();
    scene.machine.credentials = `[main-account]\naws_access_key_id = ${seededId}\naws_secret_access_key = ${"x".repeat(40)}\n`;
    return scene;
  };

  test("is not rotated: the import is offered, or named in the hint if unattended", async () => {
    const scene = await inProfile();
    const calls = await callsOf(scene, () =>
      expect(run(scene, { unattended: true }).done).rejects.toMatchObject({
        code: "CONFIRMATION_NEEDED",
        hint: "awst key import",
      }),
    );
    expect(calls).toEqual([]);
    const { context, done } = run(scene, {}, { types: () => "n" });
    await expect(done).rejects.toMatchObject({ code: "KEY_MISSING" });
    expect(context.asked).toEqual([`Import ${seededId} into the keychain first?`]);
    const { failure } = await run(scene, { dryRun: true }).done.catch((failure) => ({ failure }));
    expect(failure).toMatchObject({ code: "KEY_MISSING", hint: "awst key import" });
  });
});

describe("in the grace period", () => {
  test("--undo: the old key is in use again, with its description and its sessions", async () => {
    const scene = await openScene({ description: "laptop" });
    await run(scene).done;
    const report = await run(scene, { request: "undo" }).done;
    expect(report).toMatchObject({ result: "undone", currentKeyId: seededId, failure: undefined });
    expect(scene.leftOver()).toEqual([]);
    expect([...scene.machine.iam.tags]).toEqual([[seededId, "laptop"]]);
    const mfa = decodeMfaSession(scene.machine.items.get(`mfa-session/${identity}`));
    expect(mfa?.signedBy).toBe(seededId);
    await expect(run(scene, { request: "undo" }).done).rejects.toMatchObject({
      code: "ROTATION_MISSING",
    });
  });

  test("--undo after the old key was deleted: an error", async () => {
    const scene = await openScene();
    await run(scene).done;
    const old = scene.machine.iam.keys.find((each) => each.accessKeyId === seededId);
    if (old) old.isDeleted = true;
    await expect(run(scene, { request: "undo" }).done).rejects.toMatchObject({
      message: `${seededId} can't be restored: AKIAMADE000000000001 stays in use`,
    });
  });

  test("--undo when the old key can't be reactivated: the new key stays in use", async () => {
    const scene = await openScene();
    const { report } = await scene.run();
    scene.machine.iam.policy = (action) => action !== "UpdateAccessKey";
    const ended = await run(scene, { request: "undo" }).done;
    expect(ended.currentKeyId).toBe(report?.currentKeyId);
    expect(ended.failure).toMatchObject({ code: "AWS_DENIED" });
    expect(scene.broken()).toEqual([]);
  });

  test("--resume reports the state without a call of AWS", async () => {
    const scene = await openScene();
    await run(scene).done;
    const calls = await callsOf(scene, async () => {
      const report = await run(scene, { request: "resume" }).done;
      expect(report).toMatchObject({
        result: "waiting",
        oldKeyId: seededId,
        oldKeyState: "inactive",
      });
      expect(rotationLines(report, scene.machine.time).join()).toContain("undo is possible until");
    });
    expect(calls).toEqual([]);
  });

  test("--resume after the grace period deletes the old key and starts nothing", async () => {
    const scene = await openScene();
    await run(scene).done;
    scene.machine.advance(day + 60);
    const attended = scene.machine.process({ types: () => scene.machine.aws.code() });
    await obtainSession(attended, request);
    const report = await run(scene, { request: "resume", unattended: true }, {}).done;
    expect(report).toMatchObject({ result: "finished", oldKeyState: "deleted" });
    expect(scene.leftOver()).toEqual([]);
    const again = await run(scene, { request: "resume", unattended: true }, {}).done;
    expect(again).toMatchObject({ result: "nothing" });
  });

  test("a second rotation deletes the key of the first only after a yes", async () => {
    const scene = await openScene();
    await run(scene).done;
    const before = scene.machine.iam.present();
    const asks = run(scene);
    await expect(asks.done).rejects.toMatchObject({
      code: "CONFIRMATION_NEEDED",
      hint: "to delete it: awst key rotate --yes; to restore it: awst key rotate --undo",
    });
    const declines = run(scene, {}, { types: () => "n" });
    await expect(declines.done).rejects.toMatchObject({ code: "NOT_CONFIRMED" });
    expect(declines.context.messages.join()).toContain(
      `${seededId}, which the last rotation replaced`,
    );
    expect(scene.machine.iam.present()).toEqual(before);
    const agrees = run(scene, {}, { types: () => "y" });
    expect(await agrees.done).toMatchObject({ result: "rotated" });
    expect(agrees.context.asked).toEqual([`Delete ${seededId} permanently, and rotate again?`]);
  });

  test("--dry-run shows that a second rotation asks first; unattended it waits for the end of the grace period", async () => {
    const scene = await openScene();
    await run(scene).done;
    const plan = await run(scene, { dryRun: true }).done;
    expect(rotationLines(plan, scene.machine.time).slice(1, 4)).toEqual([
      `would ask whether to delete ${seededId} before its grace period is over`,
      expect.stringContaining("would verify"),
      `would delete ${seededId}`,
    ]);
    const waits = await run(scene, { unattended: true }, {}).done;
    expect(waits).toMatchObject({ result: "waiting", oldKeyId: seededId, failure: undefined });
    scene.machine.advance(day + 60);
    await obtainSession(scene.machine.process({ types: () => scene.machine.aws.code() }), request);
    expect(await run(scene, { unattended: true }, {}).done).toMatchObject({ result: "rotated" });
  });

  test("a second rotation with --yes deletes the key of the first", async () => {
    const scene = await openScene();
    await run(scene).done;
    const report = await run(scene, { isConfirmed: true }).done;
    expect(report).toMatchObject({ result: "rotated", currentKeyId: "AKIAMADE000000000002" });
    expect(rotationLines(report, scene.machine.time)).toContain(
      `deleted ${seededId}, which an earlier rotation replaced`,
    );
  });

  test("--if-older-than: a young key stays, and undo stays possible", async () => {
    const scene = await openScene();
    await run(scene).done;
    expect(await run(scene, { minimumAgeSeconds: 7 * day }).done).toMatchObject({
      result: "waiting",
    });
    expect(scene.machine.iam.present()).toHaveLength(2);
  });

  test("--if-older-than without a session: the age is cached, and no code is needed", async () => {
    const scene = await openScene({ policy: "kickstarter" });
    await run(scene, { graceSeconds: 24 * 3600 }).done;
    scene.machine.items.delete(`mfa-session/${identity}`);
    const how = { minimumAgeSeconds: 7 * 24 * 3600, unattended: true };
    expect((await run(scene, how, {}).done).result).toBe("waiting");
  });

  test("a key stored by hand ends the rotation; the other keys stay at AWS", async () => {
    const scene = await openScene();
    await run(scene).done;
    const { items, iam } = scene.machine;
    const [old] = iam.keys;
    if (old) old.isDeleted = true;
    const { accessKeyId, secret } = iam.addKey();
    const text = { version: 1, kind: "key", accessKeyId, secretAccessKey: secret };
    const { Secret } = await import("../../model/secret.ts");
    items.set(`key/${identity}`, new Secret(JSON.stringify(text)));
    const { remarks } = await run(scene, { request: "resume" }).done;
    expect(remarks.join()).toContain(
      "AKIAMADE000000000001 still exists at AWS: awst key delete AKIA",
    );
    expect(items.has(`previous-key/${identity}`)).toBe(false);
    expect(iam.present().map((key) => key.accessKeyId)).toEqual([
      "AKIAMADE000000000001",
      accessKeyId,
    ]);
  });
});

describe("a damaged keychain", () => {
  test.each(["previous-key", "next-key"])("restores the key from %s", async (item) => {
    const scene = await openScene();
    const { items } = scene.machine;
    const key = items.get(`key/${identity}`);
    if (key) items.set(`${item}/${identity}`, key);
    items.delete(`key/${identity}`);
    await run(scene, { request: "resume" }).done;
    expect(decodeAccessKey(items.get(`key/${identity}`))?.accessKeyId).toBe(seededId);
    expect(scene.leftOver()).toEqual([]);
  });

  test("a key that another process stores meanwhile stays", async () => {
    const scene = await openScene();
    const { items } = scene.machine;
    const copy = items.get(`key/${identity}`);
    if (copy === undefined) throw new Error("no key in the scene");
    items.set(`previous-key/${identity}`, copy);
    items.delete(`key/${identity}`);
    const stored = {
      accessKeyId: "AKIASTOREDBYHAND0001",
      secretAccessKey: new Secret("s".repeat(40)),
    };
    const context = scene.machine.process({});
    const locks = await context.locks();
    const acquire: typeof locks.acquire = async (name, how) => {
      if (name === `key-${identity}`) items.set(`key/${identity}`, encodeAccessKey(stored));
      return locks.acquire(name, how);
    };
    const racing = { ...context, locks: async () => ({ ...locks, acquire }) };
    await rotateKey(racing, { ...options, request: "resume" }).catch(() => undefined);
    expect(decodeAccessKey(items.get(`key/${identity}`))?.accessKeyId).toBe(stored.accessKeyId);
  });
});

describe("--dry-run", () => {
  test("reports the steps and performs none", async () => {
    const scene = await openScene();
    const before = JSON.stringify([...scene.machine.state.keys()]);
    const report = await run(scene, { dryRun: true, graceSeconds: 0 }).done;
    expect(rotationLines(report, scene.machine.time)).toEqual([
      "would record the planned rotation",
      "would create a new access key",
      "would store the new key in the keychain and verify that it can be read",
      "would verify that AWS accepts the new key",
      `would switch from ${seededId} to the new key`,
      "would copy the description to the new key",
      `would deactivate ${seededId}`,
      `would check the sessions made with ${seededId}, and drop those that AWS refuses`,
      `would delete ${seededId}`,
      "would delete the record of the rotation",
    ]);
    expect(scene.machine.iam.present()).toHaveLength(1);
    expect(
      JSON.stringify([...scene.machine.state.keys()].filter((name) => name !== "key-ages")),
    ).toBe(before);
  });
});
