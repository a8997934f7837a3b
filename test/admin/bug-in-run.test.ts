// A bug (a TypeError) at the second of three users, accounts, groups or grants ends the run: what was done before it is in
// the results, the third is not touched, and the command ends with status 70 after its result is printed.

import { beforeEach, expect, test } from "vitest";
import { createUsers, planCreation } from "../../src/admin/flows/create-user.ts";
import { enforceAccounts, planAccounts } from "../../src/admin/flows/enforce-accounts.ts";
import { findBug } from "../../src/admin/flows/expected-errors.ts";
import { offboardUsers } from "../../src/admin/flows/offboard-user.ts";
import { planOffboarding } from "../../src/admin/flows/plan-offboarding.ts";
import { roleAccounts } from "../../src/admin/flows/read-role.ts";
import {
  planPrune,
  planRevoking,
  prune,
  revokeGrants,
} from "../../src/admin/flows/revoke-access.ts";
import { sendFindings } from "../../src/admin/flows/send-findings.ts";
import { carryOutSorting, createGroups, planSorting } from "../../src/admin/flows/sort-groups.ts";
import { decodeAdminSettings } from "../../src/admin/model/admin-settings.ts";
import { grantPolicy } from "../../src/admin/model/grants.ts";
import type { AdminContext, AdminIam } from "../../src/admin/ports.ts";
import { exitStatus } from "../../src/model/errors.ts";
import { addLeaver } from "./admin-scene.ts";
import { type DeletionScene, openDeletionScene } from "./deletion-scene.ts";

const names = ["ann", "ben", "cal"];
const guards = { protectedNames: [], forced: [] };

let scene: DeletionScene;
beforeEach(async () => {
  scene = await openDeletionScene();
  return () => scene[Symbol.asyncDispose]();
});

/** `call` is a bug for ben. */
function open(call: keyof AdminIam, isBen = (args: readonly unknown[]) => args[0] === "ben") {
  return scene.open({
    faulty: (iam) => ({
      ...iam,
      [call]: async (...args: never[]) => {
        if (isBen(args)) throw new TypeError("undefined is not a function");
        return (iam[call] as (...all: never[]) => Promise<unknown>)(...args);
      },
    }),
  });
}

interface RunSummary {
  readonly done: readonly string[];
  readonly error: unknown;
}

const summaryOf = (
  results: readonly { readonly user: string; readonly state: string; readonly error?: unknown }[],
): RunSummary => ({
  done: results.map(({ user, state }) => `${user} ${state}`),
  error: findBug(results as Parameters<typeof findBug>[0]),
});

const create = (call: keyof AdminIam) => async (): Promise<RunSummary> => {
  const admin = open(call);
  const request = {
    ...{ names, path: "/", tags: {}, boundary: undefined, groups: [] },
    ...{ rules: decodeAdminSettings(undefined, "").groups, password: true, key: true, mfa: false },
    ...{ passwordLength: 32, ...guards },
  };
  const plans = await planCreation(admin, request);
  const stored: string[] = [];
  const store = {
    put: async (user: string) => void stored.push(user),
    finish: async (user: string) => void stored.push(`${user} finished`),
  };
  const results = await createUsers(admin, plans, request, store);
  expect(stored).toContain("ann finished");
  return summaryOf(results);
};

async function offboard(): Promise<RunSummary> {
  for (const name of names) addLeaver(scene, name);
  const admin = open("deleteLoginProfile");
  const how = { names, due: false, graceDays: 0, ...guards };
  const plan = await planOffboarding(admin, how);
  return summaryOf(await offboardUsers(admin, plan, { endSessions: false }));
}

function addDormant(name: string): void {
  scene.account.addUser(name, { createdAt: scene.ago(900) }).tags = [
    { key: "awst:dormant-warned", value: scene.ago(40).toISOString().slice(0, 10) },
  ];
  scene.account.setPassword(name, "Correct-Horse-Battery-Staple-2026", scene.ago(900));
}

const enforce = (admin: AdminContext) => async (): Promise<RunSummary> => {
  const { request, accounts } = scene.openRun();
  const plan = await planAccounts({ ...accounts, open: async () => admin }, request);
  const result = await enforceAccounts(plan, request, undefined);
  const all = result.accounts.flatMap(({ results, deletionResults }) => [
    ...results,
    ...deletionResults,
  ]);
  expect(result.bug).toBe(findBug(all));
  return summaryOf(all.filter(({ state }) => state !== "later"));
};

