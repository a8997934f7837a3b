// How a user who was off-boarded comes back: before the deletion, and after it from the record.

import { beforeEach, expect, test } from "vitest";
import { offboardUsers } from "../../src/admin/flows/offboard-user.ts";
import { type OffboardRequest, planOffboarding } from "../../src/admin/flows/plan-offboarding.ts";
import { planDormantRestoring, restoreDormant } from "../../src/admin/flows/restore-dormant.ts";
import { planRestore, restoreUser } from "../../src/admin/flows/restore-user.ts";
import type { AdminContext, AdminIam } from "../../src/admin/ports.ts";
import { AwstError } from "../../src/model/errors.ts";
import type { AdminScene } from "./admin-scene.ts";
import { offboardIn, openLeaverScene, usual } from "./offboard-scene.ts";

let scene: AdminScene;
beforeEach(async () => {
  scene = await openLeaverScene();
  return () => scene[Symbol.asyncDispose]();
});

const offboard = (request: Partial<OffboardRequest> = {}) => offboardIn(scene, request);
const leaver = () => scene.account.user("leaver");

test("before the deletion: what was active is active again, what was not stays so", async () => {
  const before = snapshot();
  await offboard({ graceDays: 30 });
  const admin = scene.open();
  const plan = await planRestore(admin, "leaver");
  expect(plan).toMatchObject({ kind: "switch on", lost: ["the console password"] });
  await restoreUser(admin, plan, []);
  const after = snapshot();
  expect({ ...after, tags: [] }).toEqual({ ...before, tags: [] });
  const tags = leaver().tags.map(({ key }) => key);
  expect(tags.filter((key) => key.startsWith("awst:"))).toEqual(["awst:restored"]);
  await expect(planRestore(admin, "leaver")).rejects.toMatchObject({ code: "ADMIN_REFUSED" });
});

// AWS allows 50 tags: restoring must not need space for one more before it gives the access back.
test.each([
  ["the tags of the cut take the last space", 48, ["awst:restored"]],
  ["the user's own tags leave no space at all", 50, []],
])("%s: the user is restored", async (_, own, left) => {
  leaver().tags = Array.from({ length: own - 1 }, (_none, at) => ({ key: `t${at}`, value: "x" }));
  leaver().sshKeys = [];
  leaver().certificates = [];
  leaver().serviceCredentials = [];
  for (const { id } of scene.account.keysOf("leaver")) scene.account.disableKey(id);
  leaver().tags.push({ key: "email", value: "leaver@example.com" });
  await offboard({ graceDays: 30 });
  expect(leaver().tags).toHaveLength(50);
  const admin = scene.open();
  const done: string[] = [];
  await restoreUser(admin, await planRestore(admin, "leaver"), done);
  expect(leaver().policies.map(({ name }) => name)).toEqual(["Extra"]);
  const tags = leaver().tags.map(({ key }) => key);
  expect(tags.filter((key) => key.startsWith("awst:"))).toEqual(left);
  expect(done.includes("tag awst:restored")).toBe(left.length > 0);
  expect(scene.messages.some((line) => /has 50 tags/.test(line))).toBe(left.length === 0);
});

test("dormant: a user with 50 tags gets keys and the tag of the restoration", async () => {
  const [key] = scene.account.keysOf("leaver");
  const id = key?.id ?? "";
  scene.account.disableKey(id);
  leaver().tags = [
    ...Array.from({ length: 48 }, (_none, at) => ({ key: `t${at}`, value: "x" })),
    { key: "awst:dormant-disabled", value: "2026-11-01" },
    { key: "awst:dormant-keys", value: id },
  ];
  const admin = scene.open();
  await restoreDormant(admin, await planDormantRestoring(admin, "leaver"), []);
  expect(key?.status).toBe("Active");
  const tags = leaver().tags.map(({ key: name }) => name);
  expect(tags.filter((name) => name.startsWith("awst:"))).toEqual(["awst:restored"]);
});

test("after the deletion: a new user with path, tags, groups, policies, boundary and public keys", async () => {
  const { id } = leaver();
  await offboard();
  scene.account.groups.delete("Staff");
  scene.sandbox.settings.newUserVisibleAfterSeconds = 0;
  const admin = scene.open();
  const plan = await planRestore(admin, "leaver");
  expect(plan.lost.join("\n")).toContain(id);
  const missing = await restoreUser(admin, plan, []);
  expect(missing).toEqual(["add to group Staff"]);
  expect(leaver()).toMatchObject({
    path: "/staff/",
    boundary: scene.account.arn("policy/Limits"),
    groups: ["Developer"],
    attached: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
  });
  expect(leaver().id).not.toBe(id);
  expect(leaver().sshKeys.map(({ body, status }) => [body, status])).toEqual([
    ["ssh-rsa AAAA", "Active"],
    ["ssh-rsa BBBB", "Inactive"],
  ]);
  expect(leaver().policies.map(({ name }) => name)).toEqual(["Extra"]);
  expect(
    leaver()
      .tags.map(({ key }) => key)
      .sort(),
  ).toEqual(["awst:restored", "email", "team"]);
});

