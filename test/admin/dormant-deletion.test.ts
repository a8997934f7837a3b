// Users whose access was disabled long ago are deleted, on the sandbox: who is never deleted, what a forger can reach,
// what changed between the plan and the run, and how such a user comes back.

import { beforeEach, describe, expect, test } from "vitest";
import { openDeletions } from "../../src/admin/flows/delete-dormant.ts";
import {
  type AccountsPlan,
  type EnforcementRequest,
  enforceAccounts,
  firstError,
  planAccounts,
} from "../../src/admin/flows/enforce-accounts.ts";
import { planDormantRestoring, restoreDormant } from "../../src/admin/flows/enforce-dormant.ts";
import { planRestore, restoreUser } from "../../src/admin/flows/restore-user.ts";
import { decodeAdminSettings } from "../../src/admin/model/admin-settings.ts";
import { recordNames } from "../../src/admin/model/dormant-deletion.ts";
import type { UserNotice } from "../../src/admin/model/notices.ts";
import { cutPolicyDocument } from "../../src/admin/model/offboarding.ts";
import type { AdminCaller } from "../../src/admin/ports.ts";
import { AwstError } from "../../src/model/errors.ts";
import { type AdminScene, leftOvers, openAdminScene } from "./admin-scene.ts";

const dayMs = 86_400_000;
const settings = decodeAdminSettings(
  {
    groups: { category: [{ name: "AllHeadlessUsers", match: "Headless-" }] },
    dormant: {
      ...{ deleteDays: 60n, actions: ["console", "keys", "user"], except: ["ci-*"] },
      ...{ notify: "sns", notifyTopic: "arn:aws:sns:eu-west-1:111111111111:x" },
    },
  },
  "",
);

let scene: AdminScene;
let notices: UserNotice[];
let isRefusing: boolean;
beforeEach(async () => {
  scene = await openAdminScene();
  notices = [];
  isRefusing = false;
  return () => scene[Symbol.asyncDispose]();
});

const ago = (days: number) => new Date(scene.sandbox.clock.now().getTime() - days * dayMs);
const wait = (days: number) => scene.sandbox.clock.advance(days * 86_400);

/** Without access for 70 days, recorded, and warned 20 days ago: to be deleted. */
function addDue(name = "zoe", days = 70) {
  const { account } = scene;
  const user = account.addUser(name, { createdAt: ago(900) });
  const key = account.addKey(name, true, ago(800));
  key.lastUsed = { at: ago(days + 120), service: "s3", region: "eu-west-1" };
  key.status = "Inactive";
  key.statusChangedAt = ago(days + 0.01);
  user.passwordLastUsed = ago(days + 200);
  user.tags = [
    { key: "awst:dormant-disabled", value: ago(days).toISOString().slice(0, 10) },
    { key: "awst:dormant-keys", value: key.id },
  ];
  const { record, warned } = recordNames(user.id);
  addRecord(record, days);
  addRecord(warned, days - 50);
  return user;
}

function addRecord(policy: string, days: number): void {
  scene.account.managed.set(policy, JSON.parse(cutPolicyDocument));
  scene.account.managedSince.set(policy, ago(days));
}

/** Of users who are there, zoe's alone; and of users who are gone. */
const recordsLeft = () => {
  const others = [...scene.account.users.values()].filter(({ name }) => !/zoe/.test(name));
  return [...scene.account.managed.keys()].filter(
    (name) => name.startsWith("awst-dormant-") && !others.some(({ id }) => name.endsWith(id)),
  );
};

interface How {
  readonly maxChanges?: number;
  readonly protectedNames?: readonly string[];
  readonly forced?: readonly string[];
  readonly caller?: AdminCaller;
}

function open({ maxChanges, protectedNames = [], forced = [], caller }: How = {}) {
  const admin = scene.open(caller === undefined ? {} : { caller });
  const request: EnforcementRequest = {
    ...{ rules: settings.dormant, protectedNames, forced, maxChanges, from: undefined },
    ...{ deadline: undefined, deletion: openDeletions(settings.groups) },
    now: () => scene.sandbox.clock.now(),
  };
  const target = { id: admin.accountId, name: "main-account", roleArn: undefined };
  return { admin, request, accounts: { targets: [target], open: async () => admin } };
}

async function plan(how?: How): Promise<AccountsPlan> {
  const { accounts, request } = open(how);
  const made = await planAccounts(accounts, request);
  if (made.failed[0] !== undefined) throw made.failed[0].error;
  return made;
}