async function sort(): Promise<RunSummary> {
  for (const name of names) scene.account.addUser(name);
  scene.account.addGroup("AllUsers");
  const { groups } = decodeAdminSettings({ groups: { common: ["AllUsers"] } }, "");
  const options = { strict: false, fix: false, defaultCategory: undefined, chosen: new Map() };
  const admin = open("addToGroup");
  const users = await planSorting(admin, groups, options, { recipes: undefined, guards });
  const results = await carryOutSorting(
    admin,
    users.filter(({ user }) => names.includes(user)),
  );
  return summaryOf(
    results.map((each) => ({ ...each, state: each.error === undefined ? "sorted" : "stopped" })),
  );
}

async function makeGroups(): Promise<RunSummary> {
  const { created, error } = await createGroups(open("createGroup"), names);
  return { done: created, error };
}

function addGrants(days: number) {
  const roleArn = scene.account.arn("role/DeveloperAccess");
  const user = scene.account.user("user");
  const ids = ["aaaaaaaa", "bbbbbbbb", "cccccccc"];
  for (const id of ids) {
    const until = new Date(Math.floor(scene.ago(days).getTime() / 1000) * 1000);
    const { name, document } = grantPolicy({ id, roleArn, until });
    user.policies.push({ name, document: JSON.parse(document) });
  }
  return { roleArn, isSecond: (args: readonly unknown[]) => String(args[1]).endsWith("bbbbbbbb") };
}

async function revoke(): Promise<RunSummary> {
  const { roleArn, isSecond } = addGrants(-0.02);
  const admin = open("deleteUserPolicy", isSecond);
  const accounts = roleAccounts(admin);
  const which = { userName: "user", roleArn };
  const all = await planRevoking(admin, accounts, { which, endSessions: false });
  const results = await revokeGrants(admin, accounts, all);
  return {
    done: results.map(({ planned, error }) => `${planned.grant?.id} ${error?.code ?? "revoked"}`),
    error: findBug(results),
  };
}

async function pruneGrants(): Promise<RunSummary> {
  const { isSecond } = addGrants(5);
  const admin = open("deleteUserPolicy", isSecond);
  const { removed, remaining, bug } = await prune(admin, await planPrune(admin));
  return { done: [...removed, ...remaining.map(({ what }) => `${what} remains`)], error: bug };
}

async function notify(): Promise<RunSummary> {
  const account = (name: string) => ({
    account: { id: "111111111111", name },
    findings: [{ kind: "no-mfa" as const, user: name, keyId: undefined, text: "no MFA" }],
    emails: new Map<string, string>(),
  });
  const memory = { has: () => false, add: async () => {}, clear: async () => {} };
  const notifier = {
    ...{ usersPerNotice: 1, needsEmail: false },
    send: async ({ account: { name } }: { account: { name: string } }) => {
      if (name === "ben") throw new TypeError("undefined is not a function");
    },
  };
  const { sent, failed } = await sendFindings(notifier, names.map(account), memory);
  return { done: [`${sent} sent`], error: findBug(failed) };
}

test.each<[string, () => Promise<RunSummary>, readonly string[]]>([
  ["user create, a key", create("createAccessKey"), ["ann created", "ben stopped"]],
  ["user create, a password", create("createLoginProfile"), ["ann created", "ben stopped"]],
  ["user offboard", offboard, ["ann deleted", "ben stopped"]],
  [
    "dormant enforce",
    () => {
      for (const name of names) addDormant(name);
      return enforce(open("deleteLoginProfile"))();
    },
    ["ann done", "ben stopped"],
  ],
  [
    "dormant enforce, which deletes",
    () => {
      for (const name of names) scene.addDue(name);
      return enforce(open("deleteUser"))();
    },
    ["ann done", "ben stopped"],
  ],
  // Users are sorted at once, so the third is under way.
  ["group sort", sort, ["ann sorted", "ben stopped", "cal sorted"]],
  ["group create", makeGroups, ["ann"]],
  ["revoke", revoke, ["aaaaaaaa revoked", "bbbbbbbb BUG"]],
  ["grants prune", pruneGrants, ["aaaaaaaa", "bbbbbbbb remains"]],
  ["dormant report --notify", notify, ["1 sent"]],
])("%s", async (_name, run, done) => {
  const summary = await run();
  expect(summary.done).toEqual(done);
  expect(summary.error).toMatchObject({ code: "BUG", cause: expect.any(TypeError) });
  expect(exitStatus(summary.error)).toBe(70);
});
