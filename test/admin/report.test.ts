// `awst admin report` on the sandbox: the same verdicts and steps as `dormant report` and `dormant enforce`.

import { afterEach, beforeEach, expect, test } from "vitest";
import { planEnforcement } from "../../src/admin/flows/enforce-dormant.ts";
import { judgeAccount, readAccount } from "../../src/admin/flows/read-account.ts";
import { reportAccount } from "../../src/admin/flows/report-account.ts";
import { decodeAdminSettings } from "../../src/admin/model/admin-settings.ts";
import { type AdminScene, addLeaver, openAdminScene } from "./admin-scene.ts";

let scene: AdminScene;
beforeEach(async () => {
  scene = await openAdminScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

const settings = decodeAdminSettings(
  {
    protected: ["user"],
    groups: { category: [{ name: "Admins" }, { name: "developer" }] },
  },
  "",
);
const dayMs = 86_400_000;

function addUsers(): void {
  const { account, sandbox } = scene;
  const daysAgo = (days: number) => new Date(sandbox.clock.now().getTime() - days * dayMs);
  for (const name of ["busy", "old", "warned"]) account.addUser(name, { createdAt: daysAgo(400) });
  const busy = account.addKey("busy", true, daysAgo(400));
  busy.lastUsed = { at: daysAgo(2), service: "s3", region: "eu-west-1" };
  busy.statusChangedAt = daysAgo(5);
  account.addKey("old", true, daysAgo(300));
  account.disableKey(account.addKey("old", true, daysAgo(350)).id);
  account.addKey("warned", true, daysAgo(300));
  account.user("warned").tags = [{ key: "awst:dormant-warned", value: "2020-01-01" }];
  addLeaver(scene);
}

test("says of each user what the report of dormant users and the enforcement say", async () => {
  addUsers();
  const admin = scene.open();
  const picture = await readAccount(admin);
  const judged = await judgeAccount(admin, picture, settings.dormant, settings.protectedNames);
  const guards = { protectedNames: settings.protectedNames, forced: [] };
  const plan = await planEnforcement(admin, picture, judged, settings.dormant, guards);
  const { users, ...account } = await reportAccount(admin, settings, "main-account");
  expect(account).toMatchObject({ id: scene.account.id, name: "main-account", notes: [] });
  expect(users.map(({ name, verdict, reason }) => [name, verdict, reason])).toEqual(
    judged.map(({ user, judged: { verdict, reason } }) => [user.name, verdict, reason]),
  );
  const steps = users.flatMap(({ name, step }) => (step === undefined ? [] : [[name, step.do]]));
  expect(steps).toEqual(plan.users.map(({ picture: { user }, step }) => [user.name, step.do]));
  expect(Object.fromEntries(steps)).toMatchObject({ old: "warn", warned: "disable" });
});

test("ages: exact where the keys were listed; else since their last change, and marked so", async () => {
  addUsers();
  const { users } = await reportAccount(scene.open(), settings, undefined);
  const keysOf = (name: string) => users.find((user) => user.name === name)?.keys ?? [];
  const now = scene.sandbox.clock.now().getTime();
  const ages = (name: string) =>
    keysOf(name).map(({ id, createdAt, isAgeExact }) => ({
      hasId: id !== undefined,
      days: createdAt && Math.round((now - createdAt.getTime()) / dayMs),
      isAgeExact,
    }));
  // In the credential report, switching a key on makes it young.
  expect(ages("busy")).toEqual([{ hasId: false, days: 5, isAgeExact: false }]);
  expect(ages("old")).toEqual([{ hasId: true, days: 300, isAgeExact: true }]);
});

test("MFA, categories, services and email", async () => {
  addUsers();
  const { users } = await reportAccount(scene.open(), settings, undefined);
  const byName = Object.fromEntries(users.map((user) => [user.name, user]));
  expect(byName["admin"]).toMatchObject({ hasMfa: true, categories: ["Admins", "developer"] });
  expect(byName["newcomer"]).toMatchObject({ hasMfa: false, categories: ["developer"] });
  expect(byName["busy"]).toMatchObject({ categories: [] });
  expect(byName["user"]).toMatchObject({ verdict: "protected" });
  expect(byName["leaver"]).toMatchObject({
    path: "/staff/",
    email: "leaver@example.com",
    services: 2,
  });
});

test("MFA of a user whom the credential report does not have yet is read live", async () => {
  const { account } = scene;
  await reportAccount(scene.open(), settings, undefined);
  for (const name of ["late", "later"]) {
    account.addUser(name);
    account.setPassword(name, "Correct-Horse-Battery-Staple-2026");
  }
  account.addDevice("late", "late");
  const { users } = await reportAccount(scene.open(), settings, undefined);
  const mfaOf = (name: string) => users.find((user) => user.name === name)?.hasMfa;
  expect([mfaOf("late"), mfaOf("later")]).toEqual([true, false]);
});

test("changes nothing", async () => {
  addUsers();
  scene.sandbox.forgetCalls();
  await reportAccount(scene.open(), settings, undefined);
  const actions = new Set(scene.sandbox.calls().map(({ action }) => action));
  // GenerateCredentialReport makes no change that a user sees.
  expect(
    [...actions].filter((action) => !/^(Get|List|GenerateCredentialReport)/.test(action)),
  ).toEqual([]);
});
