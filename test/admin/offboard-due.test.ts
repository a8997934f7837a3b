// Users who were cut off with a grace period, and whom `user offboard --due` deletes: when, and who stays.

import { beforeEach, describe, expect, test } from "vitest";
import { offboardUsers } from "../../src/admin/flows/offboard-user.ts";
import { type OffboardRequest, planOffboarding } from "../../src/admin/flows/plan-offboarding.ts";
import { planRestore, restoreUser } from "../../src/admin/flows/restore-user.ts";
import { cutPolicyName, cutTags } from "../../src/admin/model/offboarding.ts";
import { encodeRecord, recordOf } from "../../src/admin/model/user-record.ts";
import { offboardPlanLines } from "../../src/admin/output/offboard-report.ts";
import { AwstError } from "../../src/model/errors.ts";
import { emptyUser } from "../support/empty-user.ts";
import { type AdminScene, addLeaver, leftOvers } from "./admin-scene.ts";
import { offboardIn, openLeaverScene, usual } from "./offboard-scene.ts";

let scene: AdminScene;
beforeEach(async () => {
  scene = await openLeaverScene();
  return () => scene[Symbol.asyncDispose]();
});

const offboard = (request: Partial<OffboardRequest> = {}) => offboardIn(scene, request);
const leaver = () => scene.account.user("leaver");
const pass = (days: number) => scene.sandbox.clock.advance(days * 86_400);
const dueTags = (day: string) => [
  { key: cutTags.at, value: "2020-01-01" },
  { key: cutTags.deleteAfter, value: day },
];

test("with a grace period the user is cut off now, and a later run deletes the user", async () => {
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
  pass(31);
  const late = await offboard({ names: [], due: true });
  expect(late.results).toMatchObject([{ user: "leaver", state: "deleted" }]);
  expect(leftOvers(scene)).toEqual([]);
});

test("a user who was cut and has access again is not deleted by a later run", async () => {
  await offboard({ graceDays: 1 });
  scene.account.setPassword("leaver", "Correct-Horse-Battery-Staple-2027");
  pass(3);
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
  await offboard({ graceDays: 1 });
  const others = leaver().policies.filter(({ name }) => name !== cutPolicyName);
  expect(others.length).toBe(leaver().policies.length - 1);
  leaver().policies.splice(0, Number.POSITIVE_INFINITY, ...others);
  pass(3);
  const { plan, results } = await offboard({ names: [], due: true });
  expect(results).toEqual([]);
  expect(plan.refused).toMatchObject([{ user: "leaver", remedy: "cut off again" }]);
  expect(plan.refused[0]?.reason).toContain("tagged as cut off");
  expect(scene.account.users.has("leaver")).toBe(true);
});

test("a new user on whom nothing hangs is not deleted for tags, whatever this machine has on disk", async () => {
  const due = dueTags("2020-01-01");
  const fresh = scene.account.addUser("fresh");
  fresh.tags = due;
  scene.account.addUser("odd").tags = dueTags("0");
  // A record of an earlier user of that name, and a forged one of this very user.
  await offboard({ names: ["again"] });
  scene.account.addUser("again").tags = due;
  const record = { ...recordOf(emptyUser, new Map(), scene.sandbox.clock.now()) };
  const forged = encodeRecord({ ...record, userName: "fresh", userId: fresh.id });
  await scene.open().records.write(scene.account.id, "fresh", forged);
  const { plan } = await offboard({ names: [], due: true });
  expect(plan.users).toEqual([]);
  expect(plan.refused.map(({ user, remedy }) => [user, remedy])).toEqual([
    ["fresh", "cut off again"],
    ["again", "cut off again"],
  ]);
  expect(["fresh", "odd", "again"].every((name) => scene.account.users.has(name))).toBe(true);
});

