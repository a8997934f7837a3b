// Creating users, stopped: the next run completes, and no key or device is left whose secret is lost.

import { afterEach, beforeEach, expect, test } from "vitest";
import {
  createUsers,
  type NewSecret,
  planCreation,
  rollBackLost,
} from "../../src/admin/flows/create-user.ts";
import type { CreateRequest } from "../../src/admin/model/user-creation.ts";
import type { AdminContext, AdminIam } from "../../src/admin/ports.ts";
import { AwstError } from "../../src/model/errors.ts";
import { type AdminScene, openAdminScene } from "./admin-scene.ts";
import { createIn, storeWith, usual } from "./create-scene.ts";

let scene: AdminScene;
beforeEach(async () => {
  scene = await openAdminScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

const create = (request?: Partial<CreateRequest>, faulty?: (iam: AdminIam) => AdminIam) =>
  createIn(scene, request, faulty);

/** A user with a key alone, whose secret can't be stored. */
async function createOnFullDisk(admin: AdminContext) {
  const request = { ...usual, password: false, mfa: false };
  const fail = async () => {
    throw new AwstError("FILE_UNWRITABLE", "the disk is full");
  };
  const plans = await planCreation(admin, request);
  const [result] = await createUsers(admin, plans, request, storeWith(fail));
  return result;
}

test("an interrupted run is completed, at every step", async () => {
  for (let stop = 0; stop < 6; stop++) {
    const name = `user-${stop}`;
    let left = stop;
    const faulty = (iam: AdminIam): AdminIam =>
      Object.fromEntries(
        Object.entries(iam).map(([call, send]) => [
          call,
          (...args: unknown[]) => {
            const isChange = /^(create|tag|add|enable)/.test(call);
            if (isChange && left-- <= 0) throw new AwstError("AWS_DENIED", `${call} denied`);
            return send(...args);
          },
        ]),
      ) as unknown as AdminIam;
    const first = await create({ names: [name] }, faulty);
    expect(first.results[0]?.error?.code).toBe("AWS_DENIED");
    const next = await create({ names: [name] });
    expect(next.results[0]?.error).toBeUndefined();
    expect(scene.account.keysOf(name)).toHaveLength(1);
    expect(scene.account.devicesOf(name)).toHaveLength(1);
    expect(scene.account.user(name).password).toBeDefined();
  }
});

test("a key whose secret is not stored is deleted, and the next run makes another one", async () => {
  const admin = scene.open();
  const result = await createOnFullDisk(admin);
  expect(result).toMatchObject({ state: "stopped", error: { code: "FILE_UNWRITABLE" } });
  expect(scene.account.keysOf("zoe")).toEqual([]);
  const next = await create({ password: false, mfa: false });
  expect(next.secrets.map(({ kind }) => kind)).toEqual(["key"]);
  expect(next.results).toMatchObject([{ state: "completed" }]);
});

test("a key that can't be deleted either is named, with the command that deletes it", async () => {
  const admin = scene.open({
    faulty: (iam) => ({
      ...iam,
      deleteAccessKey: async () => {
        throw new AwstError("AWS_DENIED", "denied");
      },
    }),
  });
  const result = await createOnFullDisk(admin);
  const id = scene.account.keysOf("zoe")[0]?.id;
  expect(result?.error).toMatchObject({
    code: "ADMIN_INCOMPLETE",
    hint: `aws iam delete-access-key --user-name zoe --access-key-id ${id}`,
  });
});

test("a stop ends the run after the step that runs: its secret is stored, and no other user is made", async () => {
  const stop = new AbortController();
  const admin = scene.open();
  const request = { ...usual, names: ["zoe", "ben"] };
  const plans = await planCreation(admin, request);
  const kinds: string[] = [];
  const store = async (_user: string, { kind }: NewSecret) => {
    kinds.push(kind);
    if (kind === "key") stop.abort();
  };
  const results = await createUsers(admin, plans, request, storeWith(store), stop.signal);
  expect(kinds).toEqual(["password", "key"]);
  expect(results.map(({ error }) => error?.code)).toEqual(["INTERRUPTED", "INTERRUPTED"]);
  expect(scene.account.devicesOf("zoe")).toEqual([]);
  expect(scene.account.users.has("ben")).toBe(false);
});

test("a closed terminal stops all users", async () => {
  const admin = scene.open();
  const request = { ...usual, names: ["zoe", "ben"] };
  const plans = await planCreation(admin, request);
  const results = await createUsers(
    admin,
    plans,
    request,
    storeWith(async () => {
      throw new AwstError("INTERRUPTED", "the terminal was closed");
    }),
  );
  expect(results.map(({ error }) => error?.code)).toEqual(["INTERRUPTED", "INTERRUPTED"]);
  expect(scene.account.user("zoe").password).toBeUndefined();
  expect(scene.account.users.has("ben")).toBe(false);
});

test("a store that can't print what it has: the keys among it are deleted", async () => {
  const admin = scene.open();
  const request = { ...usual, names: ["zoe", "ben"] };
  const plans = await planCreation(admin, request);
  const results = await createUsers(admin, plans, request, {
    put: async () => {},
    finish: async () => {
      throw new AwstError("INTERRUPTED", "stdout is gone");
    },
  });
  expect(results.map(({ error }) => error?.code)).toEqual(["INTERRUPTED", "INTERRUPTED"]);
  expect(scene.account.keysOf("zoe")).toEqual([]);
  expect(scene.account.users.has("ben")).toBe(false);
});

test.each([
  ["enabled", []],
  ["made, and not enabled", ["EnableMFADevice"]],
])(
  "a device that is %s is deleted, with the key, where the text with their secrets was lost",
  async (_, denied) => {
    scene.sandbox.settings.newUserVisibleAfterSeconds = 0;
    for (const action of denied) scene.sandbox.faults.add({ action, kind: "deny" });
    const { results } = await create();
    expect([...scene.account.devices.values()].map(({ name }) => name)).toContain("zoe");
    const lost = new AwstError("INTERRUPTED", "the reader is gone");
    const after = await rollBackLost(scene.open(), results, ["zoe"], lost);
    expect(after).toMatchObject([
      {
        ...{ user: "zoe", state: "stopped", error: lost, isPasswordLost: true },
        // What was deleted again was not done.
        steps: expect.not.arrayContaining([expect.stringMatching(/access key|MFA device/)]),
      },
    ]);
    expect([...scene.account.devices.values()].map(({ name }) => name)).not.toContain("zoe");
    expect(scene.account.keysOf("zoe")).toEqual([]);
  },
);
