// Enforcement over several accounts: one that fails stops no other, the limit counts all of them together, and a run
// that its deadline ends is continued by the next.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { enforceAccounts, planAccounts } from "../../src/admin/flows/enforce-accounts.ts";
import { decodeAdminSettings } from "../../src/admin/model/admin-settings.ts";
import { formatCursor, type RunCursor } from "../../src/admin/model/run-cursor.ts";
import { AwstError } from "../../src/model/errors.ts";
import { type AdminScene, openAdminScene } from "./admin-scene.ts";
import { addOrganization, type Organization } from "./admin-scene-accounts.ts";

let scene: AdminScene;
let organization: Organization;
beforeEach(async () => {
  scene = await openAdminScene();
  organization = addOrganization(scene);
});
afterEach(() => scene[Symbol.asyncDispose]());

const { dormant: rules } = decodeAdminSettings(undefined, "");
const dayMs = 86_400_000;

function addDormant(accountId: string, name: string, warnedDaysAgo?: number) {
  const account = scene.sandbox.cloud.account(accountId);
  const ago = (days: number) => new Date(scene.sandbox.clock.now().getTime() - days * dayMs);
  account.addUser(name, { createdAt: ago(400) });
  if (warnedDaysAgo !== undefined) {
    const value = ago(warnedDaysAgo).toISOString().slice(0, 10);
    account.user(name).tags = [{ key: "awst:dormant-warned", value }];
  }
  return account.addKey(name, true, ago(400));
}

const request = (
  more: { readonly from?: RunCursor | undefined; readonly deadline?: Date } = {},
) => ({
  rules,
  protectedNames: [],
  forced: [],
  maxChanges: undefined,
  from: undefined,
  deadline: undefined,
  deletion: undefined,
  now: () => scene.sandbox.clock.now(),
  ...more,
});

test("the organization's accounts, page by page", async () => {
  scene.sandbox.settings.pageSize = 2;
  const accounts = await scene.services().listAccounts();
  expect(accounts.map(({ id, state }) => [id, state])).toEqual(
    organization.ids.map((id) => [id, "ACTIVE"]),
  );
  expect(scene.sandbox.calls().filter(({ action }) => action === "ListAccounts")).toHaveLength(3);
});

test.each<[string, () => void, string]>([
  ["no organization", () => (scene.sandbox.cloud.organization = undefined), "AWS_FAILED"],
  [
    "a member account",
    () => {
      const { organization: of } = scene.sandbox.cloud;
      if (of) scene.sandbox.cloud.organization = { ...of, managementAccountId: "444444444441" };
    },
    "AWS_DENIED",
  ],
  [
    "throttled without end",
    () => scene.sandbox.faults.add({ action: "ListAccounts", kind: "throttle", times: 99 }),
    "AWS_THROTTLED",
  ],
])("%s is an error, and no empty organization", async (_name, change, code) => {
  change();
  await expect(scene.services().listAccounts()).rejects.toMatchObject({ code });
});