test("a deletion that was stopped before its last call needs the name, and stops no other", async () => {
  const admin = scene.open({
    faulty: (iam) => ({
      ...iam,
      deleteUser: async () => {
        throw new AwstError("AWS_DENIED", "denied");
      },
    }),
  });
  await offboard({ graceDays: 1 });
  addLeaver(scene, "other");
  await offboard({ names: ["other"], graceDays: 1 });
  pass(3);
  const plan = await planOffboarding(admin, { ...usual, names: [], due: true });
  const stopped = await offboardUsers(admin, plan, { endSessions: false });
  expect(stopped.map(({ state }) => state)).toEqual(["stopped", "stopped"]);
  expect(leaver().policies).toEqual([]);
  const [deny] = scene.account.user("other").policies;
  expect(deny).toBeUndefined();
  addLeaver(scene, "third");
  await offboard({ names: ["third"], graceDays: 1 });
  pass(3);
  const { plan: later, results } = await offboard({ names: [], due: true });
  expect(later.refused.map(({ user, remedy }) => [user, remedy])).toEqual([
    ["leaver", "cut off again"],
    ["other", "cut off again"],
  ]);
  expect(results).toMatchObject([{ user: "third", state: "deleted" }]);
  const named = await offboard({ names: ["leaver", "other"] });
  expect(named.results.map(({ state }) => state)).toEqual(["deleted", "deleted"]);
});

describe("a tag brings no deletion forward", () => {
  const setDay = (value: string) => {
    leaver().tags = leaver().tags.filter(({ key }) => key !== cutTags.deleteAfter);
    leaver().tags.push({ key: cutTags.deleteAfter, value });
  };
  const refusals = async () => {
    const { plan, results } = await offboard({ names: [], due: true });
    expect(results).toEqual([]);
    return plan.refused.map(({ reason }) => reason);
  };

  test("the day of the plan counts, and a run after that day deletes the user", async () => {
    await offboard({ graceDays: 30 });
    for (const days of [1, 28]) {
      pass(days);
      setDay("2020-01-01");
      expect(await refusals()).toEqual([
        expect.stringMatching(/^leaver is to be deleted from \S+ on/),
      ]);
    }
    pass(2);
    const { results } = await offboard({ names: [], due: true });
    expect(results).toMatchObject([{ user: "leaver", state: "deleted" }]);
  });

  test("a user who was cut off without a day is deleted by name alone", async () => {
    await offboard({ graceDays: undefined });
    setDay("2020-01-01");
    pass(400);
    expect(await refusals()).toEqual([expect.stringContaining("names no day")]);
    expect((await offboard()).results).toMatchObject([{ state: "deleted" }]);
  });

  test("a user whom AWSDenyAll denies everything has no day, and the cut says so", async () => {
    const Statement = { Effect: "Allow" as const, Action: "s3:Get*", Resource: "x".repeat(1_850) };
    leaver().policies.push({ name: "Long", document: { Version: "2012-10-17", Statement } });
    await offboard({ graceDays: 1 });
    expect(scene.messages.join("\n")).toContain("--due deletes no such user");
    pass(3);
    expect(await refusals()).toEqual([expect.stringContaining("names no day")]);
    // Nor does a further plan promise a day to --due.
    const plan = await planOffboarding(scene.open(), { ...usual, graceDays: 5 });
    const users = plan.users.map((each) => ({ ...each, cut: [], deletion: [] }));
    const lines = offboardPlanLines({ ...plan, users }, scene.sandbox.clock.now()).join("\n");
    expect(lines).toMatch(/delete from \S+ on: awst admin user offboard leaver /);
    expect(lines).not.toContain("offboard --due");
  });

  test("a deny that was changed is none", async () => {
    await offboard({ graceDays: 30 });
    setDay("2020-01-01");
    const [deny] = leaver().policies.filter(({ name }) => name === cutPolicyName);
    Object.assign(deny?.document ?? {}, { Id: "DeleteFrom20200101" });
    expect(await refusals()).toEqual([expect.stringContaining("tagged as cut off")]);
  });

  test("a later tag postpones, and another plan moves the day, both ways", async () => {
    await offboard({ graceDays: 30 });
    await offboard({ graceDays: 60 });
    pass(31);
    setDay("2020-01-01");
    expect(await refusals()).toHaveLength(1);
    await offboard({ graceDays: 2 });
    pass(3);
    setDay("2099-01-01");
    expect(await refusals()).toEqual([]);
    setDay("2020-01-01");
    expect((await offboard({ names: [], due: true })).results).toMatchObject([
      { state: "deleted" },
    ]);
  });
});

