// A user whose access was disabled long ago is deleted: in its time, after a warning, a few in one run, and comes back.

import { beforeEach, describe, expect, test } from "vitest";
import { firstError, planAccounts } from "../../src/admin/flows/enforce-accounts.ts";
import { planDormantRestoring, restoreDormant } from "../../src/admin/flows/restore-dormant.ts";
import { planRestore, restoreUser } from "../../src/admin/flows/restore-user.ts";
import { recordNames } from "../../src/admin/model/dormant-deletion.ts";
import { AwstError } from "../../src/model/errors.ts";
import { leftOvers } from "./admin-scene.ts";
import { type DeletionScene, openDeletionScene, refusalsOf, stepsOf } from "./deletion-scene.ts";

let scene: DeletionScene;
beforeEach(async () => {
  scene = await openDeletionScene();
  return () => scene[Symbol.asyncDispose]();
});

test("from dormant to deleted: each step in its time, two warnings, and a record to restore from", async () => {
  const { account } = scene;
  account.addGroup("Staff");
  account.addUser("zoe", { createdAt: scene.ago(900), groups: ["Staff"], path: "/staff/" });
  account.setPassword("zoe", "Correct-Horse-Battery-Staple-2026", scene.ago(900));
  account.user("zoe").passwordLastUsed = scene.ago(300);
  account.addKey("zoe", true, scene.ago(900)).lastUsed = {
    ...{ at: scene.ago(200), service: "s3", region: "eu-west-1" },
  };
  account.user("zoe").tags = [{ key: "team", value: "platform" }];
  account.addDevice("zoe", "zoe");
  const days: string[] = [];
  for (let day = 0; scene.isThere() && day < 200; day++) {
    const { accounts } = await scene.runAll();
    const done = accounts.flatMap(({ results, deletionResults }) =>
      [...results, ...deletionResults].filter(
        ({ user, state }) => user === "zoe" && state === "done",
      ),
    );
    days.push(...done.map(({ step }) => `${day} ${step.do}`));
    scene.wait(1);
  }
  expect(days).toEqual(["0 warn", "15 disable", "61 announce", "76 delete"]);
  const own = scene.notices.flatMap(({ kind, users }) =>
    users.filter(({ name }) => name === "zoe").map(({ until }) => [kind, until]),
  );
  expect(own).toEqual([
    ["warning", expect.any(String)],
    ["deletion", scene.ago(2).toISOString().slice(0, 10)],
  ]);
  expect([leftOvers(scene, "zoe"), scene.recordsLeft()]).toEqual([[], []]);

  const admin = scene.open();
  await restoreUser(admin, await planRestore(admin, "zoe"), []);
  const { tags, groups, path } = account.user("zoe");
  expect([groups, path]).toEqual([["Staff"], "/staff/"]);
  expect(tags.map(({ key }) => key).sort()).toEqual(["awst:restored", "team"]);
  const again = await scene.plan();
  expect([stepsOf(again), refusalsOf(again)]).toEqual([[], []]);
});

test("without an accepted warning no user is deleted", async () => {
  const user = scene.addDue("zoe", 300);
  scene.account.managed.delete(recordNames(user.id).warned);
  scene.isRefusing = true;
  for (let day = 0; day < 60; day += 15) {
    expect(firstError(await scene.runAll())?.code).toBe("NOTICE_FAILED");
    scene.wait(15);
  }
  expect(scene.isThere()).toBe(true);
  scene.isRefusing = false;
  await scene.runAll();
  const warned = scene.notices
    .filter(({ kind }) => kind === "deletion")
    .flatMap(({ users }) => users);
  expect([scene.isThere(), warned.map(({ name }) => name)]).toEqual([true, ["zoe"]]);
  scene.wait(15);
  await scene.runAll();
  expect(scene.isThere()).toBe(false);
});

test("after Ctrl-C no warning of a deletion is sent, and none is recorded", async () => {
  const { warned } = recordNames(scene.addDue("zoe", 300).id);
  scene.account.managed.delete(warned);
  expect(firstError(await scene.runAll({ isStopped: true }))?.code).toBe("INTERRUPTED");
  expect(scene.notices).toEqual([]);
  expect(scene.account.managed.has(warned)).toBe(false);
});