describe("a run over five accounts", () => {
  test("one that can't be opened, one whose list fails: the three others are done", async () => {
    const keys = organization.ids.map((id) => addDormant(id, "zoe", 20));
    const [, second = "", third = ""] = organization.ids;
    const accounts = organization.open({
      broken: [second],
      around: (admin, { id }) => {
        if (id !== third) return admin;
        const listUsers = async () => {
          throw new AwstError("AWS_THROTTLED", "ListUsers is throttled");
        };
        return { ...admin, iam: { ...admin.iam, listUsers } };
      },
    });
    const plan = await planAccounts(accounts, request());
    expect(plan.failed.map(({ target: { id }, error: { code } }) => [id, code])).toEqual([
      [second, "AWS_DENIED"],
      [third, "AWS_THROTTLED"],
    ]);
    const result = await enforceAccounts(plan, request(), undefined);
    expect(keys.map(({ status }) => status)).toEqual([
      "Inactive",
      "Active",
      "Active",
      "Inactive",
      "Inactive",
    ]);
    expect(result.next).toBeUndefined();
    expect(result.accounts.map(({ target }) => target.id)).not.toContain(second);
  });

  test("a failure of one user stops no other user, in this account or another", async () => {
    const keys = organization.ids.flatMap((id) => [
      addDormant(id, "a", 20),
      addDormant(id, "b", 20),
    ]);
    const [first = ""] = organization.ids;
    const accounts = organization.open({
      around: (admin, { id }) => {
        if (id !== first) return admin;
        const setAccessKeyStatus: typeof admin.iam.setAccessKeyStatus = async (
          name,
          key,
          status,
        ) => {
          if (name === "a") throw new AwstError("AWS_DENIED", "denied");
          return admin.iam.setAccessKeyStatus(name, key, status);
        };
        return { ...admin, iam: { ...admin.iam, setAccessKeyStatus } };
      },
    });
    const plan = await planAccounts(accounts, request());
    await enforceAccounts(plan, request(), undefined);
    expect(keys.filter(({ status }) => status === "Active")).toHaveLength(1);
  });

  test("the limit counts the users of all accounts: beyond it nothing is changed", async () => {
    const keys = organization.ids.flatMap((id) =>
      ["a", "b", "c"].map((name) => addDormant(id, name, 20)),
    );
    const plan = await planAccounts(organization.open(), request());
    expect(plan.accounts.flatMap((each) => each.plan.users)).toHaveLength(15);
    const refusal = { code: "ADMIN_REFUSED", hint: "--max-changes 15" };
    expect(plan.excess).toMatchObject(refusal);
    await expect(enforceAccounts(plan, request(), undefined)).rejects.toMatchObject(refusal);
    expect(keys.every(({ status }) => status === "Active")).toBe(true);
  });

  test("a deadline ends a run cleanly; the next runs finish, and no user is done twice", async () => {
    const names = ["a", "b", "c"];
    const keys = organization.ids.flatMap((id) => names.map((name) => addDormant(id, name, 20)));
    let from: RunCursor | undefined;
    const cursors: string[] = [];
    for (let run = 0; run < 30; run++) {
      // Each change takes 10 s of the run's 65.
      const accounts = organization.open({
        around: (admin) => ({
          ...admin,
          iam: {
            ...admin.iam,
            setAccessKeyStatus: (...args) => {
              scene.sandbox.clock.advance(10);
              return admin.iam.setAccessKeyStatus(...args);
            },
          },
        }),
      });
      const deadline = new Date(scene.sandbox.clock.now().getTime() + 65_000);
      const limited = { ...request({ from, deadline }), maxChanges: 99 };
      const { next } = await enforceAccounts(
        await planAccounts(accounts, limited),
        limited,
        undefined,
      );
      from = next;
      if (next === undefined) break;
      cursors.push(formatCursor(next));
    }
    expect(keys.every(({ status }) => status === "Inactive")).toBe(true);
    expect(cursors.length).toBeGreaterThan(1);
    expect(new Set(cursors).size).toBe(cursors.length);
    const changes = scene.sandbox.calls().filter(({ action }) => action === "UpdateAccessKey");
    expect(changes).toHaveLength(keys.length);
  });

  test("accounts that were not started in time are named; the first is always started", async () => {
    const accounts = organization.open({
      around: (admin) => {
        scene.sandbox.clock.advance(3600);
        return admin;
      },
    });
    const deadline = new Date(scene.sandbox.clock.now().getTime() + 60_000);
    const plan = await planAccounts(accounts, request({ deadline }));
    expect(plan.accounts.length).toBeGreaterThanOrEqual(1);
    expect(plan.later.length).toBeGreaterThanOrEqual(1);
    const { next } = await enforceAccounts(plan, request({ deadline }), undefined);
    expect(next?.account).toBe(plan.later[0]?.id ?? "");
  });
});
