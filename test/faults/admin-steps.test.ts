// Every change of the administrator's side, with an error at each call that changes something: what was done before it
// is in the result, step by step, and a second run finishes. A command that plans and is not in the table fails the test.

import { expect, test } from "vitest";
import { adminCommands } from "../../src/admin/commands.ts";
import { createUsers, planCreation } from "../../src/admin/flows/create-user.ts";
import { enforceAccounts, planAccounts } from "../../src/admin/flows/enforce-accounts.ts";
import { takeSteps } from "../../src/admin/flows/expected-errors.ts";
import { offboardUsers } from "../../src/admin/flows/offboard-user.ts";
import { planOffboarding } from "../../src/admin/flows/plan-offboarding.ts";
import { requireDetail } from "../../src/admin/flows/read-user.ts";
import { planDormantRestoring, restoreDormant } from "../../src/admin/flows/restore-dormant.ts";
import { planRestore, restoreUser } from "../../src/admin/flows/restore-user.ts";
import {
  carryOutSorting,
  createGroups,
  missingGroups,
  planSorting,
} from "../../src/admin/flows/sort-groups.ts";
import { changeTags } from "../../src/admin/flows/tag-user.ts";
import { decodeAdminSettings } from "../../src/admin/model/admin-settings.ts";
import { planTags } from "../../src/admin/model/user-tags.ts";
import type { AdminContext } from "../../src/admin/ports.ts";
import { addLeaver } from "../admin/admin-scene.ts";
import { type DeletionScene, openDeletionScene } from "../admin/deletion-scene.ts";
import { faultyIam } from "../admin/faulty-iam.ts";
import {
  addGrants,
  addManagedGrant,
  count,
  endedAtOnce,
  grantTo,
  pruneAll,
  revoke,
  revokeBy,
  type Taken,
  withoutUndone,
} from "./grant-changes.ts";

/** Undefined where there is nothing to do. */
type Second = Taken | undefined;

interface Change {
  readonly prepare: (scene: DeletionScene) => unknown;
  readonly run: (admin: AdminContext, scene: DeletionScene) => Promise<Taken>;
  /** The second run; default: the same again. */
  readonly again?: (admin: AdminContext, scene: DeletionScene) => Promise<Second>;
  /** Another command, whose work it is to remove what may be left. */
  readonly later?: Change["run"];
  /** Calls that are left to the next run, without an error. */
  readonly left?: readonly string[];
  /** How many steps the calls are that AWS accepted; default: one for each. */
  readonly steps?: (accepted: readonly string[]) => number;
}

