// Granting and revoking, stopped and hindered at every call that changes something. A grant never becomes longer or
// wider by a repeat, no exact grant is there without the end of its sessions, and the next run finishes.

import { describe, expect, test } from "vitest";
import type { Role, User } from "../../sandbox/cloud/entities.ts";
import {
  type GrantAccessRequest,
  grantAccess,
  planGrant,
} from "../../src/admin/flows/grant-access.ts";
import { roleAccounts } from "../../src/admin/flows/read-role.ts";
import {
  planPrune,
  planRevoking,
  prune,
  revokeGrants,
} from "../../src/admin/flows/revoke-access.ts";
import { exactPolicy, grantId, grantPolicy, readGrant } from "../../src/admin/model/grants.ts";
import { isAwstError } from "../../src/model/errors.ts";
import { type AdminScene, openAdminScene } from "../admin/admin-scene.ts";
import { failures, faultyIam, Killed, type Strike } from "../admin/faulty-iam.ts";

const kinds = [...failures, "twice"] as const;
const request: Omit<GrantAccessRequest, "roleArn"> = {
  userName: "user",
  seconds: 1800,
  kind: "inline",
  exact: true,
  extend: false,
  protectedNames: [],
  forced: [],
};
const why = { reason: "test", approvedBy: undefined };

const user = ({ account }: AdminScene): User => account.user("user");
const role = ({ account }: AdminScene): Role => account.role("AdminAccess");

/** Also an ended grant, which a new grant removes. */
async function openScene(): Promise<AdminScene> {
  const scene = await openAdminScene();
  const trust = {
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow" as const,
      Principal: { AWS: scene.account.arn("root") },
      Action: "sts:AssumeRole",
      Condition: { StringLike: { "sts:RoleSessionName": `\${aws:username}` } },
    },
  };
  role(scene).trust = trust;
  const over = new Date(Math.floor(scene.sandbox.clock.now().getTime() / 1000 - 50_000) * 1000);
  addGrant(scene, over);
  return scene;
}

function addGrant(scene: AdminScene, until: Date, { isExact = false } = {}): void {
  const roleArn = role(scene).arn;
  const scope = { id: grantId(user(scene).id, roleArn, until), roleArn, until };
  const { name, document } = grantPolicy(scope);
  user(scene).policies.push({ name, document: JSON.parse(document) });
  if (!isExact) return;
  const exact = exactPolicy(scope, role(scene).id, "user");
  role(scene).policies.push({ name: exact.name, document: JSON.parse(exact.document) });
}

interface Allowed {
  readonly id: string;
  readonly roleArn: string;
  readonly until: Date;
}

/** What the user may assume by the user's own policies, inline and attached. */
function allowed(scene: AdminScene): readonly Allowed[] {
  const { account, sandbox } = scene;
  const managed = user(scene).attached.flatMap((arn) => {
    const name = arn.split("/").at(-1) ?? "";
    const document = account.managed.get(name);
    return document === undefined ? [] : [{ name, document }];
  });
  return [...user(scene).policies, ...managed].flatMap(({ name, document }) => {
    const scope = readGrant({ name, document: JSON.stringify(document) });
    if (scope === undefined) throw new Error(`${name} is no grant`);
    return scope.until > sandbox.clock.now() ? [scope] : [];
  });
}

function exactIds(scene: AdminScene): readonly string[] {
  return role(scene).policies.flatMap(({ name }) => /^awst-exact-.*-(\w+)$/.exec(name)?.[1] ?? []);
}

interface Run {
  readonly writes: readonly string[];
  readonly result: string;
}

async function runGrant(
  scene: AdminScene,
  more: Partial<GrantAccessRequest>,
  strike: Strike | undefined,
  broken: string[],
): Promise<Run> {
  const { writes, faulty, orKilled } = faultyIam(strike, (call) => {
    const live = allowed(scene);
    if (live.length > 1) broken.push(`${call}: ${live.length} live grants`);
    for (const { id, roleArn } of live) {
      if (roleArn !== role(scene).arn) broken.push(`${call}: ${roleArn}`);
      if ((more.exact ?? true) && !exactIds(scene).includes(id)) broken.push(`${call}: not exact`);
    }
  });
  const admin = scene.open({ faulty });
  const accounts = roleAccounts(admin);
  try {
    const full = { ...request, ...more, roleArn: role(scene).arn };
    const plan = await planGrant(admin, accounts, full);
    await orKilled(grantAccess(admin, accounts, plan, why, []));
    return { writes, result: plan.planned.isMade ? "unchanged" : "granted" };
  } catch (error) {
    if (error instanceof Killed) return { writes, result: "killed" };
    if (isAwstError(error)) return { writes, result: error.code };
    throw error;
  }
}

