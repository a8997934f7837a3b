// Creating users on the sandbox: what is made, in which order, and what is never touched.

import { afterEach, beforeEach, expect, test } from "vitest";
import {
  createUsers,
  findSignInConflicts,
  planCreation,
} from "../../src/admin/flows/create-user.ts";
import type { CreateRequest } from "../../src/admin/model/user-creation.ts";
import type { AdminIam } from "../../src/admin/ports.ts";
import { type AdminScene, addLeaver, openAdminScene } from "./admin-scene.ts";
import { createIn, storeWith, usual } from "./create-scene.ts";

let scene: AdminScene;
beforeEach(async () => {
  scene = await openAdminScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

const create = (request?: Partial<CreateRequest>, faulty?: (iam: AdminIam) => AdminIam) =>
  createIn(scene, request, faulty);

test("a user with everything: path, tags, group, password to be changed, key, enabled device", async () => {
  scene.sandbox.settings.newUserVisibleAfterSeconds = 0;
  const { results, secrets } = await create();
  expect(results).toMatchObject([{ user: "zoe", error: undefined }]);
  const user = scene.account.user("zoe");
  expect(user).toMatchObject({ path: "/staff/", groups: ["Developer"] });
  expect(user.tags).toEqual([{ key: "email", value: "zoe@example.com" }]);
  expect(user.password).toMatchObject({ resetRequired: true });
  expect(user.password?.passwords[0]).toHaveLength(32);
  expect(scene.account.devicesOf("zoe")).toHaveLength(1);
  const [password, key] = secrets;
  expect(secrets.map(({ kind }) => kind)).toEqual(["password", "key", "device"]);
  expect(password?.kind === "password" && password.password.reveal()).toBe(
    user.password?.passwords[0],
  );
  expect(key?.kind === "key" && key.accessKeyId).toBe(scene.account.keysOf("zoe")[0]?.id);
});

test("run again, it changes nothing: no password, key or device is reset", async () => {
  await create();
  const before = structuredClone(scene.account.user("zoe").password);
  const again = await create({ names: ["ZOE"] });
  expect(again.plans).toMatchObject([
    { user: "zoe", id: expect.any(String), differingTags: [], steps: [] },
  ]);
  expect(again.secrets).toEqual([]);
  expect(scene.account.user("zoe").password).toEqual(before);
});

test("a user that other calls do not know yet is waited for", async () => {
  scene.sandbox.settings.newUserVisibleAfterSeconds = 1;
  const admin = scene.open();
  const plans = await planCreation(admin, { ...usual, key: false, mfa: false });
  const slow = { ...admin, sleep: async () => scene.sandbox.clock.advance(1) };
  const [result] = await createUsers(
    slow,
    plans,
    usual,
    storeWith(async () => {}),
  );
  expect(result?.error).toBeUndefined();
  expect(scene.account.user("zoe").groups).toEqual(["Developer"]);
});

test("an unknown group ends the plan, before a user is made", async () => {
  await expect(create({ groups: ["Nope"] })).rejects.toMatchObject({ code: "IAM_ABSENT" });
  expect(scene.account.users.has("zoe")).toBe(false);
});

test("several: one that fails does not stop the others", async () => {
  addLeaver(scene, "full");
  for (let at = 0; at < 10; at++) {
    scene.account.addGroup(`G${at}`);
    scene.account.user("full").groups[at] = `G${at}`;
  }
  const { results } = await create({ names: ["full", "zoe"] });
  expect(results.map(({ user, error }) => [user, error?.code])).toEqual([
    ["full", "IAM_QUOTA"],
    ["zoe", undefined],
  ]);
});

test("a policy that keeps a new user from the first sign-in is named", async () => {
  scene.account.addGroup("Strict", [
    {
      name: "ForceMfa",
      document: {
        Version: "2012-10-17",
        Statement: {
          Effect: "Deny",
          NotAction: ["iam:EnableMFADevice"],
          Resource: "*",
          Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
        },
      },
    },
  ]);
  await create({ groups: ["Strict"] });
  const admin = scene.open();
  expect(await findSignInConflicts(admin, "zoe")).toEqual(["ForceMfa"]);
  await create({ names: ["ben"] });
  expect(await findSignInConflicts(admin, "ben")).toEqual([]);
});

test("by the rules: common groups, and the category that matches; --group adds, and never twice", async () => {
  for (const name of ["AllUsers", "Headless", "Humans"]) scene.account.addGroup(name);
  const rules = {
    common: ["allusers"],
    forceCommon: true,
    categories: [
      { group: "Headless", match: /^(?:ci-)/u },
      { group: "Humans", match: undefined },
    ],
  };
  const names = ["ci-build", "zoe"];
  const { plans, results } = await create({ names, rules, key: false, mfa: false });
  expect(results.map(({ error }) => error)).toEqual([undefined, undefined]);
  expect(scene.account.user("ci-build").groups).toEqual(["Developer", "AllUsers", "Headless"]);
  expect(scene.account.user("zoe").groups).toEqual(["Developer", "AllUsers"]);
  expect(plans.map(({ needsCategory }) => needsCategory)).toEqual([false, true]);
  const chosen = await create({ names: ["zoe"], groups: ["humans", "ALLUSERS"], rules });
  expect(chosen.plans[0]?.needsCategory).toBe(false);
  expect(scene.account.user("zoe").groups).toEqual(["Developer", "AllUsers", "Humans"]);
});

test("by the rules: the plan names several categories, of the request and of a user who exists", async () => {
  for (const name of ["Headless", "Humans"]) scene.account.addGroup(name);
  const rules = {
    common: [],
    forceCommon: true,
    categories: [
      { group: "Headless", match: undefined },
      { group: "Humans", match: undefined },
    ],
  };
  const tooMany = async (groups: readonly string[]) =>
    (await create({ names: ["zoe"], groups, rules })).plans[0]?.tooMany;
  expect(await tooMany(["humans"])).toEqual([]);
  expect(await tooMany(["Headless"])).toEqual(["Headless", "Humans"]);
});

test("another email for a user who exists is named, and changes nothing", async () => {
  await create();
  const { plans } = await create({ tags: { Email: "other@example.com" } });
  expect(plans).toMatchObject([
    { differingTags: [{ name: "email", value: "zoe@example.com" }], steps: [] },
  ]);
  expect(scene.account.user("zoe").tags).toEqual([{ key: "email", value: "zoe@example.com" }]);
});

test("by the rules: a group that does not exist: no user is made, and the hint makes the group", async () => {
  const rules = { common: ["AllUsers"], forceCommon: true, categories: [] };
  await expect(create({ rules })).rejects.toMatchObject({
    code: "IAM_ABSENT",
    hint: "awst admin group create",
  });
  expect(scene.account.users.has("zoe")).toBe(false);
});

const meanwhile: readonly (readonly [string, (scene: AdminScene) => void, RegExp])[] = [
  [
    "protected by a tag",
    ({ account }) => account.user("ben").tags.push({ key: "awst:protected", value: "true" }),
    /awst:protected=true/,
  ],
  [
    "cut off",
    ({ account }) => account.user("ben").tags.push({ key: "awst:cut", value: "2026-11-29" }),
    /off-boarded/,
  ],
  ["deleted", ({ account }) => account.users.delete("ben"), /was deleted meanwhile/],
  [
    "replaced by another user",
    ({ account }) => {
      account.users.delete("ben");
      account.addUser("ben");
    },
    /another user than in the plan/,
  ],
];

test.each(meanwhile)(
  "while the question waits, the user is %s: nothing is made",
  async (_, change, message) => {
    scene.account.addUser("ben");
    const admin = scene.open();
    const request = { ...usual, names: ["ben"] };
    const plans = await planCreation(admin, request);
    change(scene);
    const [result] = await createUsers(
      admin,
      plans,
      request,
      storeWith(async () => {}),
    );
    expect(result).toMatchObject({ state: "stopped", steps: [] });
    expect(result?.error).toMatchObject({ code: "ADMIN_REFUSED" });
    expect(result?.error?.message).toMatch(message);
    expect(scene.account.users.get("ben")?.password).toBeUndefined();
    expect(scene.account.keysOf("ben")).toEqual([]);
  },
);

test("while the question waits, another administrator makes key and device: they are not made twice", async () => {
  scene.account.addUser("ben");
  const admin = scene.open();
  const request = { ...usual, names: ["ben"] };
  const plans = await planCreation(admin, request);
  scene.account.addKey("ben");
  scene.account.addDevice("ben", "phone");
  const secrets: string[] = [];
  const [result] = await createUsers(
    admin,
    plans,
    request,
    storeWith(async (_user, { kind }) => {
      secrets.push(kind);
    }),
  );
  expect(result).toMatchObject({ state: "completed", error: undefined });
  expect(secrets).toEqual(["password"]);
  expect(scene.account.keysOf("ben")).toHaveLength(1);
});

test("an active key that was never used is named, since its secret may be lost", async () => {
  scene.account.addUser("ben");
  const key = scene.account.addKey("ben");
  const find = async (request: Partial<CreateRequest> = {}) => {
    const plans = await planCreation(scene.open(), { ...usual, names: ["ben"], ...request });
    return plans.flatMap(({ unusedKeys }) => unusedKeys.map(({ id }) => id));
  };
  expect(await find()).toEqual([key.id]);
  expect(await find({ key: false })).toEqual([]);
  scene.sandbox.faults.add({ action: "GetAccessKeyLastUsed", kind: "deny" });
  expect(await find()).toEqual([]);
  scene.sandbox.faults.clear();
  scene.account.disableKey(key.id);
  expect(await find()).toEqual([]);
  const used = scene.account.addKey("ben");
  used.lastUsed = { at: scene.sandbox.clock.now(), service: "s3", region: "us-east-1" };
  expect(await find()).toEqual([]);
});