const guards = { protectedNames: [], forced: [] };
const { groups: rules } = decodeAdminSettings(
  { groups: { common: ["AllUsers", "Second"], category: [{ name: "Old" }, { name: "New" }] } },
  "",
);
const tagged = (tags: Record<string, string>) =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Off-boarding tries every step of the cut, so what is done may follow the error. */
const changes: Readonly<Record<string, readonly (readonly [string, Change])[]>> = {
  "admin user create": [
    [
      "a new user with everything",
      {
        prepare: (scene) => scene.account.addGroup("Staff"),
        run: createZoe,
        // An enabled device is one step of two calls; one that is not enabled is a step too.
        steps: (accepted) => accepted.length - count(accepted, "enableMfaDevice"),
      },
    ],
  ],
  "admin user tag": [
    [
      "one tag set, one removed",
      {
        prepare: (scene) => {
          scene.account.addUser("zoe").tags = tagged({ old: "1" });
        },
        async run(admin) {
          const user = await requireDetail(admin, "zoe");
          const plan = planTags(user, [
            ["team", "web"],
            ["old", ""],
          ]);
          return takeSteps((done) => changeTags(admin, user, plan, guards, done));
        },
      },
    ],
  ],
  "admin user offboard": [
    ["a user with one of everything", { prepare: (scene) => addLeaver(scene), run: offboard() }],
    ["a cut", { prepare: (scene) => addLeaver(scene), run: offboard(30) }],
  ],
  "admin user restore": [
    ["a user who is cut off", { prepare: cutLeaver, run: restore }],
    ["a user whose tags did not fit", { prepare: cutFullLeaver, run: restore }],
    [
      "a user who was deleted",
      {
        prepare: async (scene) => {
          addLeaver(scene);
          scene.sandbox.settings.newUserVisibleAfterSeconds = 0;
          await offboard()(scene.open());
        },
        run: restore,
        // Uploaded and switched off is one step, where both were done in one run.
        steps: (accepted) => {
          const isSwitchedOff = accepted.includes("setSshKeyStatus");
          return accepted.length - (isSwitchedOff && accepted.includes("uploadSshKey") ? 1 : 0);
        },
      },
    ],
  ],
  "admin group create": [
    [
      "four groups",
      {
        prepare: () => {},
        async run(admin) {
          const { created, error } = await createGroups(admin, await missingGroups(admin, rules));
          return { done: created, error };
        },
      },
    ],
  ],
  "admin group sort": [
    ["a user into two groups, and out of one", { prepare: addUnsorted, run: sortZoe }],
  ],
  "admin dormant enforce": [
    ["a warning", { prepare: (scene) => addDormant(scene), run: enforce, steps: withNotice }],
    [
      "password and keys",
      // The record for a deletion, which the next run makes.
      { prepare: (scene) => addDormant(scene, 40), run: enforce, left: ["createPolicy"] },
    ],
    ["no longer dormant", { prepare: addReturned, run: enforce }],
    [
      "a deletion",
      // Records of a user who is gone, which the next run deletes.
      { prepare: (scene) => scene.addDue(), run: enforce, left: ["deletePolicy"] },
    ],
    ["a warning of the deletion", { prepare: addUnwarned, run: enforce, steps: withNotice }],
    ["back in use before the deletion", { prepare: addDueInUse, run: enforce }],
  ],
  "admin dormant restore": [["two keys", { prepare: addDisabled, run: restoreZoe }]],
  "admin grant": [
    [
      "a policy on the user, and the end of its sessions",
      { prepare: (scene) => addGrants(scene, 5), run: grantTo("inline"), steps: withoutUndone },
    ],
    [
      "a managed policy, after an ended one",
      {
        prepare: (scene) => addManagedGrant(scene, 5),
        run: grantTo("managed"),
        later: pruneAll,
        steps: (accepted) => withoutUndone(accepted) - endedAtOnce(accepted),
      },
    ],
  ],
  "admin grants": [
    ["two inline policies", { prepare: (scene) => addGrants(scene, 5), run: pruneAll }],
    ["a managed policy", { prepare: (scene) => addManagedGrant(scene, 5), run: pruneAll }],
  ],
  "admin revoke": [
    [
      "two grants with their sessions",
      { prepare: (scene) => addGrants(scene, -0.02), run: revoke },
    ],
    [
      "a managed grant",
      {
        prepare: (scene) => addManagedGrant(scene, -0.02),
        run: revoke,
        // As the hint of the error says: the same line, or the id of what is left.
        again: async (admin, scene) => {
          await revokeBy(admin, { id: "aaaaaaaa" }, false).catch(refused);
          return revoke(admin, scene);
        },
      },
    ],
  ],
};

/** Why a command that plans is not in the table. */
const elsewhere: Readonly<Record<string, string>> = {
  "admin user password": "one call changes something",
  "admin deploy dormant": "test/faults/admin-deploy.test.ts",
  "admin deploy remove": "test/faults/admin-deploy.test.ts",
};

test("every command that plans is in the table", async () => {
  const all = await Promise.all(Object.values(adminCommands).map((load) => load()));
  const planning = all.filter(({ command }) => command.options && "dryRun" in command.options);
  const names = planning.map(({ command }) => command.name);
  expect([...Object.keys(changes), ...Object.keys(elsewhere)].sort()).toEqual(names.sort());
});

const cases = Object.entries(changes).flatMap(([command, all]) =>
  all.map(([what, change]) => [`${command}: ${what}`, change] as const),
);