describe.each([
  ["an exact grant", {}],
  ["a grant by a managed policy", { kind: "managed", exact: true }],
  ["a plain grant", { exact: false }],
] as const)("%s", (label, more) => {
  test.each(kinds)("%s at every step: the next run finishes, and grants no more", async (kind) => {
    await using count = await openScene();
    const { writes } = await runGrant(count, more, undefined, []);
    expect(writes.length).toBeGreaterThan(1);
    const broken: string[] = [];
    const results = new Map<string, number>();
    for (let at = 0; at < writes.length; at++) {
      await using scene = await openScene();
      const first = await runGrant(scene, more, { at, kind }, broken);
      expect(first.writes.length).toBeGreaterThan(at);
      results.set(first.result, (results.get(first.result) ?? 0) + 1);
      const [made] = allowed(scene);
      if (first.result === "granted" && made === undefined) broken.push(`${at}: not granted`);
      scene.sandbox.clock.advance(120);
      const next = await runGrant(scene, more, undefined, broken);
      const after = allowed(scene);
      if (!["granted", "unchanged"].includes(next.result)) broken.push(`${at}: ${next.result}`);
      if (after.length !== 1) broken.push(`${at}: ${after.length} live grants after the next run`);
      // What the first run granted is neither longer nor another grant now.
      if (made !== undefined && after[0]?.until.getTime() !== made.until.getTime()) {
        broken.push(`${at}: ends at another time`);
      }
      const third = await runGrant(scene, more, undefined, broken);
      if (third.result !== "unchanged" || third.writes.length > 0) broken.push(`${at}: not idle`);
    }
    console.log(`${label}, ${kind}: ${writes.length} steps, ${[...results].join(" ")}`);
    expect(broken).toEqual([]);
  });
});