function stepsOf({ accounts }: AccountsPlan, name = "zoe") {
  return accounts.flatMap(({ deletions }) =>
    deletions.users.filter(({ picture }) => picture.user.name === name).map(({ step }) => step.do),
  );
}

const refusalsOf = ({ accounts }: AccountsPlan) =>
  accounts.flatMap(({ deletions }) => deletions.refused.map(({ reason }) => reason));

async function run(made: AccountsPlan, how?: How) {
  const notifier = {
    ...{ usersPerNotice: 10, needsEmail: false },
    send: async (notice: UserNotice) => {
      if (isRefusing) throw new AwstError("NOTICE_FAILED", "the receiver is down");
      notices.push(notice);
    },
  };
  return enforceAccounts(made, open(how).request, notifier);
}

const runAll = async (how?: How) => run(await plan(how), how);
const isThere = (name = "zoe") => scene.account.users.has(name);

test("from dormant to deleted: each step in its time, two warnings, and a record to restore from", async () => {
  const { account } = scene;
  account.addGroup("Staff");
  account.addUser("zoe", { createdAt: ago(900), groups: ["Staff"], path: "/staff/" });
  account.setPassword("zoe", "Correct-Horse-Battery-Staple-2026", ago(900));
  account.user("zoe").passwordLastUsed = ago(300);
  account.addKey("zoe", true, ago(900)).lastUsed = {
    ...{ at: ago(200), service: "s3", region: "eu-west-1" },
  };
  account.user("zoe").tags = [{ key: "team", value: "platform" }];
  account.addDevice("zoe", "zoe");
  const days: string[] = [];
  for (let day = 0; isThere() && day < 200; day++) {
    const { accounts } = await runAll();
    const done = accounts.flatMap(({ results, deletionResults }) =>
      [...results, ...deletionResults].filter(
        ({ user, state }) => user === "zoe" && state === "done",
      ),
    );
    days.push(...done.map(({ step }) => `${day} ${step.do}`));
    wait(1);
  }
  expect(days).toEqual(["0 warn", "15 disable", "61 announce", "76 delete"]);
  const own = notices.flatMap(({ kind, users }) =>
    users.filter(({ name }) => name === "zoe").map(({ until }) => [kind, until]),
  );
  expect(own).toEqual([
    ["warning", expect.any(String)],
    ["deletion", ago(2).toISOString().slice(0, 10)],
  ]);
  expect([leftOvers(scene, "zoe"), recordsLeft()]).toEqual([[], []]);

  const admin = scene.open();
  await restoreUser(admin, await planRestore(admin, "zoe"));
  const { tags, groups, path } = account.user("zoe");
  expect([groups, path]).toEqual([["Staff"], "/staff/"]);
  expect(tags.map(({ key }) => key).sort()).toEqual(["awst:restored", "team"]);
  const again = await plan();
  expect([stepsOf(again), refusalsOf(again)]).toEqual([[], []]);
});

describe("is never deleted", () => {
  const boss = () => {
    const user = addDue();
    user.attached.push("arn:aws:iam::aws:policy/AdministratorAccess");
  };
  test.each<[string, () => unknown, How, RegExp | undefined]>([
    ["protected by name", () => addDue(), { protectedNames: ["z*"] }, undefined],
    [
      "protected by tag",
      () => addDue().tags.push({ key: "awst:protected", value: "true" }),
      {},
      undefined,
    ],
    ["excepted", () => addDue("ci-zoe"), {}, undefined],
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
            user.policies.push({ name: deny, document: JSON.parse(cutPolicyDocument) });
          }
        },
        {},
        /can administer IAM/,
      ],
    ),
    [
      "who can assume a role that can",
      () => {
        addDue().policies.push({
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
      () => addDue(),
      {
        caller: {
          ...{ arn: "arn:aws:sts::111111111111:assumed-role/Admin/zoe", accountId: "" },
          ...{ name: "zoe", roleName: "Admin", keyId: undefined },
        },
      },
      undefined,
    ],
    ["of a program, by name", () => addDue("Headless-zoe"), {}, /category AllHeadlessUsers/],
    [
      "of a program, by group",
      () => addDue().groups.push("AllHeadlessUsers"),
      {},
      /category AllHeadlessUsers/,
    ],
    [
      "with an active SSH key",
      () => {
        const id = "APKAAAAAAAAAAAAAAAAA1";
        const key = { id, body: "ssh-rsa AAAA", uploadedAt: ago(800), status: "Active" } as const;
        addDue().sshKeys.push({ ...key });
      },
      {},
      /APKA\w+ is active/,
    ],
    [
      "whose tags another tool owns",
      () => {
        addDue().tags = [];
      },
      {},
      /Terraform/,
    ],
  ])("a user %s", async (_name, add, how, refusal) => {
    add();
    const { accounts } = await runAll(how);
    const made = await plan(how);
    expect(accounts[0]?.deletionResults.map(({ step }) => step.do)).not.toContain("delete");
    expect([...scene.account.users.keys()].filter((name) => /zoe/.test(name))).toHaveLength(1);
    if (refusal === undefined) expect(recordsLeft()).toEqual([]);
    else expect(refusalsOf(made)).toEqual([expect.stringMatching(refusal)]);
  });
});

