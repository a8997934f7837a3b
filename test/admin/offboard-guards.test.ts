// Who is not off-boarded: protected users, the last users who can administer IAM, and the user who runs the command.

import { beforeEach, expect, test } from "vitest";
import { offboardUsers } from "../../src/admin/flows/offboard-user.ts";
import { type OffboardRequest, planOffboarding } from "../../src/admin/flows/plan-offboarding.ts";
import { cutTags } from "../../src/admin/model/offboarding.ts";
import type { AdminScene } from "./admin-scene.ts";
import { offboardIn, openLeaverScene, usual } from "./offboard-scene.ts";

let scene: AdminScene;
beforeEach(async () => {
  scene = await openLeaverScene();
  return () => scene[Symbol.asyncDispose]();
});

const offboard = (request: Partial<OffboardRequest> = {}) => offboardIn(scene, request);
const leaver = () => scene.account.user("leaver");

const refusedReasons = async (request: Partial<OffboardRequest> = {}) =>
  (await offboard(request)).plan.refused.map(({ reason }) => reason);

test("a user named in [admin] protected, and one with the tag, unless forced", async () => {
  expect(await refusedReasons({ protectedNames: ["leav*"] })).toEqual([
    "leaver is in [admin] protected",
  ]);
  leaver().tags.push({ key: "AWST:Protected", value: "true" });
  expect(await refusedReasons()).toEqual(["leaver has the tag awst:protected=true"]);
  const { results } = await offboard({ forced: ["Leaver"] });
  expect(results).toMatchObject([{ state: "deleted" }]);
});

test("a protecting tag that appears between the plan and the confirmation stops the run", async () => {
  const admin = scene.open();
  const plan = await planOffboarding(admin, usual);
  leaver().tags.push({ key: "awst:protected", value: "true" });
  const results = await offboardUsers(admin, plan, { endSessions: false });
  expect(results).toMatchObject([{ state: "stopped", error: { code: "ADMIN_REFUSED" } }]);
  expect(leaver().policies.map(({ name }) => name)).toEqual(["Extra"]);
});

test("the last user who can administer IAM, by a role that the user may assume", async () => {
  expect(await refusedReasons({ names: ["admin"] })).toEqual([
    "admin is the last user who can administer IAM",
  ]);
  const second = scene.account.addUser("second", { groups: ["Admins"] });
  expect(await refusedReasons({ names: ["admin"] })).toEqual([
    "admin is the last user who can administer IAM",
  ]);
  scene.account.addKey(second.name);
  expect(await refusedReasons({ names: ["admin"] })).toEqual([
    "admin is the last user with an MFA device who can administer IAM",
  ]);
  scene.account.addDevice(second.name);
  expect(await refusedReasons({ names: ["admin", "second"] })).toHaveLength(2);
  expect(await refusedReasons({ names: ["admin"] })).toEqual([]);
});

test("a tag ends no administrator, and only a real deny does", async () => {
  const last = ["admin is the last user who can administer IAM"];
  scene.account.user("admin").tags.push({ key: cutTags.at, value: "2026-01-01" });
  expect(await refusedReasons({ names: ["admin"] })).toEqual(last);
  const second = scene.account.addUser("second", { groups: ["Admins"] });
  scene.account.addKey(second.name);
  scene.account.addDevice(second.name);
  second.attached.push("arn:aws:iam::aws:policy/AWSDenyAll");
  expect(await refusedReasons({ names: ["admin"] })).toEqual(last);
  second.attached.pop();
  expect(await refusedReasons({ names: ["admin"] })).toEqual([]);
});

test("the caller, by the key that awst used and by the session name", async () => {
  const [key] = scene.account.keysOf("leaver");
  const base = { arn: "", accountId: scene.account.id, roleName: "AdminAccess" };
  for (const caller of [
    { ...base, name: "colleague", keyId: key?.id },
    { ...base, name: "LEAVER", keyId: undefined },
  ]) {
    const plan = await planOffboarding(scene.open({ caller }), { ...usual, forced: ["leaver"] });
    expect(plan.refused).toMatchObject([{ reason: "leaver is the user who runs this command" }]);
  }
});