describe("many due users", () => {
  /** u01 is due first. */
  async function addMany(count: number): Promise<void> {
    for (let at = count; at > 0; at--) {
      const name = `u${String(at).padStart(2, "0")}`;
      scene.account.addUser(name);
      await offboard({ names: [name], graceDays: at });
    }
    pass(count + 1);
    scene.sandbox.forgetCalls();
  }
  const reads = () => scene.sandbox.calls().filter(({ action }) => action === "GetUser").length;

  test("more than the limit: refused once so many are planned, and the others are not read", async () => {
    await addMany(9);
    const request = { ...usual, names: [], due: true, limit: 3 };
    await expect(planOffboarding(scene.open(), request)).rejects.toMatchObject({
      code: "ADMIN_REFUSED",
      message: "this would change up to 9 users; the limit is 3, so a run changes nothing",
      hint: "--max-changes 9",
    });
    expect(reads()).toBe(4);
  });

  test("within the limit: in the order of their days, and who stays does not count", async () => {
    await addMany(5);
    scene.account.setPassword("u01", "Correct-Horse-Battery-Staple-2027");
    scene.account.user("u03").tags.push({ key: "awst:protected", value: "true" });
    scene.account.user("u04").policies.splice(0);
    const plan = await planOffboarding(scene.open(), { ...usual, names: [], due: true, limit: 2 });
    expect(plan.users.map(({ inventory }) => inventory.user.name)).toEqual(["u02", "u05"]);
    expect(plan.refused.map(({ user, remedy }) => [user, remedy])).toEqual([
      ["u03", "force"],
      ["u04", "cut off again"],
      ["u01", "cut off again"],
    ]);
    // Of u03 and u04 the list of the account says enough.
    expect(reads()).toBe(3);
  });

  test.each(["AWS_DENIED", "AWS_THROTTLED", "AWS_UNREACHABLE"] as const)(
    "%s for one user costs that user alone",
    async (code) => {
      await addMany(3);
      const admin = scene.open({
        faulty: (iam) => ({
          ...iam,
          listSshKeys: async (name) => {
            if (name === "u02") throw new AwstError(code, "failed");
            return iam.listSshKeys(name);
          },
        }),
      });
      const plan = await planOffboarding(admin, { ...usual, names: [], due: true });
      expect(plan.failed).toMatchObject([{ user: "u02", error: { code } }]);
      const results = await offboardUsers(admin, plan, { endSessions: false });
      expect(results.map(({ user, state }) => [user, state])).toEqual([
        ["u01", "deleted"],
        ["u03", "deleted"],
      ]);
      expect(scene.account.users.has("u02")).toBe(true);
    },
  );
});

test.each([
  [
    "restored",
    async () => {
      const admin = scene.open();
      await restoreUser(admin, await planRestore(admin, "leaver"), []);
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
  pass(3);
  const admin = scene.open();
  const plan = await planOffboarding(admin, { ...usual, names: [], due: true });
  expect(plan.users).toHaveLength(1);
  await change();
  const [result] = await offboardUsers(admin, plan, { endSessions: false });
  expect(result).toMatchObject({ state: "stopped", steps: [], error: { code: "ADMIN_REFUSED" } });
  expect(scene.account.users.has("leaver")).toBe(true);
});
