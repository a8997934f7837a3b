// The warning comes before a user loses access: no access is lost without an accepted notice, and a warning whose tag
// another tool removed keeps its day.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AdminIam } from "../../src/admin/ports.ts";
import { AwstError } from "../../src/model/errors.ts";
import { day, type NoticeScene, openNoticeScene, openReceiver, usual } from "./notice-scene.ts";

let scene: NoticeScene;
beforeEach(async () => {
  scene = await openNoticeScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

describe("a user without an accepted notice loses no access", () => {
  test("a notifier that fails for months disables no user, and is an error every time", async () => {
    await using receiver = await openReceiver();
    scene.storeUrl(receiver.url);
    const key = scene.addDormant("zoe");
    for (let month = 0; month < 3; month++) {
      receiver.answers.push(404);
      const { zoe } = await scene.enforce({ notify: "webhook" });
      expect(zoe).toEqual(["warn", "stopped", "NOTICE_FAILED"]);
      scene.sandbox.clock.advance(30 * day);
    }
    expect(key.status).toBe("Active");
    // Warned at last, the whole time of the warning begins.
    await scene.enforce({ notify: "webhook" });
    scene.sandbox.clock.advance(13 * day);
    await scene.enforce({ notify: "webhook" });
    expect(key.status).toBe("Active");
    scene.sandbox.clock.advance(2 * day);
    await scene.enforce({ notify: "webhook" });
    expect(key.status).toBe("Inactive");
  });

  test("without a time for a warning, the notice comes before the access is disabled", async () => {
    await using receiver = await openReceiver();
    scene.storeUrl(receiver.url);
    receiver.answers.push(404);
    const key = scene.addDormant("zoe");
    const rules = { ...usual, warnDays: 0 };
    expect(await scene.enforce({ notify: "webhook" }, { rules })).toEqual({
      zoe: ["disable", "stopped", "NOTICE_FAILED"],
    });
    expect(key.status).toBe("Active");
    expect(await scene.enforce({ notify: "webhook" }, { rules })).toEqual({
      zoe: ["disable", "done", undefined],
    });
    expect(key.status).toBe("Inactive");
    expect(JSON.parse(receiver.bodies[1] ?? "")).toMatchObject({ kind: "disabled" });
  });

  test.each<[string, string | undefined, string]>([
    ["no parameter", undefined, "SSM_ABSENT"],
    ["no URL in it", "hello", "NOTICE_FAILED"],
    ["plain http to another machine", "http://hooks.example.com/x", "NOTICE_FAILED"],
    ["a file", "file:///etc/passwd", "NOTICE_FAILED"],
  ])("%s", async (_name, value, code) => {
    if (value !== undefined) scene.storeUrl(value);
    scene.addDormant("zoe");
    expect(await scene.enforce({ notify: "slack" })).toEqual({ zoe: ["warn", "stopped", code] });
    expect(scene.tagsOf("zoe")).not.toHaveProperty("awst:dormant-warned");
  });

  test("after Ctrl-C no notice is sent", async () => {
    await using receiver = await openReceiver();
    scene.storeUrl(receiver.url);
    scene.addDormant("zoe");
    expect(await scene.enforce({ notify: "webhook" }, { isStopped: true })).toEqual({
      zoe: ["warn", "stopped", "INTERRUPTED"],
    });
    expect(receiver.bodies).toEqual([]);
    expect(scene.tagsOf("zoe")).not.toHaveProperty("awst:dormant-warned");
  });

  test("sent but not recorded is sent again: twice rather than never", async () => {
    await using receiver = await openReceiver();
    scene.storeUrl(receiver.url);
    scene.addDormant("zoe");
    const faulty = (iam: AdminIam): AdminIam => ({
      ...iam,
      tagUser: async () => {
        throw new AwstError("AWS_DENIED", "TagUser denied");
      },
    });
    expect(await scene.enforce({ notify: "webhook" }, { faulty })).toEqual({
      zoe: ["warn", "stopped", "AWS_DENIED"],
    });
    await scene.enforce({ notify: "webhook" });
    expect(receiver.bodies).toHaveLength(2);
  });

  test("a user without space for the tags is not warned each night, and not disabled", async () => {
    await using receiver = await openReceiver();
    scene.storeUrl(receiver.url);
    scene.addDormant(
      "zoe",
      Object.fromEntries(Array.from({ length: 45 }, (_, at) => [`t${at}`, "x"])),
    );
    expect(await scene.enforce({ notify: "webhook" })).toEqual({
      zoe: ["warn", "stopped", "IAM_QUOTA"],
    });
    expect(receiver.bodies).toHaveLength(0);
  });
});

describe("a tag that another tool removes", () => {
  const removeTag = () => {
    const user = scene.account.user("zoe");
    user.tags = user.tags.filter(({ key }) => !key.startsWith("awst:"));
  };

  test("comes back with its day, so that the time does not begin anew", async () => {
    const key = scene.addDormant("zoe");
    await scene.enforce({});
    const { "awst:dormant-warned": warnedOn } = scene.tagsOf("zoe");
    for (let night = 0; night < 14; night++) {
      removeTag();
      scene.sandbox.clock.advance(day);
      await scene.enforce({});
      expect(scene.tagsOf("zoe")["awst:dormant-warned"]).toBe(warnedOn);
    }
    expect(scene.messages.join("\n")).toContain("ignore_tags");
    removeTag();
    scene.sandbox.clock.advance(day);
    await scene.enforce({});
    expect(key.status).toBe("Inactive");
  });

  test.each<[string, () => void]>([
    [
      "used since",
      () => {
        const [key] = scene.account.keysOf("zoe");
        if (key) key.lastUsed = { at: scene.sandbox.clock.now(), service: "s3", region: "x" };
        scene.sandbox.clock.advance(6 * day);
      },
    ],
    ["the record is old", () => scene.sandbox.clock.advance(60 * day)],
    ["a record of the future", () => scene.sandbox.clock.advance(-2 * day)],
    [
      "another user of the name",
      () => {
        for (const key of scene.account.keysOf("zoe")) key.deletedAt = scene.sandbox.clock.now();
        scene.account.users.delete("zoe");
        scene.sandbox.clock.advance(5 * 3600);
        scene.addDormant("zoe");
      },
    ],
  ])("%s: warned again", async (_name, change) => {
    scene.addDormant("zoe");
    await scene.enforce({});
    removeTag();
    change();
    const { zoe } = await scene.enforce({}, { rules: { ...usual, days: 5 } });
    expect(zoe).toEqual(["warn", "done", undefined]);
  });

  test("a damaged record counts as none", async () => {
    scene.addDormant("zoe");
    await scene.enforce({});
    for (const text of ["", "{", "[]", '{"version":2}', '{"version":1,"warned":{"x":5}}']) {
      removeTag();
      scene.warned.set(scene.account.id, text);
      expect(await scene.enforce({})).toEqual({ zoe: ["warn", "done", undefined] });
    }
  });
});
