// Notices on the sandbox and to receivers on this machine: each arrives once, retries are bounded, a notifier that
// fails is reported, and a user without an accepted notice loses no access.

import { createServer, type IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openNotifier } from "../../src/admin/adapters/notifiers.ts";
import {
  type EnforceOptions,
  enforcePlan,
  planEnforcement,
} from "../../src/admin/flows/enforce-dormant.ts";
import { judgeAccount, readAccount } from "../../src/admin/flows/read-account.ts";
import { decodeAdminSettings } from "../../src/admin/model/admin-settings.ts";
import { slackUsersPerNotice } from "../../src/admin/model/notices.ts";
import type { NotifySettings } from "../../src/admin/model/notify-settings.ts";
import type { AdminIam } from "../../src/admin/ports.ts";
import { AwstError } from "../../src/model/errors.ts";
import { type AdminScene, openAdminScene } from "./admin-scene.ts";

let scene: AdminScene;
beforeEach(async () => {
  scene = await openAdminScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

const { dormant: usual } = decodeAdminSettings(undefined, "");
const day = 86_400;
const parameter = "/admin/dormant-webhook";

/** A user whose only key was not used for 200 days. */
function addDormant(name: string, tags: Readonly<Record<string, string>> = {}) {
  const now = scene.sandbox.clock.now().getTime();
  const ago = (days: number) => new Date(now - days * day * 1000);
  scene.account.addUser(name, { createdAt: ago(400) });
  const key = scene.account.addKey(name, true, ago(400));
  key.lastUsed = { at: ago(200), service: "s3", region: "eu-west-1" };
  scene.account.user(name).tags = Object.entries({
    email: `${name}@example.com`,
    [key.id]: "laptop",
    ...tags,
  }).map(([name_, value]) => ({ key: name_, value }));
  return key;
}

const tagsOf = (name: string) =>
  Object.fromEntries(scene.account.user(name).tags.map(({ key, value }) => [key, value]));

interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly bodies: readonly string[];
  /** Statuses of the next answers; then 200 "ok". */
  readonly answers: (number | "reset")[];
  readonly headers: Record<string, string>;
}

async function openReceiver(): Promise<Receiver> {
  const bodies: string[] = [];
  const answers: (number | "reset")[] = [];
  const headers: Record<string, string> = {};
  const server = createServer(async (request: IncomingMessage, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    bodies.push(Buffer.concat(parts).toString("utf8"));
    const status = answers.shift() ?? 200;
    if (status === "reset") return response.socket?.resetAndDestroy();
    response.writeHead(status, headers);
    return response.end(status === 200 ? "ok" : "invalid_blocks");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/services/T1/B1/secret`,
    bodies,
    answers,
    headers,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function storeUrl(value: string): void {
  scene.account.parameters.set(`eu-west-1${parameter}`, {
    name: parameter,
    type: "SecureString",
    value,
    version: 1,
    modifiedAt: scene.sandbox.clock.now(),
  });
}

const slept: number[] = [];
beforeEach(() => {
  slept.length = 0;
});

async function enforce(
  settings: Partial<NotifySettings>,
  more: {
    readonly rules?: EnforceOptions["rules"];
    readonly faulty?: (iam: AdminIam) => AdminIam;
    readonly debug?: string[];
  } = {},
) {
  const { rules = usual, faulty, debug = [] } = more;
  const admin = scene.open(faulty === undefined ? {} : { faulty });
  const notify = { ...decodeAdminSettings(undefined, "").notify, parameter, ...settings };
  const sleep = async (ms: number) => {
    slept.push(ms);
  };
  const notifier = openNotifier(notify, scene.services(), {
    env: {},
    sleep,
    debug: (line) => debug.push(line),
  });
  const picture = await readAccount(admin);
  const all = await judgeAccount(admin, picture, rules, []);
  const plan = await planEnforcement(admin, picture, all, rules, {
    protectedNames: [],
    forced: [],
  });
  const options = { rules, protectedNames: [], notifier, accountName: "main-account" };
  const results = await enforcePlan(admin, plan, options);
  return Object.fromEntries(
    results.map(({ user, state, step, error }) => [user, [step.do, state, error?.code]]),
  );
}

describe("each kind reaches its receiver once", () => {
  test.each(["slack", "webhook"] as const)("%s", async (notify) => {
    await using receiver = await openReceiver();
    storeUrl(receiver.url);
    const key = addDormant("zoe");
    expect(await enforce({ notify })).toEqual({ zoe: ["warn", "done", undefined] });
    expect(await enforce({ notify })).toEqual({ zoe: ["wait", "waiting", undefined] });
    expect(receiver.bodies).toHaveLength(1);
    expect(receiver.bodies[0]).toContain(key.id);
    expect(receiver.bodies[0]).toContain("laptop");
    expect(tagsOf("zoe")).toHaveProperty("awst:dormant-warned");
  });

  test("sns", async () => {
    const topic = scene.account.regionalArn("sns", "us-west-2", "dormant");
    scene.account.topics.add(topic);
    addDormant("zoe");
    await enforce({ notify: "sns", topic });
    await enforce({ notify: "sns", topic });
    expect(scene.account.messages).toMatchObject([{ service: "sns", to: topic }]);
    expect(scene.account.messages[0]?.text).toContain("zoe <zoe@example.com>");
  });

  test("ses writes to each user's own address; one that SES refuses stops no other", async () => {
    const { mail } = scene.account;
    for (const address of ["security@example.com", "zoe@example.com"]) mail.verified.add(address);
    addDormant("zoe");
    addDormant("ben");
    addDormant("silent", { email: "" });
    scene.account.user("silent").tags = [];
    expect(await enforce({ notify: "ses", from: "security@example.com" })).toEqual({
      ben: ["warn", "stopped", "AWS_FAILED"],
      silent: ["warn", "stopped", "NOTICE_FAILED"],
      zoe: ["warn", "done", undefined],
    });
    expect(scene.account.messages.map(({ to }) => to)).toEqual(["zoe@example.com"]);
    expect(tagsOf("ben")).not.toHaveProperty("awst:dormant-warned");
    mail.isInSandbox = false;
    mail.verified.add("example.com");
    await enforce({ notify: "ses", from: "security@example.com" });
    expect(scene.account.messages.map(({ to }) => to)).toEqual([
      "zoe@example.com",
      "ben@example.com",
    ]);
  });

  test("none: the tag alone is the warning", async () => {
    addDormant("zoe");
    expect(await enforce({ notify: "none" })).toEqual({ zoe: ["warn", "done", undefined] });
    expect(tagsOf("zoe")).toHaveProperty("awst:dormant-warned");
  });

  test("many users are split into as few notices as Slack takes", async () => {
    await using receiver = await openReceiver();
    storeUrl(receiver.url);
    const count = slackUsersPerNotice + 5;
    for (let at = 0; at < count; at++) addDormant(`user-${String(at).padStart(3, "0")}`);
    const results = await enforce({ notify: "slack" });
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
    storeUrl(receiver.url);
    receiver.answers.push(...answers);
    addDormant("zoe");
    expect(await enforce({ notify: "webhook" })).toEqual({ zoe: ["warn", "done", undefined] });
    expect(receiver.bodies).toHaveLength(requests);
  });

  test("Retry-After counts, within a limit", async () => {
    await using receiver = await openReceiver();
    storeUrl(receiver.url);
    receiver.headers["retry-after"] = "7";
    receiver.answers.push(429);
    addDormant("zoe");
    await enforce({ notify: "webhook" });
    expect(slept).toEqual([7_000]);
    receiver.headers["retry-after"] = "86400";
    receiver.answers.push(429);
    addDormant("ben");
    await enforce({ notify: "webhook" });
    expect(Math.max(...slept)).toBeLessThanOrEqual(60_000);
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
      storeUrl(receiver.url);
      receiver.answers.push(...answers);
      const key = addDormant("zoe");
      const before = tagsOf("zoe");
      const debug: string[] = [];
      expect(await enforce({ notify: "webhook" }, { debug })).toEqual({
        zoe: ["warn", "stopped", "NOTICE_FAILED"],
      });
      expect(receiver.bodies).toHaveLength(requests);
      expect(tagsOf("zoe")).toEqual(before);
      expect(key.status).toBe("Active");
      expect(debug.join("\n")).not.toContain("/services/");
    },
  );

  test("Slack takes no blocks: the names arrive as plain text", async () => {
    await using receiver = await openReceiver();
    storeUrl(receiver.url);
    receiver.answers.push(400);
    addDormant("zoe");
    expect(await enforce({ notify: "slack" })).toEqual({ zoe: ["warn", "done", undefined] });
    const [first = "", second = ""] = receiver.bodies;
    expect(JSON.parse(first)).toHaveProperty("blocks");
    expect(JSON.parse(second)).toEqual({ text: expect.stringContaining("zoe") });
  });
});

describe("a user without an accepted notice loses no access", () => {
  test("a notifier that fails for months disables no user, and is an error every time", async () => {
    await using receiver = await openReceiver();
    storeUrl(receiver.url);
    const key = addDormant("zoe");
    for (let month = 0; month < 3; month++) {
      receiver.answers.push(404);
      const { zoe } = await enforce({ notify: "webhook" });
      expect(zoe).toEqual(["warn", "stopped", "NOTICE_FAILED"]);
      scene.sandbox.clock.advance(30 * day);
    }
    expect(key.status).toBe("Active");
    // Warned at last, the whole time of the warning begins.
    await enforce({ notify: "webhook" });
    scene.sandbox.clock.advance(13 * day);
    await enforce({ notify: "webhook" });
    expect(key.status).toBe("Active");
    scene.sandbox.clock.advance(2 * day);
    await enforce({ notify: "webhook" });
    expect(key.status).toBe("Inactive");
  });

  test("without a time for a warning, the notice comes before the access is disabled", async () => {
    await using receiver = await openReceiver();
    storeUrl(receiver.url);
    receiver.answers.push(404);
    const key = addDormant("zoe");
    const rules = { ...usual, warnDays: 0 };
    expect(await enforce({ notify: "webhook" }, { rules })).toEqual({
      zoe: ["disable", "stopped", "NOTICE_FAILED"],
    });
    expect(key.status).toBe("Active");
    expect(await enforce({ notify: "webhook" }, { rules })).toEqual({
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
    if (value !== undefined) storeUrl(value);
    addDormant("zoe");
    expect(await enforce({ notify: "slack" })).toEqual({ zoe: ["warn", "stopped", code] });
    expect(tagsOf("zoe")).not.toHaveProperty("awst:dormant-warned");
  });

  test("sent but not recorded is sent again: twice rather than never", async () => {
    await using receiver = await openReceiver();
    storeUrl(receiver.url);
    addDormant("zoe");
    const faulty = (iam: AdminIam): AdminIam => ({
      ...iam,
      tagUser: async () => {
        throw new AwstError("AWS_DENIED", "TagUser denied");
      },
    });
    expect(await enforce({ notify: "webhook" }, { faulty })).toEqual({
      zoe: ["warn", "stopped", "AWS_DENIED"],
    });
    await enforce({ notify: "webhook" });
    expect(receiver.bodies).toHaveLength(2);
  });

  test("a user without space for the tags is not warned each night, and not disabled", async () => {
    await using receiver = await openReceiver();
    storeUrl(receiver.url);
    addDormant("zoe", Object.fromEntries(Array.from({ length: 45 }, (_, at) => [`t${at}`, "x"])));
    expect(await enforce({ notify: "webhook" })).toEqual({ zoe: ["warn", "stopped", "IAM_QUOTA"] });
    expect(receiver.bodies).toHaveLength(0);
  });
});

describe("a tag that another tool removes", () => {
  const removeTag = () => {
    const user = scene.account.user("zoe");
    user.tags = user.tags.filter(({ key }) => !key.startsWith("awst:"));
  };

  test("comes back with its day, so that the time does not begin anew", async () => {
    const key = addDormant("zoe");
    await enforce({});
    const { "awst:dormant-warned": warnedOn } = tagsOf("zoe");
    for (let night = 0; night < 14; night++) {
      removeTag();
      scene.sandbox.clock.advance(day);
      await enforce({});
      expect(tagsOf("zoe")["awst:dormant-warned"]).toBe(warnedOn);
    }
    expect(scene.messages.join("\n")).toContain("ignore_tags");
    removeTag();
    scene.sandbox.clock.advance(day);
    await enforce({});
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
        addDormant("zoe");
      },
    ],
  ])("%s: warned again", async (_name, change) => {
    addDormant("zoe");
    await enforce({});
    removeTag();
    change();
    const { zoe } = await enforce({}, { rules: { ...usual, days: 5 } });
    expect(zoe).toEqual(["warn", "done", undefined]);
  });

  test("a damaged record counts as none", async () => {
    addDormant("zoe");
    await enforce({});
    for (const text of ["", "{", "[]", '{"version":2}', '{"version":1,"warned":{"x":5}}']) {
      removeTag();
      scene.warned.set(scene.account.id, text);
      expect(await enforce({})).toEqual({ zoe: ["warn", "done", undefined] });
    }
  });
});