test.each(cases)("%s", async (_name, change) => {
  const whole = await once(change);
  expect(whole.first.error).toBeUndefined();
  expect(whole.writes.length).toBeGreaterThan(0);
  for (const kind of ["denied", "lost reply"] as const) {
    for (const [at, name] of whole.writes.entries()) {
      if (isRead(name)) continue;
      const { first, accepted, second, state } = await once(change, { at, kind });
      const where = `${kind} at ${at + 1}, ${name}: ${JSON.stringify(first.done)}`;
      // A lost response is no error where AWS shows what was done.
      if (first.error === undefined && !change.left?.includes(name)) {
        expect(kind, where).toBe("lost reply");
        expect(first.done.length, where).toBe(whole.first.done.length);
      }
      if (kind === "denied") {
        const steps = change.steps?.(accepted) ?? accepted.length;
        expect(first.done.length, where).toBe(steps);
      }
      expect(second === undefined || second.error === undefined, where).toBe(true);
      expect(state, where).toEqual(whole.state);
    }
  }
});

/** One run that an error may strike, and the run after it; undefined: it found nothing to do. */
async function once(change: Change, strike?: Parameters<typeof faultyIam>[0]) {
  await using scene = await openDeletionScene();
  await change.prepare(scene);
  const accepted: string[] = [];
  const { faulty, writes } = faultyIam(strike, (name) => accepted.push(name));
  const first = await change.run(scene.open({ faulty }), scene);
  const calls = { writes: [...writes], accepted: accepted.filter((name) => !isRead(name)) };
  const again = change.again ?? change.run;
  const second = await again(scene.open(), scene).catch(refused);
  await change.later?.(scene.open(), scene);
  return { first, ...calls, second, state: stateOf(scene) };
}

/** AWS makes the credential report, and nothing is changed. */
function isRead(call: string): boolean {
  return call === "generateReport";
}

/** A user who is whole again, or has no grant, is refused. */
function refused(error: unknown): undefined {
  const message = /is not off-boarded|neither warned nor disabled|no live grant|there is no grant/;
  if (message.test(String(error))) return;
  throw error;
}

async function createZoe(admin: AdminContext): Promise<Taken> {
  const request = {
    ...{ names: ["zoe"], path: "/", tags: { team: "web" }, boundary: undefined, groups: ["Staff"] },
    ...{ rules: decodeAdminSettings(undefined, "").groups, password: true, key: true, mfa: true },
    ...{ passwordLength: 32, ...guards },
  };
  const plans = await planCreation(admin, request);
  const store = { put: async () => {}, finish: async () => {} };
  const [result] = await createUsers(admin, plans, request, store);
  return { done: result?.steps ?? [], error: result?.error };
}

function offboard(graceDays = 0) {
  return async (admin: AdminContext): Promise<Taken> => {
    const how = { names: ["leaver"], due: false, graceDays, ...guards };
    const plan = await planOffboarding(admin, how);
    const [result] = await offboardUsers(admin, plan, { endSessions: false });
    return { done: result?.steps ?? [], error: result?.error };
  };
}

async function cutLeaver(scene: DeletionScene): Promise<void> {
  addLeaver(scene);
  await offboard(30)(scene.open());
}

async function cutFullLeaver(scene: DeletionScene): Promise<void> {
  await cutLeaver(scene);
  scene.account.user("leaver").tags = tagged({ team: "platform" });
}

async function restore(admin: AdminContext): Promise<Taken> {
  const plan = await planRestore(admin, "leaver");
  return takeSteps((done) => restoreUser(admin, plan, done));
}

function addUnsorted({ account }: DeletionScene): void {
  for (const name of ["AllUsers", "Second", "Old", "New"]) account.addGroup(name);
  account.addUser("zoe", { groups: ["Old", "New"] });
}

async function sortZoe(admin: AdminContext): Promise<Taken> {
  const chosen = new Map([["zoe", "New"]]);
  const options = { strict: false, fix: true, defaultCategory: undefined, chosen };
  const users = await planSorting(admin, rules, options, { recipes: undefined, guards });
  const zoe = users.filter(({ user }) => user === "zoe");
  const [result] = await carryOutSorting(admin, zoe);
  return { done: [...(result?.joined ?? []), ...(result?.left ?? [])], error: result?.error };
}

