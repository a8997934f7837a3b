// A call about one user fails: that user is unknown, is neither warned, disabled nor deleted, and never counts as fine. The
// other users are judged and changed, and the run ends with an error.

import { beforeEach, describe, expect, test } from "vitest";
import {
  enforceAccounts,
  firstError,
  planAccounts,
} from "../../src/admin/flows/enforce-accounts.ts";
import { judgeAccount, readAccount, readMissingMfa } from "../../src/admin/flows/read-account.ts";
import { reportAccount } from "../../src/admin/flows/report-account.ts";
import { liveReads, openReads } from "../../src/admin/flows/store-readings.ts";
import { decodeAdminSettings } from "../../src/admin/model/admin-settings.ts";
import type { AdminIam } from "../../src/admin/ports.ts";
import { AwstError, type ErrorCode } from "../../src/model/errors.ts";
import { type DeletionScene, openDeletionScene, stepsOf } from "./deletion-scene.ts";

const settings = decodeAdminSettings({ dormant: { except: ["group:Exempt"] } }, "");
const names = ["ann", "ben", "cal"];

let scene: DeletionScene;
beforeEach(async () => {
  scene = await openDeletionScene();
  return () => scene[Symbol.asyncDispose]();
});

/** Warned, with a password and a key that were not used for 200 days: to be disabled. */
function addDormant(name: string): void {
  const { account } = scene;
  const user = account.addUser(name, { createdAt: scene.ago(900) });
  account.setPassword(name, "Correct-Horse-Battery-Staple-2026", scene.ago(900));
  user.passwordLastUsed = scene.ago(200);
  account.addKey(name, true, scene.ago(800)).lastUsed = {
    ...{ at: scene.ago(200), service: "s3", region: "eu-west-1" },
  };
  const value = scene.ago(40).toISOString().slice(0, 10);
  user.tags = [{ key: "awst:dormant-warned", value }];
}

type Call = (typeof calls)[number];
const calls = [
  "findLoginProfile",
  "listAccessKeys",
  "lastUseOf",
  "listMfaDevices",
  "getUser",
  "listGroupsOf",
  "listAttachedPolicies",
  "listSshKeys",
] as const;
const codes: readonly ErrorCode[] = [
  ...(["AWS_DENIED", "AWS_THROTTLED", "IAM_ABSENT", "AWS_UNREACHABLE"] as const),
];

/** `isOn`: whether the call fails, for ben alone. */
function failing(call: Call, code: ErrorCode, isOn = () => true) {
  const ids = scene.account.keysOf("ben").map(({ id }) => id);
  return (iam: AdminIam): AdminIam => ({
    ...iam,
    [call]: async (name: string) => {
      const isBen = name === "ben" || ids.includes(name);
      if (isOn() && isBen) throw new AwstError(code, `${call}: ${code}`);
      return iam[call](name);
    },
  });
}

const pairs = (chosen: readonly Call[]) =>
  chosen.flatMap((call) => codes.map((code): [Call, ErrorCode] => [call, code]));

describe.each(pairs(["findLoginProfile", "listAccessKeys", "lastUseOf"]))(
  "%s: %s",
  (call, code) => {
    beforeEach(() => {
      for (const name of names) addDormant(name);
    });

    test("is reported as unknown, with the reason, and the others with their verdicts", async () => {
      const admin = scene.open({ faulty: failing(call, code) });
      const all = await judgeAccount(admin, await readAccount(admin), settings.dormant, []);
      const found = all.filter(({ user }) => names.includes(user.name));
      expect(
        found.map(({ judged, failure }) => [judged.user, judged.verdict, failure?.code]),
      ).toEqual([
        ["ann", "dormant", undefined],
        ["ben", "unknown", code],
        ["cal", "dormant", undefined],
      ]);
      expect(found[1]?.judged).toMatchObject({ access: [], reason: `not read: ${call}: ${code}` });
      const report = await reportAccount(admin, settings, undefined);
      expect(report.unread.map(({ user, error }) => [user, error.code])).toEqual([["ben", code]]);
      expect(report.users.find(({ name }) => name === "ben")).toMatchObject({
        ...{ verdict: "unknown", console: undefined, keys: [], step: undefined },
      });
    });

    test("nothing of the user is changed; the others lose access, and the run fails", async () => {
      const before = structuredClone(scene.account.user("ben"));
      const admin = scene.open({ faulty: failing(call, code) });
      const { request, accounts } = scene.openRun();
      const plan = await planAccounts({ ...accounts, open: async () => admin }, request);
      const result = await enforceAccounts(plan, request, undefined);
      const done = result.accounts.flatMap(({ results }) => results.map(({ user }) => user));
      expect(done).toEqual(["ann", "cal"]);
      expect(firstError(result)?.code).toBe(code);
      expect(scene.account.user("ben")).toEqual(before);
      const active = names.filter((name) => scene.account.keysOf(name)[0]?.status === "Active");
      expect(active).toEqual(["ben"]);
    });
  },
);