describe("another administrator changes something between the plan and the grant", () => {
  test.each<[string, (scene: AdminScene) => void, string]>([
    ["the user is protected", (scene) => tag(scene, "awst:protected", "true"), "ADMIN_REFUSED"],
    ["the user is cut off", (scene) => tag(scene, "awst:cut", "2026-11-27"), "ADMIN_REFUSED"],
    ["the user is another one", (scene) => rename(scene), "ADMIN_REFUSED"],
    ["the user no longer exists", (scene) => void scene.account.users.delete("user"), "IAM_ABSENT"],
    [
      "the same grant is there",
      (scene) =>
        addGrant(
          scene,
          new Date(Math.floor(scene.sandbox.clock.now().getTime() / 1000) * 1000 + 900_000),
        ),
      "ADMIN_REFUSED",
    ],
    ["no characters are free", (scene) => fill(scene), "ADMIN_REFUSED"],
    ["a policy allows the role", (scene) => allowAnyway(scene), "ADMIN_REFUSED"],
    [
      "the trust policy lets the user in by name",
      (scene) => {
        const trust = JSON.stringify(role(scene).trust).replace(":root", ":user/user");
        role(scene).trust = JSON.parse(trust);
      },
      "ADMIN_REFUSED",
    ],
    ["the role is gone", (scene) => void scene.account.roles.delete("AdminAccess"), "IAM_ABSENT"],
    [
      "the time of the grant is over",
      (scene) => scene.sandbox.clock.advance(1801),
      "ADMIN_REFUSED",
    ],
  ])("%s: nothing is written", async (_, meddle, code) => {
    await using scene = await openScene();
    const { writes, faulty } = faultyIam(undefined);
    const admin = scene.open({ faulty });
    const accounts = roleAccounts(admin);
    const plan = await planGrant(admin, accounts, { ...request, roleArn: role(scene).arn });
    meddle(scene);
    await expect(grantAccess(admin, accounts, plan, why, [])).rejects.toMatchObject({ code });
    expect(writes).toEqual([]);
    expect(scene.grantRecords).toEqual([]);
  });

  test("the policy is changed right after it was put: not reported as granted", async () => {
    await using scene = await openScene();
    const strike: Strike = {
      at: 2,
      kind: "meddle after",
      meddle: () => {
        const policy = user(scene).policies.at(-1);
        const text = JSON.stringify(policy?.document).replace(/"20\d\d-/, '"2099-');
        user(scene).policies = [{ name: policy?.name ?? "", document: JSON.parse(text) }];
      },
    };
    const { faulty, writes } = faultyIam(strike);
    const admin = scene.open({ faulty });
    const accounts = roleAccounts(admin);
    const plan = await planGrant(admin, accounts, { ...request, roleArn: role(scene).arn });
    await expect(grantAccess(admin, accounts, plan, why, [])).rejects.toMatchObject({
      code: "ADMIN_INCOMPLETE",
    });
    expect(writes).toEqual(["deleteUserPolicy", "putRolePolicy", "putUserPolicy"]);
    expect(scene.history).toEqual([]);
  });

  function tag(scene: AdminScene, key: string, value: string): void {
    user(scene).tags.push({ key, value });
  }
  function rename(scene: AdminScene): void {
    scene.account.users.delete("user");
    scene.account.addUser("user", { groups: ["Developer"] });
  }
  function fill(scene: AdminScene): void {
    const Statement = { Effect: "Allow" as const, Action: "s3:Get", Resource: "x".repeat(1_800) };
    user(scene).policies.push({ name: "Long", document: { Version: "2012-10-17", Statement } });
  }
  function allowAnyway(scene: AdminScene): void {
    const Statement = { Effect: "Allow" as const, Action: "sts:*", Resource: "*" };
    user(scene).policies.push({ name: "Any", document: { Version: "2012-10-17", Statement } });
  }
});

async function runRevoke(
  scene: AdminScene,
  strike: Strike | undefined,
): Promise<Run & { readonly ended: boolean }> {
  const { writes, faulty, orKilled } = faultyIam(strike);
  const admin = scene.open({ faulty });
  const accounts = roleAccounts(admin);
  try {
    const which = { userName: "user", roleArn: role(scene).arn };
    const all = await planRevoking(admin, accounts, { which, endSessions: true });
    const [result] = await orKilled(revokeGrants(admin, accounts, all));
    const ended = result?.areSessionsEnded ?? false;
    return { writes, result: result?.error?.code ?? "revoked", ended };
  } catch (error) {
    if (error instanceof Killed) return { writes, result: "killed", ended: false };
    if (isAwstError(error)) return { writes, result: error.code, ended: false };
    throw error;
  }
}

describe.each(["inline", "managed"] as const)("revoking a grant by an %s policy", (kindOfGrant) => {
  async function openGranted(): Promise<AdminScene> {
    const scene = await openScene();
    const until = new Date(Math.floor(scene.sandbox.clock.now().getTime() / 1000 + 900) * 1000);
    addGrant(scene, until);
    if (kindOfGrant === "managed") {
      const { name, document } = user(scene).policies.pop() ?? { name: "", document: undefined };
      if (document !== undefined) scene.account.managed.set(name, document);
      user(scene).attached.push(scene.account.arn(`policy/${name}`));
    }
    return scene;
  }
  const isDenied = (scene: AdminScene) =>
    role(scene).policies.some(({ name }) => name === "awst-cut-user");

  test.each(kinds)(
    "%s at every step: access is gone once it is reported, and the next run finishes",
    async (kind) => {
      await using count = await openGranted();
      const { writes } = await runRevoke(count, undefined);
      expect(writes.length).toBeGreaterThan(1);
      expect(allowed(count)).toEqual([]);
      expect([...count.account.managed.keys()]).toEqual([]);
      const broken: string[] = [];
      const results = new Map<string, number>();
      for (let at = 0; at < writes.length; at++) {
        await using scene = await openGranted();
        const first = await runRevoke(scene, { at, kind });
        expect(first.writes.length).toBeGreaterThan(at);
        results.set(first.result, (results.get(first.result) ?? 0) + 1);
        if (first.result === "revoked" && (allowed(scene).length > 0 || !isDenied(scene))) {
          broken.push(`${at}: reported as revoked`);
        }
        const next = await runRevoke(scene, undefined);
        if (next.result !== "revoked") broken.push(`${at}: ${next.result}`);
        if (!isDenied(scene)) broken.push(`${at}: the sessions live`);
        if (allowed(scene).length > 0) broken.push(`${at}: still granted`);
      }
      console.log(
        `revoking, ${kindOfGrant}, ${kind}: ${writes.length} steps, ${[...results].join(" ")}`,
      );
      expect(broken).toEqual([]);
    },
  );

  test("a policy that two users have is deleted once, by what was done too", async () => {
    await using scene = await openGranted();
    const { attached } = user(scene);
    scene.account.user("newcomer").attached.push(...attached);
    const admin = scene.open();
    const live = allowed(scene).map(({ id }) => id);
    const which = { id: live[0] ?? "" };
    const all = await planRevoking(admin, roleAccounts(admin), { which, endSessions: false });
    const results = await revokeGrants(admin, roleAccounts(admin), all);
    expect(results.map(({ error }) => error).filter((error) => error !== undefined)).toEqual([]);
    expect(scene.account.managed.size).toBe(0);
    const done = results.flatMap((each) => each.done);
    expect(done.filter((step) => step.startsWith("delete policy"))).toHaveLength(attached.length);
  });

  test("another administrator revoked it meanwhile: done", async () => {
    await using scene = await openGranted();
    const meddle = () => {
      user(scene).policies = [];
      user(scene).attached = [];
    };
    const { result } = await runRevoke(scene, { at: 0, kind: "meddle before", meddle });
    expect(result).toBe("revoked");
  });

  test("the user is gone meanwhile: done", async () => {
    await using scene = await openGranted();
    const meddle = () => void scene.account.users.delete("user");
    expect((await runRevoke(scene, { at: 0, kind: "meddle before", meddle })).result).toBe(
      "revoked",
    );
  });

  test("it was extended meanwhile: the other grant stays, and the next plan finds it", async () => {
    await using scene = await openGranted();
    const later = new Date(Math.floor(scene.sandbox.clock.now().getTime() / 1000 + 7200) * 1000);
    const meddle = () => addGrant(scene, later);
    expect((await runRevoke(scene, { at: 0, kind: "meddle before", meddle })).result).toBe(
      "revoked",
    );
    expect(allowed(scene).map(({ until }) => until)).toEqual([later]);
  });
});

describe("prune", () => {
  test.each(kinds)(
    "%s at every step: live grants stay, and the next run finishes",
    async (kind) => {
      const open = async () => {
        const scene = await openScene();
        const second = Math.floor(scene.sandbox.clock.now().getTime() / 1000);
        addGrant(scene, new Date((second - 50_000) * 1000), { isExact: true });
        addGrant(scene, new Date((second + 900) * 1000), { isExact: true });
        return scene;
      };
      const run = async (scene: AdminScene, strike?: Strike): Promise<readonly string[]> => {
        const { writes, faulty, orKilled } = faultyIam(strike);
        const admin = scene.open({ faulty });
        await orKilled(prune(admin, await planPrune(admin))).catch((error: unknown) => {
          if (!(error instanceof Killed)) throw error;
        });
        return writes;
      };
      await using count = await open();
      const writes = await run(count);
      expect(writes).toEqual(["deleteUserPolicy", "deleteUserPolicy", "deleteRolePolicy"]);
      for (let at = 0; at < writes.length; at++) {
        await using scene = await open();
        await run(scene, { at, kind });
        await run(scene);
        expect(user(scene).policies).toHaveLength(1);
        expect(allowed(scene)).toHaveLength(1);
        expect(exactIds(scene)).toHaveLength(1);
      }
    },
  );

  test("a grant that is live again by the time of its deletion stays", async () => {
    await using scene = await openScene();
    const admin = scene.open();
    const plan = await planPrune(admin);
    const [old] = user(scene).policies;
    const text = JSON.stringify(old?.document).replace(/"20\d\d-/, '"2099-');
    user(scene).policies = [{ name: old?.name ?? "", document: JSON.parse(text) }];
    const { removed, remaining } = await prune(admin, plan);
    expect(removed).toEqual([]);
    expect(remaining).toHaveLength(1);
    expect(user(scene).policies).toHaveLength(1);
  });
});