function addDormant(scene: DeletionScene, warnedDays?: number): void {
  const { account } = scene;
  const zoe = account.addUser("zoe", { createdAt: scene.ago(900) });
  account.setPassword("zoe", "Correct-Horse-Battery-Staple-2026", scene.ago(900));
  for (const _ of [1, 2]) account.addKey("zoe", true, scene.ago(900));
  if (warnedDays === undefined) return;
  zoe.tags = tagged({ "awst:dormant-warned": scene.ago(warnedDays).toISOString().slice(0, 10) });
}

function addReturned(scene: DeletionScene): void {
  addDormant(scene, 5);
  scene.account.user("zoe").passwordLastUsed = scene.ago(1);
  for (const key of scene.account.keysOf("zoe")) {
    key.lastUsed = { at: scene.ago(1), service: "s3", region: "eu-west-1" };
  }
}

function addUnwarned(scene: DeletionScene): void {
  const { id } = scene.addDue("zoe", 50);
  scene.account.managed.delete(`awst-dormant-warned-${id}`);
}

function addDueInUse(scene: DeletionScene): void {
  scene.addDue();
  scene.account.user("zoe").passwordLastUsed = scene.ago(1);
  scene.account.setPassword("zoe", "Correct-Horse-Battery-Staple-2026", scene.ago(2));
}

function addDisabled(scene: DeletionScene): void {
  addDormant(scene);
  const keys = scene.account.keysOf("zoe");
  for (const { id } of keys) scene.account.disableKey(id);
  scene.account.user("zoe").tags = tagged({
    "awst:dormant-disabled": scene.ago(5).toISOString().slice(0, 10),
    "awst:dormant-keys": keys.map(({ id }) => id).join(" "),
  });
}

async function restoreZoe(admin: AdminContext): Promise<Taken> {
  const plan = await planDormantRestoring(admin, "zoe");
  return takeSteps((done) => restoreDormant(admin, plan, done));
}

/** Of zoe alone. A run of an enforcement has no `admin` of its own, so this one is put into it. */
async function enforce(admin: AdminContext, scene: DeletionScene): Promise<Taken> {
  const { request, accounts } = scene.openRun();
  const only = { ...request, protectedNames: ["admin", "user", "newcomer"] };
  const plan = await planAccounts({ ...accounts, open: async () => admin }, only);
  const send = async () => {};
  const notifier = { usersPerNotice: 10, needsEmail: false, send };
  const result = await enforceAccounts(plan, only, notifier);
  const all = result.accounts.flatMap((each) => [...each.results, ...each.deletionResults]);
  const own = all.filter(({ user }) => user === "zoe");
  const error = own.map((each) => each.error).find((each) => each !== undefined);
  return { done: own.flatMap(({ done }) => done), error };
}

function withNotice(accepted: readonly string[]): number {
  return accepted.length + 1;
}

/** What is left in the account, without ids and times. */
function stateOf({ account }: DeletionScene): object {
  const plain = (text: string) =>
    text.replace(/AIDA\w+/, "ID").replace(/-\d{8}T\d{6}Z-\w+$/, "-GRANT");
  const users = [...account.users.values()].map((user) => ({
    ...{ name: user.name, path: user.path, boundary: user.boundary },
    groups: [...user.groups].sort(),
    attached: user.attached.map(plain).sort(),
    policies: user.policies.map(({ name }) => plain(name)).sort(),
    // What was active before a cut: where AWS refused these tags, restoring names what stays inactive.
    tags: user.tags.flatMap(({ key }) => (key.startsWith("awst:cut-") ? [] : [key])).sort(),
    keys: account.keysOf(user.name).map(({ status }) => status),
    sshKeys: user.sshKeys.map(({ body, status }) => `${body} ${status}`),
    certificates: user.certificates.map(({ status }) => status),
    serviceCredentials: user.serviceCredentials.map(({ status }) => status),
    hasPassword: user.password !== undefined,
    devices: account.devicesOf(user.name).length,
  }));
  const roles = [...account.roles.values()].flatMap(({ name, policies }) =>
    policies.map((policy) => `${name} ${plain(policy.name)}`),
  );
  return {
    users,
    // An end of sessions whose response was lost stays, and denies nothing else; another one may stand beside it.
    roles: [...new Set(roles)],
    groups: [...account.groups.keys()].sort(),
    managed: [...account.managed.keys()].map(plain).sort(),
  };
}
