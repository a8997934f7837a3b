// Dormant users on the sandbox: the report, the warning, what is disabled and restored, and 5,000 users.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { enforcePlan, planEnforcement } from "../../src/admin/flows/enforce-dormant.ts";
import { judgeAccount, readAccount } from "../../src/admin/flows/read-account.ts";
import { planDormantRestoring, restoreDormant } from "../../src/admin/flows/restore-dormant.ts";
import { decodeAdminSettings } from "../../src/admin/model/admin-settings.ts";
import type { AdminIam } from "../../src/admin/ports.ts";
import { type AdminScene, openAdminScene } from "./admin-scene.ts";

let scene: AdminScene;
beforeEach(async () => {
  scene = await openAdminScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

const { dormant: rules } = decodeAdminSettings(undefined, "");
const guards = { protectedNames: [], forced: [] };
const options = { rules, protectedNames: [], notifier: undefined, accountName: "main-account" };
const day = 86_400;

function addUser(name: string, daysAgo: number): void {
  const createdAt = new Date(scene.sandbox.clock.now().getTime() - daysAgo * day * 1000);
  scene.account.addUser(name, { createdAt });
}

function addKey(name: string, madeDays: number, usedDays?: number) {
  const now = scene.sandbox.clock.now().getTime();
  const key = scene.account.addKey(name, true, new Date(now - madeDays * day * 1000));
  if (usedDays !== undefined) {
    const at = new Date(now - usedDays * day * 1000);
    key.lastUsed = { at, service: "s3", region: "eu-west-1" };
  }
  return key;
}

async function judge(faulty?: (iam: AdminIam) => AdminIam) {
  const admin = scene.open(faulty === undefined ? {} : { faulty });
  const picture = await readAccount(admin);
  const all = await judgeAccount(admin, picture, rules, []);
  const verdicts = Object.fromEntries(all.map(({ user, judged }) => [user.name, judged.verdict]));
  return { admin, picture, all, verdicts };
}

async function enforce() {
  const { admin, picture, all } = await judge();
  const plan = await planEnforcement(admin, picture, all, rules, guards);
  const results = await enforcePlan(admin, plan, options);
  return { plan, results };
}

const tagsOf = (name: string) =>
  Object.fromEntries(scene.account.user(name).tags.map(({ key, value }) => [key, value]));

describe("judging", () => {
  test("from the report and from live calls alike; the report may be missing", async () => {
    addUser("old", 400);
    addKey("old", 400, 200);
    addUser("busy", 400);
    addKey("busy", 400, 2);
    addUser("both", 400);
    addKey("both", 400, 200);
    addKey("both", 300, 1);
    addUser("young", 3);
    addKey("young", 3);
    const withReport = await judge();
    expect(withReport.verdicts).toMatchObject({
      old: "dormant",
      busy: "active",
      both: "partly",
      young: "active",
    });
    const denied = (iam: AdminIam): AdminIam => ({
      ...iam,
      readReport: async () => ({ state: "absent" }),
      generateReport: async () => iam.generateReport(),
    });
    const live = await judge(denied);
    expect(live.verdicts).toEqual(withReport.verdicts);
    expect(live.picture.notes).toHaveLength(1);
  });

  test("a row of an earlier user of the same name does not count", async () => {
    addUser("zoe", 400);
    addKey("zoe", 400, 1);
    await judge();
    const [key] = scene.account.keysOf("zoe");
    if (key) key.deletedAt = scene.sandbox.clock.now();
    scene.account.users.delete("zoe");
    addUser("zoe", 200);
    addKey("zoe", 200);
    expect((await judge()).verdicts["zoe"]).toBe("dormant");
  });

  test("an old key that was switched off and on again is as old as it is", async () => {
    addUser("zoe", 400);
    const key = addKey("zoe", 400);
    key.statusChangedAt = scene.sandbox.clock.now();
    expect((await judge()).verdicts["zoe"]).toBe("dormant");
  });

  test("a list that fails is an error, and no empty account", async () => {
    scene.sandbox.faults.add({ action: "ListUsers", kind: "deny" });
    await expect(judge()).rejects.toMatchObject({ code: "AWS_DENIED" });
  });
});

describe("enforcing", () => {
  test("warns, waits, disables, and restores", async () => {
    addUser("zoe", 400);
    const key = addKey("zoe", 400, 200);
    scene.account.setPassword("zoe", "Correct-Horse-Battery-Staple-2026", new Date(0));
    scene.account.user("zoe").passwordLastUsed = new Date("2020-01-01T00:00:00Z");
    expect((await enforce()).plan.users.map(({ step }) => step.do)).toEqual(["warn"]);
    expect(key.status).toBe("Active");
    expect((await enforce()).plan.users.map(({ step }) => step.do)).toEqual(["wait"]);
    scene.sandbox.clock.advance(15 * day);
    const { results } = await enforce();
    expect(results.filter(({ user }) => user === "zoe")).toMatchObject([{ state: "done" }]);
    expect(key.status).toBe("Inactive");
    expect(scene.account.user("zoe").password).toBeUndefined();
    expect(tagsOf("zoe")).toMatchObject({ "awst:dormant-keys": key.id });
    expect(
      (await enforce()).plan.users.filter(({ picture }) => picture.user.name === "zoe"),
    ).toEqual([]);

    const admin = scene.open();
    const restored = await restoreDormant(admin, await planDormantRestoring(admin, "zoe"), []);
    expect(restored).toMatchObject({ keys: [key.id], hasPassword: false });
    expect(key.status).toBe("Active");
    expect(Object.keys(tagsOf("zoe"))).toEqual(["awst:restored"]);
    expect((await judge()).verdicts["zoe"]).toBe("active");
  });

  test("a user who is in use again loses the warning, not the key", async () => {
    addUser("zoe", 400);
    const key = addKey("zoe", 400, 200);
    await enforce();
    scene.sandbox.clock.advance(15 * day);
    key.lastUsed = { at: scene.sandbox.clock.now(), service: "s3", region: "eu-west-1" };
    await enforce();
    expect(key.status).toBe("Active");
    expect(tagsOf("zoe")).toEqual({});
  });

  test("used between plan and yes: left as it is", async () => {
    addUser("zoe", 400);
    const key = addKey("zoe", 400, 200);
    await enforce();
    scene.sandbox.clock.advance(15 * day);
    const { admin, picture, all } = await judge();
    const plan = await planEnforcement(admin, picture, all, rules, guards);
    key.lastUsed = { at: scene.sandbox.clock.now(), service: "s3", region: "eu-west-1" };
    const results = await enforcePlan(admin, plan, options);
    expect(results.find(({ user }) => user === "zoe")).toMatchObject({ state: "skipped" });
    expect(key.status).toBe("Active");
  });

  test.each(["reset-before", "reset-after", "throttle", "deny"] as const)(
    "%s at any call: the next run finishes",
    async (kind) => {
      for (const action of ["TagUser", "UpdateAccessKey", "UntagUser"]) {
        const name = `zoe-${action}`;
        addUser(name, 400);
        const key = addKey(name, 400, 200);
        scene.account.user(name).tags = [{ key: "awst:dormant-warned", value: "2020-01-01" }];
        scene.sandbox.faults.add({ action, kind, times: 4 });
        await enforce();
        scene.sandbox.faults.clear();
        await enforce();
        expect(key.status).toBe("Inactive");
        expect(tagsOf(name)).toMatchObject({ "awst:dormant-keys": key.id });
        const admin = scene.open();
        await restoreDormant(admin, await planDormantRestoring(admin, name), []);
        expect(key.status).toBe("Active");
      }
    },
  );
});

test("5,000 users: pages, few calls, and only those who look dormant are read live", async () => {
  for (let at = 0; at < 4_990; at++) {
    const name = `user-${String(at).padStart(4, "0")}`;
    addUser(name, 400);
    addKey(name, 400, at % 100 === 0 ? 200 : 3);
  }
  scene.sandbox.forgetCalls();
  const { verdicts } = await judge();
  const dormant = Object.values(verdicts).filter((verdict) => verdict === "dormant");
  expect(dormant).toHaveLength(50);
  // At 20 calls a second this is well below a minute.
  expect(scene.sandbox.calls().length).toBeLessThan(400);
});