test("more users than one run deletes: the oldest first, and nothing else waits for the others", async () => {
  for (let at = 0; at < 12; at++) scene.addDue(`zoe-${at}`, 70 + at);
  const disabled = scene.account.addUser("ben", { createdAt: scene.ago(900) });
  scene.account.addKey("ben", true, scene.ago(800));
  disabled.tags = [{ key: "awst:dormant-warned", value: scene.ago(40).toISOString().slice(0, 10) }];
  const left = () => [...scene.account.users.keys()].filter((name) => /^zoe/.test(name));
  const made = await scene.plan();
  const postponed = made.accounts.flatMap(({ deletions }) =>
    deletions.users.filter(({ step }) => step.do === "postpone"),
  );
  expect(postponed.map(({ picture, step }) => [picture.user.name, step])).toEqual([
    ["zoe-0", { do: "postpone", limit: 10 }],
    ["zoe-1", { do: "postpone", limit: 10 }],
  ]);
  const result = await scene.run(made);
  expect([left(), firstError(result), result.next]).toEqual([
    ["zoe-0", "zoe-1"],
    undefined,
    undefined,
  ]);
  expect(scene.account.keysOf("ben").map(({ status }) => status)).toEqual(["Inactive"]);
  await scene.runAll({ maxChanges: 1 });
  expect(left()).toEqual(["zoe-0"]);
  await scene.runAll({ maxChanges: 0 });
  expect(left()).toEqual(["zoe-0"]);
  await scene.runAll();
  expect(left()).toEqual([]);
});

describe("what AWS refuses for one user costs that user alone", () => {
  type Call =
    | "listSshKeys"
    | "listAccessKeys"
    | "lastUseOf"
    | "listMfaDevices"
    | "findLoginProfile";
  test.each<Call | "listRoles">([
    "listSshKeys",
    "listAccessKeys",
    "lastUseOf",
    "listMfaDevices",
    "listRoles",
  ])("%s", async (call) => {
    scene.addDue("zoe");
    const { id } = scene.account.keysOf("zoe")[0] ?? {};
    scene.addDue("ben");
    const { admin, request, accounts } = scene.openRun();
    const iam = {
      ...admin.iam,
      [call]: async (name: string) => {
        const isFailing = call === "listRoles" || name === "zoe" || name === id;
        if (isFailing) throw new AwstError("AWS_FAILED", "failed");
        return admin.iam[call as Call](name);
      },
    };
    const opened = { ...accounts, open: async () => ({ ...admin, iam }) };
    const made = await planAccounts(opened, request);
    const planned = made.accounts.flatMap(({ deletions }) => deletions.users);
    const failing = call === "listRoles" ? ["ben", "zoe"] : ["zoe"];
    const failed = planned.filter(({ failure }) => failure !== undefined);
    expect([made.failed, failed.map(({ picture }) => picture.user.name)]).toEqual([[], failing]);
    const result = await scene.run(made);
    expect(firstError(result)?.code).toBe("AWS_FAILED");
    expect(["ben", "zoe"].filter(scene.isThere)).toEqual(failing);
    expect(scene.recordsLeft().length).toBeGreaterThan(0);
  });
});

test("a user restored after enforcement is not deleted, and its records are removed", async () => {
  scene.addDue();
  const admin = scene.open();
  await restoreDormant(admin, await planDormantRestoring(admin, "zoe"), []);
  await scene.runAll();
  expect([scene.isThere(), scene.recordsLeft()]).toEqual([true, []]);
});

test("a deletion that was stopped after the cut can be undone, and is not continued", async () => {
  scene.addDue();
  const made = await scene.plan();
  const faulty = scene.account.keysOf("zoe")[0];
  scene.sandbox.faults.add({
    ...{ action: "DeleteAccessKey", kind: "error", status: 400 },
    ...{ code: "LimitExceeded", message: "stopped" },
  } as const);
  const { accounts } = await scene.run(made);
  expect(accounts[0]?.deletionResults[0]?.state).toBe("stopped");
  expect(scene.account.user("zoe").policies.map(({ name }) => name)).toEqual(["awst-cut"]);
  const admin = scene.open();
  await restoreUser(admin, await planRestore(admin, "zoe"), []);
  await scene.runAll();
  await scene.runAll();
  expect([scene.isThere(), scene.recordsLeft(), faulty?.status]).toEqual([true, [], "Inactive"]);
});
