// The zip that `npm run build` makes, called as Lambda calls it, on the sandbox with the role of the real template:
// what it does, what it may do, how it continues itself, and what its log has.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { many, statementsOf } from "../../sandbox/policy/document.ts";
import type { RecordedCall } from "../../sandbox/sandbox.ts";
import {
  type FunctionScene,
  openFunctionScene,
  packageFolder,
  region,
  unzip,
} from "./function-scene.ts";

let scene: FunctionScene;
beforeEach(async () => {
  scene = await openFunctionScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

const day = 86_400_000;

/** A user with a key and a password that were never used. */
function addDormant(
  name: string,
  tags: Readonly<Record<string, string>> = {},
  account = scene.account,
) {
  const madeAt = new Date(scene.sandbox.clock.now().getTime() - 400 * day);
  account.addUser(name, { createdAt: madeAt }).tags = Object.entries(tags).map(([key, value]) => ({
    key,
    value,
  }));
  account.addKey(name, true, madeAt);
  account.setPassword(name, "Correct-Horse-Battery-Staple-2026", madeAt);
}

const warnedLongAgo = () => ({
  "awst:dormant-warned": new Date(scene.sandbox.clock.now().getTime() - 30 * day)
    .toISOString()
    .slice(0, 10),
});
const tagsOf = (name: string, account = scene.account) =>
  Object.fromEntries(account.user(name).tags.map(({ key, value }) => [key, value]));
const keyOf = (name: string) => scene.account.keysOf(name)[0]?.status;
const stepsOf = (log: readonly Readonly<Record<string, unknown>>[]) =>
  log
    .filter(({ event }) => event === "user")
    .map(({ user, step, state }) => `${user} ${step} ${state}`);
const refusals = (calls: readonly RecordedCall[]) =>
  calls.filter(({ result }) => /Denied|NotAuthorized/.test(result)).map(({ action }) => action);

describe("a run", () => {
  test("warns, and disables who was warned, and no other user", async () => {
    addDormant("new");
    addDormant("old", warnedLongAgo());
    addDormant("glass", { ...warnedLongAgo(), "awst:protected": "true" });
    addDormant("ci-build", warnedLongAgo());
    scene.deploy({ Except: "ci-*" });
    const { status, log, calls, output } = await scene.run();
    expect([status, output]).toEqual([0, output]);
    expect(stepsOf(log)).toEqual(
      expect.arrayContaining([
        "new warn done",
        "old disable done",
        "ci-build clear done",
        "glass clear done",
      ]),
    );
    expect(tagsOf("new")["awst:dormant-warned"]).toMatch(/^\d{4}-/);
    expect([keyOf("old"), scene.account.user("old").password]).toEqual(["Inactive", undefined]);
    expect([keyOf("ci-build"), keyOf("glass")]).toEqual(["Active", "Active"]);
    expect(refusals(calls)).toEqual([]);
    expect(log.at(-1)).toMatchObject({ level: "INFO", event: "end", stopped: 0 });
  });

  test("with DryRun changes nothing, and writes what it would do", async () => {
    addDormant("old", warnedLongAgo());
    scene.deploy({ DryRun: "true" });
    const { status, log } = await scene.run();
    expect(status).toBe(0);
    expect(log).toContainEqual(
      expect.objectContaining({ event: "would", user: "old", step: "disable" }),
    );
    expect(keyOf("old")).toBe("Active");
  });

  test("fails as a whole where too many would lose access, and changes nothing", async () => {
    for (let at = 0; at < 3; at++) addDormant(`old${at}`, warnedLongAgo());
    scene.deploy({ MaxChanges: "2" });
    const { status, log } = await scene.run();
    expect(status).toBe(1);
    expect(log.at(-1)).toMatchObject({ level: "ERROR", event: "failed", code: "ADMIN_REFUSED" });
    expect([keyOf("old0"), keyOf("old1"), keyOf("old2")]).toEqual(["Active", "Active", "Active"]);
  });

  test("with DryRun names everybody, also where a run would change too many", async () => {
    for (let at = 0; at < 3; at++) addDormant(`old${at}`, warnedLongAgo());
    scene.deploy({ DryRun: "true", MaxChanges: "2" });
    const { status, log } = await scene.run();
    expect(status).toBe(0);
    expect(log.filter(({ event }) => event === "would")).toHaveLength(3);
    expect(log.at(-1)).toMatchObject({
      event: "note",
      message: expect.stringContaining("the limit is 2"),
    });
  });

  test("that meets an error for one user does the others, and fails", async () => {
    addDormant("a", warnedLongAgo());
    addDormant("b", warnedLongAgo());
    scene.deploy();
    scene.sandbox.faults.add({ action: "UpdateAccessKey", kind: "deny" });
    const { status, log } = await scene.run();
    expect(status).toBe(1);
    expect(stepsOf(log)).toEqual(["a disable stopped", "b disable done"]);
  });

  test.each([[{ round: 11 }], [{ from: "zoe" }], ["text"]])(
    "with the event %j does nothing",
    async (event) => {
      addDormant("old", warnedLongAgo());
      scene.deploy();
      const { status, calls } = await scene.run({ event });
      expect([status, calls]).toEqual([1, []]);
    },
  );
});

describe("time", () => {
  test("a run that does not fit continues itself, until all is done", async () => {
    const names = Array.from({ length: 6 }, (_, at) => `old${at}`);
    for (const name of names) addDormant(name, warnedLongAgo());
    scene.deploy();
    const { events } = scene.function();
    scene.sandbox.settings.minResponseDelayMs = 40;
    let { status, log } = await scene.run({ remainingMs: 37_200 });
    let rounds = 1;
    while (events.length > 0 && rounds < 10) {
      expect(status).toBe(0);
      expect(log).toContainEqual(
        expect.objectContaining({ event: "continued", round: rounds + 1 }),
      );
      ({ status, log } = await scene.run({
        event: JSON.parse(events.shift() ?? ""),
        remainingMs: 37_200,
      }));
      rounds++;
    }
    expect(rounds).toBeGreaterThan(1);
    expect(names.map(keyOf)).toEqual(names.map(() => "Inactive"));
  });

  test("the tenth round starts no other and fails, so that the alarm is raised", async () => {
    addDormant("old", warnedLongAgo());
    scene.deploy();
    const { status, log } = await scene.run({ event: { round: 10 }, remainingMs: 20_000 });
    expect(status).toBe(1);
    expect(log.at(-1)).toMatchObject({ event: "failed", code: "ADMIN_INCOMPLETE" });
    expect(scene.function().events).toEqual([]);
    expect(keyOf("old")).toBe("Active");
  });

  test("what the rounds of one run may disable is counted over all of them", async () => {
    for (const name of ["a", "b", "c"]) addDormant(name, warnedLongAgo());
    scene.deploy();
    const { status, log } = await scene.run({
      event: { round: 2, from: `${scene.account.id}/b`, left: 1 },
    });
    expect([status, log.at(-1)?.["code"]]).toEqual([1, "ADMIN_REFUSED"]);
  });
});

describe("notices", () => {
  test("the webhook's URL comes from the parameter and stands in no line of the log", async () => {
    const received: string[] = [];
    const hook = createServer((request, response) => {
      request.on("data", (data) => received.push(String(data))).on("end", () => response.end("ok"));
    });
    await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
    const { port } = hook.address() as { port: number };
    const name = "/admin/dormant-webhook";
    const value = `http://127.0.0.1:${port}/services/T0/SECRET`;
    const stored = {
      name,
      type: "SecureString" as const,
      value,
      version: 1,
      modifiedAt: new Date(),
    };
    scene.account.parameters.set(`${region}${name}`, stored);
    addDormant("new");
    scene.deploy({ Notify: "slack", NotifyParameter: name });
    const { status, output } = await scene.run();
    hook.close();
    expect([status, output]).toEqual([0, output]);
    expect(received.join("")).toContain("new");
    expect(output).not.toContain("SECRET");
    expect(tagsOf("new")["awst:dormant-warned"]).toBeDefined();
  });

  test("of a member account go to the topic of the account that knows the webhook, which passes them on", async () => {
    const received: string[] = [];
    const hook = createServer((request, response) => {
      request.on("data", (data) => received.push(String(data))).on("end", () => response.end("ok"));
    });
    await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
    const { port } = hook.address() as { port: number };
    const { cloud } = scene.sandbox;
    const member = cloud.addAccount("222233334444");
    const joined = (accountId: string) => ({
      accountId,
      name: accountId,
      email: "",
      joinedAt: new Date(),
      state: "ACTIVE" as const,
    });
    cloud.organization = {
      id: "o-abcdefghij",
      managementAccountId: scene.account.id,
      delegatedAdministrators: new Set(),
      members: [joined(scene.account.id), joined(member.id)],
    };
    const bucket = cloud.buckets.get("code");
    if (bucket) {
      bucket.policy = {
        Statement: {
          Effect: "Allow",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::code/*",
          Condition: { StringEquals: { "aws:PrincipalOrgID": "o-abcdefghij" } },
        },
      };
    }
    const name = "/admin/dormant-webhook";
    const value = `http://127.0.0.1:${port}/services/T0/SECRET`;
    const stored = {
      name,
      type: "SecureString" as const,
      value,
      version: 1,
      modifiedAt: new Date(),
    };
    scene.account.parameters.set(`${region}${name}`, stored);
    const notify = { Notify: "webhook", NotifyParameter: name };
    scene.deploy({ ...notify, OrganizationId: "o-abcdefghij" });
    const topic = [...scene.account.topics][0] ?? "";
    scene.deploy({ ...notify, RelayTopic: topic }, member);
    addDormant("new", {}, member);

    const sent = await scene.run({}, member);
    expect([sent.status, sent.output]).toEqual([0, sent.output]);
    expect(sent.calls.map(({ action }) => action)).not.toContain("GetParameter");
    expect(tagsOf("new", member)["awst:dormant-warned"]).toBeDefined();
    const messages = scene.account.messages.filter(({ to }) => to === topic);
    const event = { Records: messages.map(({ text }) => ({ Sns: { Message: text } })) };
    const passed = await scene.run({ name: "awst-dormant-notices", event });
    hook.close();
    expect([passed.status, passed.output]).toEqual([0, passed.output]);
    expect(JSON.parse(received.join(""))).toMatchObject({
      kind: "warning",
      account: member.id,
      users: [{ user: "new" }],
    });
    expect(passed.output).not.toContain("SECRET");
    expect(refusals([...sent.calls, ...passed.calls])).toEqual([]);
  });
});

describe("the role", () => {
  /** Lambda itself makes these with the role. */
  const ofLambda = ["logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage"];
  const allowedTo = (name: string) => {
    const role = scene.account.role(scene.function(name).roleArn.split("/").at(-1) ?? "");
    return role.policies
      .flatMap(({ document }) => statementsOf(document))
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap(({ Action }) => many(Action));
  };
  const madeBy = (calls: readonly RecordedCall[]) =>
    calls.filter(({ acted }) => acted).map(({ service, action }) => `${service}:${action}`);

  test("allows the calls that the function was seen to make, and no other", async () => {
    addDormant("admin", warnedLongAgo());
    scene.account.user("admin").attached.push("arn:aws:iam::aws:policy/AdministratorAccess");
    addDormant("boss");
    scene.account.user("boss").attached.push("arn:aws:iam::aws:policy/AdministratorAccess");
    scene.account.user("boss").passwordLastUsed = scene.sandbox.clock.now();
    scene.account.addDevice("boss");
    addDormant("new", { email: "new@example.com" });
    addDormant("used", warnedLongAgo());
    scene.account.user("used").passwordLastUsed = scene.sandbox.clock.now();
    for (const key of ["used", "boss"].flatMap((name) => scene.account.keysOf(name))) {
      key.lastUsed = { at: scene.sandbox.clock.now(), service: "s3", region };
    }
    const { mail } = scene.account;
    mail.isInSandbox = false;
    mail.verified.add("security@example.com");
    scene.deploy({ Notify: "ses", NotifyFrom: "security@example.com" });
    const whole = await scene.run();
    expect([whole.status, whole.output]).toEqual([0, whole.output]);
    addDormant("late", warnedLongAgo());
    const late = await scene.run({ remainingMs: 20_000 });
    expect([late.status, late.output]).toEqual([0, late.output]);
    const made = new Set([...madeBy(whole.calls), ...madeBy(late.calls), ...ofLambda]);
    expect([...made].sort()).toEqual([...new Set(allowedTo("awst-dormant-users"))].sort());
    expect(refusals([...whole.calls, ...late.calls])).toEqual([]);
  });

  test("can't touch a protected user, whatever the function does, nor the tag that protects", async () => {
    addDormant("glass", { "awst:protected": "TRUE" });
    addDormant("other");
    scene.deploy();
    const { decideFor } = await import("./role-decisions.ts");
    const may = decideFor(scene);
    for (const action of ["UpdateAccessKey", "DeleteLoginProfile"]) {
      expect([action, may(action, "glass"), may(action, "other")]).toEqual([
        action,
        "denied",
        "allowed",
      ]);
    }
    expect(may("TagUser", "glass", ["awst:dormant-warned"])).toBe("denied");
    expect(may("TagUser", "other", ["awst:dormant-warned"])).toBe("allowed");
    expect(may("TagUser", "other", ["awst:protected"])).toBe("not allowed");
    expect(may("UntagUser", "glass", ["awst:protected"])).toBe("not allowed");
    expect(may("UntagUser", "glass", ["awst:dormant-warned", "email"])).toBe("not allowed");
    expect(may("DeleteUser", "other")).toBe("not allowed");
    expect(may("CreateAccessKey", "other")).toBe("not allowed");
  });
});

test("the zip has one file, stored and without a date of its own", async () => {
  const zip = readFileSync(`${packageFolder}/awst-admin.zip`);
  const { files } = await unzip(zip);
  expect([...files.keys()]).toEqual(["index.js"]);
  expect(zip.readUInt32LE(10)).toBe(0x00210000);
  expect(files.get("index.js")?.toString()).not.toMatch(/\/(tmp|home|root)\/|https:\/\/hooks\./);
});