describe("what changed between the plan and the run", () => {
  const key = () => scene.account.keysOf("zoe")[0];
  test.each<[string, () => unknown]>([
    ["a new password", () => scene.account.setPassword("zoe", "Correct-Horse-Battery-2026")],
    ["a key is on", () => Object.assign(key() ?? {}, { status: "Active" })],
    ["a new key", () => scene.account.addKey("zoe")],
    ["a key was used", () => Object.assign(key()?.lastUsed ?? {}, { at: ago(0) })],
    [
      "the password was used, and is gone again",
      () => Object.assign(scene.account.user("zoe"), { passwordLastUsed: ago(0) }),
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
        await restoreDormant(admin, await planDormantRestoring(admin, "zoe"));
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
            { key: "awst:cut", value: ago(0).toISOString().slice(0, 10) },
            { key: "awst:delete-after", value: ago(-20).toISOString().slice(0, 10) },
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
    addDue();
    const made = await plan();
    expect(stepsOf(made)).toEqual(["delete"]);
    await change();
    const before = structuredClone(scene.account.user("zoe"));
    const result = await run(made);
    expect(result.accounts[0]?.deletionResults.map(({ state }) => state)).toEqual(["changed"]);
    expect(scene.account.user("zoe")).toEqual(before);
  });

  test("several objections at once, and none: each user is judged alone", async () => {
    for (const name of ["a", "b", "c"]) addDue(name);
    const made = await plan();
    scene.account.setPassword("b", "Correct-Horse-Battery-2026");
    await run(made);
    expect(["a", "b", "c"].filter(isThere)).toEqual(["b"]);
  });
});

describe("a user who may tag users", () => {
  const tag = (days: number) => [
    { key: "awst:dormant-disabled", value: ago(days).toISOString().slice(0, 10) },
    { key: "awst:dormant-warned", value: ago(days).toISOString().slice(0, 10) },
    { key: "awst:delete-after", value: ago(days).toISOString().slice(0, 10) },
  ];

  test("brings no deletion forward: the time starts when awst looks, and a warning is sent", async () => {
    const user = addDue("zoe", 800);
    for (const name of recordsLeft()) scene.account.managed.delete(name);
    user.tags = tag(600);
    expect(stepsOf(await plan())).toEqual(["schedule"]);
    await runAll();
    wait(45);
    user.tags = tag(900);
    expect(stepsOf(await plan())).toEqual(["pending"]);
    wait(15);
    expect(stepsOf(await plan())).toEqual(["announce"]);
  });

  test.each<[string, () => void]>([
    [
      "a user who has access",
      () => {
        const lastUsed = { at: ago(0), service: "s3", region: "eu-west-1" };
        Object.assign(scene.account.keysOf("zoe")[0] ?? {}, { status: "Active", lastUsed });
      },
    ],
    [
      "a user suspended by hand, who was there last month",
      () => Object.assign(scene.account.user("zoe"), { passwordLastUsed: ago(30) }),
    ],
    [
      "a new user without access",
      () => Object.assign(scene.account.user("zoe"), { createdAt: ago(9) }),
    ],
  ])("does not bring %s to deletion", async (_name, change) => {
    const user = addDue("zoe", 5);
    for (const name of recordsLeft()) scene.account.managed.delete(name);
    user.tags = tag(5);
    change();
    for (let day = 0; day < 80; day += 20) {
      await runAll();
      wait(20);
    }
    expect([isThere(), recordsLeft()]).toEqual([true, []]);
  });

  test("a record of today is no older for a tag", async () => {
    const user = addDue("zoe", 1);
    user.tags = tag(700);
    scene.account.managed.delete(recordNames(user.id).warned);
    expect(stepsOf(await plan())).toEqual(["pending"]);
  });
});

test("without an accepted warning no user is deleted", async () => {
  const user = addDue("zoe", 300);
  scene.account.managed.delete(recordNames(user.id).warned);
  isRefusing = true;
  for (let day = 0; day < 60; day += 15) {
    expect(firstError(await runAll())?.code).toBe("NOTICE_FAILED");
    wait(15);
  }
  expect(isThere()).toBe(true);
  isRefusing = false;
  await runAll();
  const warned = notices.filter(({ kind }) => kind === "deletion").flatMap(({ users }) => users);
  expect([isThere(), warned.map(({ name }) => name)]).toEqual([true, ["zoe"]]);
  wait(15);
  await runAll();
  expect(isThere()).toBe(false);
});

test("more users than one run deletes: the oldest first, and nothing else waits for the others", async () => {
  for (let at = 0; at < 12; at++) addDue(`zoe-${at}`, 70 + at);
  const disabled = scene.account.addUser("ben", { createdAt: ago(900) });
  scene.account.addKey("ben", true, ago(800));
  disabled.tags = [{ key: "awst:dormant-warned", value: ago(40).toISOString().slice(0, 10) }];
  const left = () => [...scene.account.users.keys()].filter((name) => /^zoe/.test(name));
  const made = await plan();
  const postponed = made.accounts.flatMap(({ deletions }) =>
    deletions.users.filter(({ step }) => step.do === "postpone"),
  );
  expect(postponed.map(({ picture, step }) => [picture.user.name, step])).toEqual([
    ["zoe-0", { do: "postpone", limit: 10 }],
    ["zoe-1", { do: "postpone", limit: 10 }],
  ]);
  const result = await run(made);
  expect([left(), firstError(result), result.next]).toEqual([
    ["zoe-0", "zoe-1"],
    undefined,
    undefined,
  ]);
  expect(scene.account.keysOf("ben").map(({ status }) => status)).toEqual(["Inactive"]);
  await runAll({ maxChanges: 1 });
  expect(left()).toEqual(["zoe-0"]);
  await runAll({ maxChanges: 0 });
  expect(left()).toEqual(["zoe-0"]);
  await runAll();
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
    addDue("zoe");
    const { id } = scene.account.keysOf("zoe")[0] ?? {};
    addDue("ben");
    const { admin, request, accounts } = open();
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
    const result = await run(made);
    expect(firstError(result)?.code).toBe("AWS_FAILED");
    expect(["ben", "zoe"].filter(isThere)).toEqual(failing);
    expect(recordsLeft().length).toBeGreaterThan(0);
  });
});

