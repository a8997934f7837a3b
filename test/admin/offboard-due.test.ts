// Users who were cut off with a grace time, and whom `user offboard --due` deletes: when, and who stays.

import { beforeEach, expect, test } from "vitest";
import {
  type OffboardRequest,
  offboardUsers,
  planOffboarding,
} from "../../src/admin/flows/offboard-user.ts";
import { planRestore, restoreUser } from "../../src/admin/flows/restore-user.ts";
import { cutPolicyName, cutTags } from "../../src/admin/model/offboarding.ts";
import { AwstError } from "../../src/model/errors.ts";
import { type AdminScene, leftOvers } from "./admin-scene.ts";
import { offboardIn, openLeaverScene, usual } from "./offboard-scene.ts";

let scene: AdminScene;
beforeEach(async () => {
  scene = await openLeaverScene();
  return () => scene[Symbol.asyncDispose]();
});

const offboard = (request: Partial<OffboardRequest> = {}) => offboardIn(scene, request);
const leaver = () => scene.account.user("leaver");

test("with a grace time he is cut off now, and a later run deletes him", async () => {
  const { results } = await offboard({ graceDays: 30 });
  expect(results).toMatchObject([{ state: "cut", error: undefined }]);
  const tags = Object.fromEntries(leaver().tags.map(({ key, value }) => [key, value]));
  const [active] = scene.account.keysOf("leaver");
  expect(tags[cutTags.keys]).toBe(active?.id);
  expect(scene.account.keysOf("leaver").map(({ status }) => status)).toEqual([
    "Inactive",
    "Inactive",
  ]);
  expect(scene.account.devicesOf("leaver")).toHaveLength(2);
  expect(leaver().boundary).toContain("Limits");

  const early = await offboard({ names: [], due: true });
  expect(early.results).toEqual([]);
  scene.sandbox.clock.advance(31 * 86_400);
  const late = await offboard({ names: [], due: true });
  expect(late.results).toMatchObject([{ user: "leaver", state: "deleted" }]);
  expect(leftOvers(scene)).toEqual([]);
});

test("a user who was cut and has access again is not deleted by a later run", async () => {
  await offboard({ graceDays: 1 });
  scene.account.setPassword("leaver", "Correct-Horse-Battery-Staple-2027");
  scene.sandbox.clock.advance(3 * 86_400);
  const { plan, results } = await offboard({ names: [], due: true });
  expect(results).toEqual([]);
  expect(plan.refused).toMatchObject([{ user: "leaver", remedy: "cut off again" }]);
  expect(scene.account.users.has("leaver")).toBe(true);
  // --force does not help there: the name does.
  const forced = await offboard({ names: [], due: true, forced: ["leaver"] });
  expect(forced.plan.refused).toHaveLength(1);
  const again = await offboard({ graceDays: 1 });
  expect(again.results).toMatchObject([{ user: "leaver", state: "cut" }]);
  expect(leaver().password).toBeUndefined();
});

test("tags alone, which many may set, get no user deleted", async () => {
  const { clock } = scene.sandbox;
  await offboard({ graceDays: 1 });
  const others = leaver().policies.filter(({ name }) => name !== cutPolicyName);
  expect(others.length).toBe(leaver().policies.length - 1);
  leaver().policies.splice(0, Number.POSITIVE_INFINITY, ...others);
  clock.advance(3 * 86_400);
  const { plan, results } = await offboard({ names: [], due: true });
  expect(results).toEqual([]);
  expect(plan.refused).toMatchObject([{ user: "leaver", remedy: "cut off again" }]);
  expect(plan.refused[0]?.reason).toContain("tagged as cut off");
  expect(scene.account.users.has("leaver")).toBe(true);
});

test("a new user on whom nothing hangs is not deleted for tags: no record says that he was cut off", async () => {
  const due = [
    { key: cutTags.at, value: "2020-01-01" },
    { key: cutTags.deleteAfter, value: "2020-01-01" },
  ];
  scene.account.addUser("fresh").tags = due;
  scene.account.addUser("odd").tags = [{ key: cutTags.at, value: "2020-01-01" }];
  scene.account.user("odd").tags.push({ key: cutTags.deleteAfter, value: "0" });
  // A record of an earlier user of that name is none of this one.
  const before = scene.account.addUser("again");
  await offboard({ names: ["again"] });
  expect(scene.account.users.has("again")).toBe(false);
  scene.account.addUser("again").tags = due;
  expect(scene.account.user("again").id).not.toBe(before.id);
  const { plan } = await offboard({ names: [], due: true });
  expect(plan.users).toEqual([]);
  expect(plan.refused.map(({ user, remedy }) => [user, remedy])).toEqual([
    ["fresh", "cut off again"],
    ["again", "cut off again"],
  ]);
  expect(["fresh", "odd", "again"].every((name) => scene.account.users.has(name))).toBe(true);
});

test("a deletion that was stopped before its last call is finished by a later run", async () => {
  const admin = scene.open({
    faulty: (iam) => ({
      ...iam,
      deleteUser: async () => {
        throw new AwstError("AWS_DENIED", "denied");
      },
    }),
  });
  await offboard({ graceDays: 1 });
  scene.sandbox.clock.advance(3 * 86_400);
  const plan = await planOffboarding(admin, { ...usual, names: [], due: true });
  const [stopped] = await offboardUsers(admin, plan, { endSessions: false });
  expect(stopped).toMatchObject({ state: "stopped" });
  expect(leaver().policies).toEqual([]);
  const { results } = await offboard({ names: [], due: true });
  expect(results).toMatchObject([{ user: "leaver", state: "deleted" }]);
});

test.each([
  [
    "restored",
    async () => {
      const admin = scene.open();
      await restoreUser(admin, await planRestore(admin, "leaver"));
    },
  ],
  [
    "given a password",
    async () => {
      scene.account.setPassword("leaver", "Correct-Horse-Battery-Staple-2027");
    },
  ],
  [
    "tagged with a later day",
    async () => {
      const others = leaver().tags.filter(({ key }) => key !== cutTags.deleteAfter);
      const later = { key: cutTags.deleteAfter, value: "2099-01-01" };
      leaver().tags.splice(0, Number.POSITIVE_INFINITY, ...others, later);
    },
  ],
])("a user who is due and is %s between plan and run is not deleted", async (_, change) => {
  await offboard({ graceDays: 1 });
  scene.sandbox.clock.advance(3 * 86_400);
  const admin = scene.open();
  const plan = await planOffboarding(admin, { ...usual, names: [], due: true });
  expect(plan.users).toHaveLength(1);
  await change();
  const [result] = await offboardUsers(admin, plan, { endSessions: false });
  expect(result).toMatchObject({ state: "stopped", steps: [], error: { code: "ADMIN_REFUSED" } });
  expect(scene.account.users.has("leaver")).toBe(true);
});