describe.each(pairs(["listMfaDevices"]))("%s: %s", (call, code) => {
  test("MFA is unknown, and the failure is named", async () => {
    for (const name of names) addDormant(name);
    const noReport = (iam: AdminIam): AdminIam => ({
      ...failing(call, code)(iam),
      readReport: async () => {
        throw new AwstError("AWS_DENIED", "no report");
      },
    });
    const admin = scene.open({ faulty: noReport });
    const judged = await judgeAccount(admin, await readAccount(admin), settings.dormant, []);
    const all = await readMissingMfa(liveReads(admin), judged);
    const found = all.filter(({ user }) => names.includes(user.name));
    expect(found.map(({ hasMfa, failure }) => [hasMfa, failure?.code])).toEqual([
      [false, undefined],
      [undefined, code],
      [false, undefined],
    ]);
  });
});

describe.each(
  pairs(["getUser", "findLoginProfile", "listAccessKeys", "lastUseOf", "listGroupsOf"]),
)("%s: %s, just before a change", (call, code) => {
  test("the user is not changed, and the others are", async () => {
    for (const name of names) addDormant(name);
    let isOn = false;
    const admin = scene.open({ faulty: failing(call, code, () => isOn) });
    const { request, accounts } = scene.openRun();
    const rules = { ...request.rules, except: settings.dormant.except };
    const asked = { ...request, rules };
    const plan = await planAccounts({ ...accounts, open: async () => admin }, asked);
    isOn = true;
    const before = structuredClone(scene.account.user("ben"));
    const { accounts: done } = await enforceAccounts(plan, asked, undefined);
    const states = done.flatMap(({ results }) => results.map(({ user, state }) => [user, state]));
    expect(states).toEqual([
      ["ann", "done"],
      ["ben", "stopped"],
      ["cal", "done"],
    ]);
    expect(scene.account.user("ben")).toEqual(before);
  });
});

describe.each(
  pairs([
    "findLoginProfile",
    "listAccessKeys",
    "lastUseOf",
    "getUser",
    "listAttachedPolicies",
    "listSshKeys",
  ]),
)("%s: %s, of a user who is due to be deleted", (call, code) => {
  test("the user is not deleted, and keeps the records; the others are deleted", async () => {
    for (const name of names) scene.addDue(name);
    const { id } = scene.account.user("ben");
    const records = () => [...scene.account.managed.keys()].filter((name) => name.endsWith(id));
    const admin = scene.open({ faulty: failing(call, code) });
    const { request, accounts } = scene.openRun();
    const plan = await planAccounts({ ...accounts, open: async () => admin }, request);
    const result = await enforceAccounts(plan, request, undefined);
    expect(names.filter(scene.isThere)).toEqual(["ben"]);
    // A user who is gone is no failure, and its records are left over.
    if (code !== "IAM_ABSENT") {
      expect(records()).toHaveLength(2);
      expect(firstError(result)?.code).toBe(code);
    }
    expect(stepsOf(plan, "ann")).toEqual(["delete"]);
  });
});

test("an incomplete report keeps its responses: the next run makes the call that failed, and no other", async () => {
  for (const name of names) addDormant(name);
  const judgeWith = async (faulty: (iam: AdminIam) => AdminIam) => {
    const admin = scene.open({ faulty });
    const stored = await openReads(admin, { isFresh: false });
    const picture = await readAccount(admin);
    const all = await judgeAccount(admin, picture, settings.dormant, [], stored.reads);
    await stored.end(all.every(({ failure }) => failure === undefined));
    return all.filter(({ user }) => names.includes(user.name)).map(({ judged }) => judged.verdict);
  };
  const unread = await judgeWith(failing("listAccessKeys", "AWS_DENIED"));
  expect(unread).toEqual(["dormant", "unknown", "dormant"]);
  scene.sandbox.forgetCalls();
  expect(await judgeWith((iam) => iam)).toEqual(["dormant", "dormant", "dormant"]);
  const made = scene.sandbox.calls().map(({ action }) => action);
  expect(made.filter((action) => action === "ListAccessKeys")).toHaveLength(1);
  expect(made).not.toContain("GetLoginProfile");
  expect(scene.readings.text).toBeUndefined();
});

test("calls that fail for many users are no matter of one: the account fails", async () => {
  for (let at = 0; at < 30; at++) addDormant(`user-${at}`);
  const judgeWith = (code: ErrorCode) => {
    const admin = scene.open({
      faulty: (iam) => ({
        ...iam,
        listAccessKeys: async () => {
          throw new AwstError(code, "failed");
        },
      }),
    });
    return readAccount(admin).then((picture) => judgeAccount(admin, picture, settings.dormant, []));
  };
  await expect(judgeWith("AWS_UNREACHABLE")).rejects.toMatchObject({ code: "AWS_UNREACHABLE" });
  await expect(judgeWith("AWS_SESSION_EXPIRED")).rejects.toMatchObject({
    code: "AWS_SESSION_EXPIRED",
  });
  const denied = await judgeWith("AWS_DENIED");
  expect(denied.filter(({ judged }) => judged.verdict === "unknown")).toHaveLength(30);
});