test("a record of a warning that was made before its time is no warning: the user is warned", async () => {
  const user = addDue("zoe", 59);
  scene.account.managedSince.set(recordNames(user.id).warned, ago(75));
  wait(1.5);
  await runAll();
  expect([isThere(), notices.map(({ kind }) => kind)]).toEqual([true, ["deletion"]]);
  wait(14);
  expect(stepsOf(await plan())).toEqual(["pending"]);
  wait(1);
  await runAll();
  expect(isThere()).toBe(false);
});

test("a tag that is no day, or one in the future, loses no record", async () => {
  for (const value of ["", "soon", "2099-01-01"]) {
    const user = addDue("zoe");
    user.tags = [{ key: "awst:dormant-disabled", value }];
    await runAll();
    expect([refusalsOf(await plan()), recordsLeft().length]).toEqual([
      [expect.stringContaining("the tag awst:dormant-disabled")],
      2,
    ]);
    scene.account.users.delete("zoe");
    for (const name of recordsLeft()) scene.account.managed.delete(name);
  }
});

test("a user restored after enforcement is not deleted, and its records are removed", async () => {
  addDue();
  const admin = scene.open();
  await restoreDormant(admin, await planDormantRestoring(admin, "zoe"));
  await runAll();
  expect([isThere(), recordsLeft()]).toEqual([true, []]);
});

test("a deletion that was stopped after the cut can be undone, and is not continued", async () => {
  addDue();
  const made = await plan();
  const faulty = scene.account.keysOf("zoe")[0];
  scene.sandbox.faults.add({
    ...{ action: "DeleteAccessKey", kind: "error", status: 400 },
    ...{ code: "LimitExceeded", message: "stopped" },
  } as const);
  const { accounts } = await run(made);
  expect(accounts[0]?.deletionResults[0]?.state).toBe("stopped");
  expect(scene.account.user("zoe").policies.map(({ name }) => name)).toEqual(["awst-cut"]);
  const admin = scene.open();
  await restoreUser(admin, await planRestore(admin, "zoe"));
  await runAll();
  await runAll();
  expect([isThere(), recordsLeft(), faulty?.status]).toEqual([true, [], "Inactive"]);
});