test("an interrupted run is resumed, at every step", async () => {
  await offboard();
  const admin = scene.open();
  const steps = (await planRestore(admin, "leaver")).steps.length;
  for (let stop = 1; stop < steps; stop++) {
    const plan = await planRestore(admin, "leaver");
    await restoreUser(admin, { ...plan, steps: plan.steps.slice(0, stop) }, []).catch(() => {});
    await restoreUser(
      admin,
      await planRestore(admin, "leaver").catch(() => ({ ...plan, steps: [] })),
      [],
    );
    expect(leaver().policies.map(({ name }) => name)).toEqual(["Extra"]);
    expect(leaver().sshKeys).toHaveLength(2);
    expect(leaver().tags.map(({ key }) => key)).not.toContain("awst:restoring");
    await offboard();
  }
});

test("a cut whose tags AWS refused, and the run that finishes it: the record keeps what was active", async () => {
  const faulty = (iam: AdminIam): AdminIam => ({
    ...iam,
    tagUser: () => Promise.reject(new AwstError("AWS_DENIED", "no tags")),
  });
  const admin = scene.open({ faulty });
  const plan = await planOffboarding(admin, { ...usual, graceDays: 30 });
  const [result] = await offboardUsers(admin, plan, { endSessions: false });
  expect(result).toMatchObject({ state: "stopped", error: { code: "AWS_DENIED" } });
  await offboard();
  scene.sandbox.settings.newUserVisibleAfterSeconds = 0;
  await restoreUser(scene.open(), await planRestore(scene.open(), "leaver"), []);
  expect(leaver().sshKeys.map(({ status }) => status)).toEqual(["Active", "Inactive"]);
  expect(leaver().certificates.map(({ status }) => status)).toEqual(["Active"]);
});

test("without a record nothing can be restored", async () => {
  const admin = scene.open();
  await expect(planRestore(admin, "leavr")).rejects.toMatchObject({
    code: "IAM_ABSENT",
    hint: "did you mean leaver?",
  });
});

test.each<[string, (text: string) => string, RegExp]>([
  ["is cut off", (text) => text.slice(0, 100), /leaver\.json is damaged/],
  ["is empty", () => "", /leaver\.json is damaged/],
  ["is no record", () => "[]", /leaver\.json is damaged/],
  ["has another version", (text) => text.replace('"version": 1', '"version": 9'), /damaged/],
  ["is of another user", (text) => text.replace('"leaver"', '"root2"'), /another user, "root2"/],
])("a record that %s is named, and restores no user", async (_name, change, message) => {
  await offboard();
  const admin = scene.open();
  const [[key, text] = ["", ""]] = [...scene.records];
  scene.records.set(key, change(text));
  await expect(planRestore(admin, "leaver")).rejects.toMatchObject({
    code: "ADMIN_REFUSED",
    message: expect.stringMatching(message),
    hint: expect.stringContaining("move it away"),
  });
  // Nor is the user reported as off-boarded.
  expect((await planOffboarding(admin, usual)).unknown).toEqual(["leaver"]);
});

test.each(["Leaver", "LEAVER"])("a record of %s is the user's: IAM compares so", async (name) => {
  await offboard();
  const [[key, text] = ["", ""]] = [...scene.records];
  scene.records.set(key, text.replace('"leaver"', `"${name}"`));
  expect(await planRestore(scene.open(), "leaver")).toMatchObject({ kind: "create" });
});

test("a damaged record is no matter for a user who is not off-boarded", async () => {
  const admin = scene.open();
  await admin.records.write(scene.account.id, "leaver", "{");
  await expect(planRestore(admin, "leaver")).rejects.toMatchObject({
    message: "leaver is not off-boarded",
    hint: "awst admin user show leaver",
  });
});

