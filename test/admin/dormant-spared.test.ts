// Users without access who are not deleted: whom a rule spares, what a forger of tags and policies can reach, and what
// changed between the plan and the run.

import { beforeEach, describe, expect, test } from "vitest";
import { planDormantRestoring, restoreDormant } from "../../src/admin/flows/restore-dormant.ts";
import { recordNames } from "../../src/admin/model/dormant-deletion.ts";
import { cutPolicy } from "../../src/admin/model/offboarding.ts";
import {
  type DeletionScene,
  type How,
  openDeletionScene,
  refusalsOf,
  stepsOf,
} from "./deletion-scene.ts";

let scene: DeletionScene;
beforeEach(async () => {
  scene = await openDeletionScene();
  return () => scene[Symbol.asyncDispose]();
});

describe("is never deleted", () => {
  const boss = () => {
    const user = scene.addDue();
    user.attached.push("arn:aws:iam::aws:policy/AdministratorAccess");
  };
  test.each<[string, () => unknown, How, RegExp | undefined]>([
    ["protected by name", () => scene.addDue(), { protectedNames: ["z*"] }, undefined],
    [
      "protected by tag",
      () => scene.addDue().tags.push({ key: "awst:protected", value: "true" }),
      {},
      undefined,
    ],
    ["excepted", () => scene.addDue("ci-zoe"), {}, undefined],
    ["who can administer IAM", boss, {}, /can administer IAM/],
    ["who can administer IAM, although forced", boss, { forced: ["zoe"] }, /can administer IAM/],
    ...["", "arn:aws:iam::aws:policy/AWSDenyAll", "awst-cut"].map(
      (deny): [string, () => unknown, How, RegExp] => [
        `who can administer IAM, tagged as cut off and with ${deny || "no deny"}`,
        () => {
          boss();
          const user = scene.account.user("zoe");
          user.tags.push({ key: "awst:cut", value: "2020-01-01" });
          user.tags.push({ key: "awst:delete-after", value: "2020-01-01" });
          if (deny.startsWith("arn:")) user.attached.push(deny);
          else if (deny !== "") {
            user.policies.push({ name: deny, document: JSON.parse(cutPolicy(undefined).document) });
          }
        },
        {},
        /can administer IAM/,
      ],
    ),
    [
      "who can assume a role that can",
      () => {
        scene.addDue().policies.push({
          name: "Assume",
          document: {
            Version: "2012-10-17",
            Statement: { Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" },
          },
        });
      },
      {},
      /can administer IAM/,
    ],
    [
      "who runs the command",
      () => scene.addDue(),
      {
        caller: {
          ...{ arn: "arn:aws:sts::111111111111:assumed-role/Admin/zoe", accountId: "" },
          ...{ name: "zoe", roleName: "Admin", keyId: undefined },
        },
      },
      undefined,
    ],
    ["of a program, by name", () => scene.addDue("Headless-zoe"), {}, /category AllHeadlessUsers/],
    [
      "of a program, by group",
      () => scene.addDue().groups.push("AllHeadlessUsers"),
      {},
      /category AllHeadlessUsers/,
    ],
    [
      "with an active SSH key",
      () => {
        const id = "APKAAAAAAAAAAAAAAAAA1";
        const key = {
          id,
          body: "ssh-rsa AAAA",
          uploadedAt: scene.ago(800),
          status: "Active",
        } as const;
        scene.addDue().sshKeys.push({ ...key });
      },
      {},
      /APKA\w+ is active/,
    ],
    [
      "whose tags another tool owns",
      () => {
        scene.addDue().tags = [];
      },
      {},
      /Terraform/,
    ],
  ])("a user %s", async (_name, add, how, refusal) => {
    add();
    const { accounts } = await scene.runAll(how);
    const made = await scene.plan(how);
    expect(accounts[0]?.deletionResults.map(({ step }) => step.do)).not.toContain("delete");
    expect([...scene.account.users.keys()].filter((name) => /zoe/.test(name))).toHaveLength(1);
    if (refusal === undefined) expect(scene.recordsLeft()).toEqual([]);
    else expect(refusalsOf(made)).toEqual([expect.stringMatching(refusal)]);
  });
});

describe("what changed between the plan and the run", () => {
  const key = () => scene.account.keysOf("zoe")[0];
  test.each<[string, () => unknown]>([
    ["a new password", () => scene.account.setPassword("zoe", "Correct-Horse-Battery-2026")],
    ["a key is on", () => Object.assign(key() ?? {}, { status: "Active" })],
    ["a new key", () => scene.account.addKey("zoe")],
    ["a key was used", () => Object.assign(key()?.lastUsed ?? {}, { at: scene.ago(0) })],
    [
      "the password was used, and is gone again",
      () => Object.assign(scene.account.user("zoe"), { passwordLastUsed: scene.ago(0) }),
    ],
    [
      "protected",
      () => scene.account.user("zoe").tags.push({ key: "awst:protected", value: "true" }),
    ],
    ["excepted by no tag", () => (scene.account.user("zoe").tags = [])],
    [
      "restored",
      async () => {
        const admin = scene.open();
        await restoreDormant(admin, await planDormantRestoring(admin, "zoe"), []);
      },
    ],
    [
      "the first record removed",
      () => {
        const { record } = recordNames(scene.account.user("zoe").id);
        scene.account.managed.delete(record);
      },
    ],
    [
      "the warning's record removed",
      () => {
        const { warned } = recordNames(scene.account.user("zoe").id);
        scene.account.managed.delete(warned);
      },
    ],
    [
      "cut off for a later day",
      () =>
        scene.account
          .user("zoe")
          .tags.push(
            { key: "awst:cut", value: scene.ago(0).toISOString().slice(0, 10) },
            { key: "awst:delete-after", value: scene.ago(-20).toISOString().slice(0, 10) },
          ),
    ],
    [
      "another user of that name",
      () => {
        scene.account.users.delete("zoe");
        scene.account.addUser("zoe");
      },
    ],
  ])("%s: nothing of the user is changed", async (_name, change) => {
    scene.addDue();
    const made = await scene.plan();
    expect(stepsOf(made)).toEqual(["delete"]);
    await change();
    const before = structuredClone(scene.account.user("zoe"));
    const result = await scene.run(made);
    expect(result.accounts[0]?.deletionResults.map(({ state }) => state)).toEqual(["skipped"]);
    expect(scene.account.user("zoe")).toEqual(before);
  });

  test("several objections at once, and none: each user is judged alone", async () => {
    for (const name of ["a", "b", "c"]) scene.addDue(name);
    const made = await scene.plan();
    scene.account.setPassword("b", "Correct-Horse-Battery-2026");
    await scene.run(made);
    expect(["a", "b", "c"].filter(scene.isThere)).toEqual(["b"]);
  });
});

describe("a user who may tag users", () => {
  const tag = (days: number) => [
    { key: "awst:dormant-disabled", value: scene.ago(days).toISOString().slice(0, 10) },
    { key: "awst:dormant-warned", value: scene.ago(days).toISOString().slice(0, 10) },
    { key: "awst:delete-after", value: scene.ago(days).toISOString().slice(0, 10) },
  ];

  test("brings no deletion forward: the time starts when awst looks, and a warning is sent", async () => {
    const user = scene.addDue("zoe", 800);
    for (const name of scene.recordsLeft()) scene.account.managed.delete(name);
    user.tags = tag(600);
    expect(stepsOf(await scene.plan())).toEqual(["schedule"]);
    await scene.runAll();
    scene.wait(45);
    user.tags = tag(900);
    expect(stepsOf(await scene.plan())).toEqual(["pending"]);
    scene.wait(15);
    expect(stepsOf(await scene.plan())).toEqual(["announce"]);
  });

  test.each<[string, () => void]>([
    [
      "a user who has access",
      () => {
        const lastUsed = { at: scene.ago(0), service: "s3", region: "eu-west-1" };
        Object.assign(scene.account.keysOf("zoe")[0] ?? {}, { status: "Active", lastUsed });
      },
    ],
    [
      "a user suspended by hand, who was there last month",
      () => Object.assign(scene.account.user("zoe"), { passwordLastUsed: scene.ago(30) }),
    ],
    [
      "a new user without access",
      () => Object.assign(scene.account.user("zoe"), { createdAt: scene.ago(9) }),
    ],
  ])("does not bring %s to deletion", async (_name, change) => {
    const user = scene.addDue("zoe", 5);
    for (const name of scene.recordsLeft()) scene.account.managed.delete(name);
    user.tags = tag(5);
    change();
    for (let day = 0; day < 80; day += 20) {
      await scene.runAll();
      scene.wait(20);
    }
    expect([scene.isThere(), scene.recordsLeft()]).toEqual([true, []]);
  });

  test("a record of today is no older for a tag", async () => {
    const user = scene.addDue("zoe", 1);
    user.tags = tag(700);
    scene.account.managed.delete(recordNames(user.id).warned);
    expect(stepsOf(await scene.plan())).toEqual(["pending"]);
  });
});

test("a record of a warning that was made before its time is no warning: the user is warned", async () => {
  const user = scene.addDue("zoe", 59);
  scene.account.managedSince.set(recordNames(user.id).warned, scene.ago(75));
  scene.wait(1.5);
  await scene.runAll();
  expect([scene.isThere(), scene.notices.map(({ kind }) => kind)]).toEqual([true, ["deletion"]]);
  scene.wait(14);
  expect(stepsOf(await scene.plan())).toEqual(["pending"]);
  scene.wait(1);
  await scene.runAll();
  expect(scene.isThere()).toBe(false);
});

test("a tag that is no day, or one in the future, loses no record", async () => {
  for (const value of ["", "soon", "2099-01-01"]) {
    const user = scene.addDue("zoe");
    user.tags = [{ key: "awst:dormant-disabled", value }];
    await scene.runAll();
    expect([refusalsOf(await scene.plan()), scene.recordsLeft().length]).toEqual([
      [expect.stringContaining("the tag awst:dormant-disabled")],
      2,
    ]);
    scene.account.users.delete("zoe");
    for (const name of scene.recordsLeft()) scene.account.managed.delete(name);
  }
});
