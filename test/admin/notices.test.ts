// Notices on the sandbox and to receivers on this machine: each kind arrives once, and retries are bounded.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { slackUsersPerNotice } from "../../src/admin/model/notices.ts";
import { type NoticeScene, openNoticeScene, openReceiver } from "./notice-scene.ts";

let scene: NoticeScene;
beforeEach(async () => {
  scene = await openNoticeScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

describe("each kind reaches its receiver once", () => {
  test.each(["slack", "webhook"] as const)("%s", async (notify) => {
    await using receiver = await openReceiver();
    scene.storeUrl(receiver.url);
    const key = scene.addDormant("zoe");
    expect(await scene.enforce({ notify })).toEqual({ zoe: ["warn", "done", undefined] });
    expect(await scene.enforce({ notify })).toEqual({ zoe: ["wait", "waiting", undefined] });
    expect(receiver.bodies).toHaveLength(1);
    expect(receiver.bodies[0]).toContain(key.id);
    expect(receiver.bodies[0]).toContain("laptop");
    expect(scene.tagsOf("zoe")).toHaveProperty("awst:dormant-warned");
  });

  test("sns", async () => {
    const topic = scene.account.regionalArn("sns", "us-west-2", "dormant");
    scene.account.topics.add(topic);
    scene.addDormant("zoe");
    await scene.enforce({ notify: "sns", topic });
    await scene.enforce({ notify: "sns", topic });
    expect(scene.account.messages).toMatchObject([{ service: "sns", to: topic }]);
    expect(scene.account.messages[0]?.text).toContain("zoe <zoe@example.com>");
  });

  test("ses writes to each user's own address; one that SES refuses stops no other", async () => {
    const { mail } = scene.account;
    for (const address of ["security@example.com", "zoe@example.com"]) mail.verified.add(address);
    scene.addDormant("zoe");
    scene.addDormant("ben");
    scene.addDormant("silent", { email: "" });
    scene.account.user("silent").tags = [];
    expect(await scene.enforce({ notify: "ses", from: "security@example.com" })).toEqual({
      ben: ["warn", "stopped", "AWS_FAILED"],
      silent: ["warn", "stopped", "NOTICE_FAILED"],
      zoe: ["warn", "done", undefined],
    });
    expect(scene.account.messages.map(({ to }) => to)).toEqual(["zoe@example.com"]);
    expect(scene.tagsOf("ben")).not.toHaveProperty("awst:dormant-warned");
    mail.isInSandbox = false;
    mail.verified.add("example.com");
    await scene.enforce({ notify: "ses", from: "security@example.com" });
    expect(scene.account.messages.map(({ to }) => to)).toEqual([
      "zoe@example.com",
      "ben@example.com",
    ]);
  });

  test("none: the tag alone is the warning", async () => {
    scene.addDormant("zoe");
    expect(await scene.enforce({ notify: "none" })).toEqual({ zoe: ["warn", "done", undefined] });
    expect(scene.tagsOf("zoe")).toHaveProperty("awst:dormant-warned");
  });

  test("many users are split into as few notices as Slack takes", async () => {
    await using receiver = await openReceiver();
    scene.storeUrl(receiver.url);
    const count = slackUsersPerNotice + 5;
    for (let at = 0; at < count; at++) scene.addDormant(`user-${String(at).padStart(3, "0")}`);
    const results = await scene.enforce({ notify: "slack" });
    expect(Object.values(results)).toHaveLength(count);
    expect(receiver.bodies).toHaveLength(2);
    const named = receiver.bodies.flatMap((body) => body.match(/user-\d{3}@/g) ?? []);
    expect(new Set(named).size).toBe(count);
    expect(named).toHaveLength(count);
  });
});

describe("retries", () => {
  test.each<[string, (number | "reset")[], number]>([
    ["429, then accepted", [429], 2],
    ["429 three times", [429, 429, 429], 4],
    ["500 and 503", [500, 503], 3],
    ["the connection breaks", ["reset"], 2],
  ])("%s", async (_name, answers, requests) => {
    await using receiver = await openReceiver();
    scene.storeUrl(receiver.url);
    receiver.answers.push(...answers);
    scene.addDormant("zoe");
    expect(await scene.enforce({ notify: "webhook" })).toEqual({
      zoe: ["warn", "done", undefined],
    });
    expect(receiver.bodies).toHaveLength(requests);
  });

  test("Retry-After counts, within a limit", async () => {
    await using receiver = await openReceiver();
    scene.storeUrl(receiver.url);
    receiver.headers["retry-after"] = "7";
    receiver.answers.push(429);
    scene.addDormant("zoe");
    await scene.enforce({ notify: "webhook" });
    expect(scene.slept).toEqual([7_000]);
    receiver.headers["retry-after"] = "86400";
    receiver.answers.push(429);
    scene.addDormant("ben");
    await scene.enforce({ notify: "webhook" });
    expect(Math.max(...scene.slept)).toBeLessThanOrEqual(60_000);
  });

  test.each<[string, (number | "reset")[], number]>([
    ["400", [400], 1],
    ["403", [403], 1],
    ["404", [404], 1],
    ["410", [410], 1],
    ["a redirect is not followed", [302], 1],
    ["429 without end", Array.from({ length: 20 }, () => 429), 5],
    ["500 without end", Array.from({ length: 20 }, () => 500), 5],
    ["no answer without end", Array.from({ length: 20 }, () => "reset" as const), 5],
  ])(
    "%s: the notice failed, and nothing of the user was changed",
    async (_name, answers, requests) => {
      await using receiver = await openReceiver();
      scene.storeUrl(receiver.url);
      receiver.answers.push(...answers);
      const key = scene.addDormant("zoe");
      const before = scene.tagsOf("zoe");
      const debug: string[] = [];
      expect(await scene.enforce({ notify: "webhook" }, { debug })).toEqual({
        zoe: ["warn", "stopped", "NOTICE_FAILED"],
      });
      expect(receiver.bodies).toHaveLength(requests);
      expect(scene.tagsOf("zoe")).toEqual(before);
      expect(key.status).toBe("Active");
      expect(debug.join("\n")).not.toContain("/services/");
    },
  );

  test("Slack takes no blocks: the names arrive as plain text", async () => {
    await using receiver = await openReceiver();
    scene.storeUrl(receiver.url);
    receiver.answers.push(400);
    scene.addDormant("zoe");
    expect(await scene.enforce({ notify: "slack" })).toEqual({ zoe: ["warn", "done", undefined] });
    const [first = "", second = ""] = receiver.bodies;
    expect(JSON.parse(first)).toHaveProperty("blocks");
    expect(JSON.parse(second)).toEqual({ text: expect.stringContaining("zoe") });
  });
});