test("a user who was disabled as dormant is restored by another command", async () => {
  leaver().tags.push({ key: "awst:dormant-disabled", value: "2026-01-01" });
  await expect(planRestore(scene.open(), "leaver")).rejects.toMatchObject({
    code: "ADMIN_REFUSED",
    hint: "awst admin dormant restore leaver",
  });
  leaver().tags.pop();
  await offboard({ graceDays: 30 });
  await expect(planDormantRestoring(scene.open(), "leaver")).rejects.toMatchObject({
    hint: "awst admin user restore leaver",
  });
});

test("a user who was deleted is named with the way back, not with a similar name", async () => {
  scene.account.addUser("leaver1");
  scene.account.addUser("user12");
  await offboard();
  const admin = scene.open();
  const hintFor = (name: string) =>
    planDormantRestoring(admin, name).then(
      () => undefined,
      ({ hint }) => hint,
    );
  expect(await hintFor("Leaver")).toBe("off-boarded before: awst admin user restore leaver");
  expect(await hintFor("user13")).toBe("awst admin user list");
  expect(await hintFor("usr12")).toBe("did you mean user12?");
  scene.records.clear();
  expect(await hintFor("leaver2")).toBe("awst admin user list");
});

test.each<[string, string[]]>([
  ["awst:cut-keys", ["access key"]],
  ["awst:cut-ssh", ["SSH key", "certificate"]],
  ["awst:cut-services", ["service credential"]],
])("what stays inactive without the tag %s is named, with the line", async (tag, kinds) => {
  const usually = await offboardAndPlan();
  const { inactive } = await without(tag);
  for (const { what, line } of inactive) {
    expect(line).toMatch(/^aws iam update-\S+ --\S+-id \S+ --status Active --user-name leaver$/);
    expect(line).toContain(what.split(" ").at(-1));
  }
  const before = usually.inactive.map(({ what }) => what);
  const added = inactive.map(({ what }) => what).filter((what) => !before.includes(what));
  const addedKinds = added.map((what) => what.split(" ").slice(0, -1).join(" "));
  expect([...new Set(addedKinds)]).toEqual(kinds);
});

async function offboardAndPlan() {
  await offboard({ graceDays: 30 });
  return planRestore(scene.open(), "leaver");
}

async function without(tag: string) {
  const user = leaver();
  user.tags = user.tags.map((each) => (each.key === tag ? { ...each, value: "" } : each));
  return planRestore(scene.open(), "leaver");
}

function snapshot() {
  const { path, tags, groups, attached, boundary, policies, sshKeys, certificates, ...rest } =
    leaver();
  const { serviceCredentials } = rest;
  return structuredClone({
    path,
    tags,
    groups,
    attached,
    boundary,
    policies,
    sshKeys,
    certificates,
    serviceCredentials,
    keys: scene.account.keysOf("leaver").map(({ id, status }) => [id, status]),
  });
}

test("an uploaded key that is not known everywhere yet is switched off all the same, also after Ctrl-C", async () => {
  await offboard();
  scene.account.addGroup("Staff");
  scene.sandbox.settings.newUserVisibleAfterSeconds = 0;
  let tries = 0;
  let isUninterrupted = false;
  const faulty = (iam: AdminIam): AdminIam => ({
    ...iam,
    async setSshKeyStatus(...args) {
      if (!isUninterrupted) throw new AwstError("INTERRUPTED", "interrupted");
      tries += 1;
      const message = "The user with name leaver cannot be found";
      if (tries === 1) throw new AwstError("IAM_ABSENT", message);
      return iam.setSshKeyStatus(...args);
    },
  });
  const admin: AdminContext = {
    ...scene.open({ faulty }),
    async uninterrupted(work) {
      isUninterrupted = true;
      return work().finally(() => {
        isUninterrupted = false;
      });
    },
  };
  await restoreUser(admin, await planRestore(admin, "leaver"), []);
  expect(leaver().sshKeys.map(({ body, status }) => `${body} ${status}`)).toEqual([
    "ssh-rsa AAAA Active",
    "ssh-rsa BBBB Inactive",
  ]);
  expect(tries).toBe(2);
});

test("a record from before a restoration is replaced, also where AWSDenyAll was attached since", async () => {
  await offboard({ graceDays: 30 });
  const admin = scene.open();
  await restoreUser(admin, await planRestore(admin, "leaver"), []);
  scene.sandbox.clock.advance(5 * 86_400);
  scene.account.addGroup("Later");
  leaver().groups.push("Later");
  leaver().attached.push("arn:aws:iam::aws:policy/AWSDenyAll");
  await offboard();
  const { steps } = await planRestore(scene.open(), "leaver");
  expect(steps).toContainEqual({ do: "join group", group: "Later" });
});
