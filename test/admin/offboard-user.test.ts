// Off-boarding and restoring on the sandbox: order, guards, role sessions, what comes back.

import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { planDormantRestoring } from "../../src/admin/flows/enforce-dormant.ts";
import {
  type OffboardRequest,
  offboardUsers,
  planOffboarding,
} from "../../src/admin/flows/offboard-user.ts";
import { planRestore, restoreUser } from "../../src/admin/flows/restore-user.ts";
import { cutPolicyName, cutTags } from "../../src/admin/model/offboarding.ts";
import { AwstError } from "../../src/model/errors.ts";
import { type AdminScene, addLeaver, leftOvers, openAdminScene } from "./admin-scene.ts";

let scene: AdminScene;
beforeEach(async () => {
  scene = await openAdminScene();
  addLeaver(scene);
});
afterEach(() => scene[Symbol.asyncDispose]());

const usual: OffboardRequest = {
  names: ["leaver"],
  due: false,
  graceDays: 0,
  protectedNames: [],
  forced: [],
};

async function offboard(request: Partial<OffboardRequest> = {}, endSessions = false) {
  const admin = scene.open();
  const plan = await planOffboarding(admin, { ...usual, ...request });
  const results = await offboardUsers(admin, plan, { endSessions });
  return { plan, results };
}

const leaver = () => scene.account.user("leaver");

describe("off-boarding", () => {
  test("removes the user and everything that hangs on him, and nothing else", async () => {
    const before = [...scene.account.users.keys()];
    const { results } = await offboard();
    expect(results).toMatchObject([{ user: "leaver", state: "deleted", error: undefined }]);
    expect(leftOvers(scene)).toEqual([]);
    expect([...scene.account.users.keys()]).toEqual(before.filter((name) => name !== "leaver"));
    expect(scene.account.groups.has("Staff")).toBe(true);
  });

  test("calls in the order of safety: deny, switch off, password, keys, devices, groups, policies, deny, user", async () => {
    scene.sandbox.forgetCalls();
    await offboard();
    const writes = scene.sandbox
      .calls()
      .map(({ action }) => action)
      .filter((action) => !/^(Get|List)/.test(action));
    expect(writes).toEqual([
      "PutUserPolicy",
      "TagUser",
      "UpdateAccessKey",
      "UpdateServiceSpecificCredential",
      "UpdateServiceSpecificCredential",
      "UpdateSSHPublicKey",
      "UpdateSigningCertificate",
      "DeleteLoginProfile",
      "DeleteAccessKey",
      "DeleteAccessKey",
      "DeleteServiceSpecificCredential",
      "DeleteServiceSpecificCredential",
      "DeleteSigningCertificate",
      "DeleteSSHPublicKey",
      "DeleteSSHPublicKey",
      "DeactivateMFADevice",
      "DeleteVirtualMFADevice",
      "DeactivateMFADevice",
      "RemoveUserFromGroup",
      "RemoveUserFromGroup",
      "DetachUserPolicy",
      "DeleteUserPolicy",
      "DeleteUserPolicy",
      "DeleteUser",
    ]);
  });

  test("an enrolment that was given up, an unassigned device of his name, goes too", async () => {
    const device = scene.account.addDevice("leaver", "spare");
    device.userName = undefined;
    device.enabledAt = undefined;
    const own = [...scene.account.devices.values()].find(({ name }) => name === "leaver");
    if (own) {
      own.userName = undefined;
      own.enabledAt = undefined;
    }
    await offboard();
    const names = [...scene.account.devices.values()].map(({ name }) => name);
    expect(names).not.toContain("leaver");
    expect(names).toContain("spare");
  });

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

  test("several: one who never was does not stop the others", async () => {
    const { plan, results } = await offboard({ names: ["stranger", "LEAVER", "leaver"] });
    expect(plan.unknown).toEqual(["stranger"]);
    expect(results.map(({ user, state }) => [user, state])).toEqual([["leaver", "deleted"]]);
    const again = await offboard();
    expect(again.plan.gone).toEqual(["leaver"]);
  });
});

describe("where the deny does not fit", () => {
  function fill(): void {
    const Resource = "x".repeat(1_850);
    const document = {
      Version: "2012-10-17",
      Statement: { Effect: "Allow" as const, Action: "s3:GetObject", Resource },
    };
    leaver().policies.push({ name: "Long", document });
  }

  test("AWSDenyAll is attached; restore detaches it", async () => {
    fill();
    await offboard({ graceDays: undefined });
    expect(leaver().attached).toContain("arn:aws:iam::aws:policy/AWSDenyAll");
    const admin = scene.open();
    await restoreUser(admin, await planRestore(admin, "leaver"));
    expect(leaver().attached).toEqual(["arn:aws:iam::aws:policy/ReadOnlyAccess"]);
  });

  test("with ten policies attached the boundary denies; restore puts the old one back", async () => {
    fill();
    for (let at = 1; at < 10; at++) leaver().attached.push(`arn:aws:iam::aws:policy/Other${at}`);
    await offboard({ graceDays: undefined });
    expect(leaver().boundary).toBe("arn:aws:iam::aws:policy/AWSDenyAll");
    const admin = scene.open();
    await restoreUser(admin, await planRestore(admin, "leaver"));
    expect(leaver().boundary).toBe(scene.account.arn("policy/Limits"));
  });

  test("a user with 50 tags is cut off and deleted without tags of the cut", async () => {
    leaver().tags = Array.from({ length: 50 }, (_, at) => ({ key: `k${at}`, value: "v" }));
    const { results } = await offboard();
    expect(results).toMatchObject([{ state: "deleted", error: undefined }]);
    expect(scene.messages.join("\n")).toMatch(/50 tags/);
  });
});

describe("guards", () => {
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

  test("a tag that appears between plan and yes stops him", async () => {
    const admin = scene.open();
    const plan = await planOffboarding(admin, usual);
    leaver().tags.push({ key: "awst:protected", value: "true" });
    const results = await offboardUsers(admin, plan, { endSessions: false });
    expect(results).toMatchObject([{ state: "stopped", error: { code: "ADMIN_REFUSED" } }]);
    expect(leaver().policies.map(({ name }) => name)).toEqual(["Extra"]);
  });

  test("the last user who can administer, by way of a role that he may assume", async () => {
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

  test("the caller, by the key that awst used and by the name of his session", async () => {
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
});

describe("role sessions", () => {
  test("outlive the user, are shown with their end, and end for one user", async () => {
    const { account, sandbox } = scene;
    account.role("DeveloperAccess").trust = {
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Principal: { AWS: account.arn("root") },
        Action: "sts:AssumeRole",
      },
    };
    const sessionOf = async (userName: string) => {
      const key = account.keysOf(userName)[0] ?? account.addKey(userName);
      const sts = new STSClient({
        endpoint: sandbox.url,
        region: "eu-west-1",
        credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
      });
      const { Credentials } = await sts.send(
        new AssumeRoleCommand({
          RoleArn: account.arn("role/DeveloperAccess"),
          RoleSessionName: userName,
        }),
      );
      return sandbox.cloud.sessions.get(Credentials?.AccessKeyId ?? "");
    };
    leaver().boundary = undefined;
    const his = await sessionOf("leaver");
    const others = await sessionOf("user");
    sandbox.clock.advance(5);
    const { plan, results } = await offboard({}, true);
    expect(
      plan.users[0]?.sessions.map(({ role, forcesSessionName }) => [role, forcesSessionName]),
    ).toEqual([["DeveloperAccess", false]]);
    expect(results).toMatchObject([{ state: "deleted", endedSessions: ["DeveloperAccess"] }]);
    const denial = account.role("DeveloperAccess").policies.at(-1);
    expect(denial?.name).toBe("awst-cut-leaver");
    expect(JSON.stringify(denial?.document)).toContain(`:leaver`);
    expect(await mayList(his)).toBe("AccessDenied");
    expect(await mayList(others)).toBe("allowed");

    sandbox.clock.advance(2 * 3600);
    addLeaver(scene, "next");
    await offboard({ names: ["next"] });
    const names = account.role("DeveloperAccess").policies.map(({ name }) => name);
    expect(names).not.toContain("awst-cut-leaver");
  });

  async function mayList(
    session: { accessKeyId: string; secret: string; token: string } | undefined,
  ): Promise<string> {
    const { IAMClient, ListUsersCommand } = await import("@aws-sdk/client-iam");
    const iam = new IAMClient({
      endpoint: scene.sandbox.url,
      region: "us-east-1",
      credentials: {
        accessKeyId: session?.accessKeyId ?? "",
        secretAccessKey: session?.secret ?? "",
        sessionToken: session?.token ?? "",
      },
    });
    return iam.send(new ListUsersCommand({})).then(
      () => "allowed",
      (error: Error) => (error as Error & { Code?: string }).Code ?? error.name,
    );
  }
});

describe("restoring", () => {
  test("before the deletion: what was active is active again, what was not stays so", async () => {
    const before = snapshot();
    await offboard({ graceDays: 30 });
    const admin = scene.open();
    const plan = await planRestore(admin, "leaver");
    expect(plan).toMatchObject({ kind: "switch on", lost: ["the console password"] });
    await restoreUser(admin, plan);
    const after = snapshot();
    expect({ ...after, tags: [] }).toEqual({ ...before, tags: [] });
    const tags = leaver().tags.map(({ key }) => key);
    expect(tags.filter((key) => key.startsWith("awst:"))).toEqual(["awst:restored"]);
    await expect(planRestore(admin, "leaver")).rejects.toMatchObject({ code: "ADMIN_REFUSED" });
  });

  test("after the deletion: a new user with path, tags, groups, policies, boundary and public keys", async () => {
    const { id } = leaver();
    await offboard();
    scene.account.groups.delete("Staff");
    scene.sandbox.settings.newUserVisibleAfterSeconds = 0;
    const admin = scene.open();
    const plan = await planRestore(admin, "leaver");
    expect(plan.lost.join("\n")).toContain(id);
    const { missing } = await restoreUser(admin, plan);
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
      await restoreUser(admin, { ...plan, steps: plan.steps.slice(0, stop) }).catch(() => {});
      await restoreUser(
        admin,
        await planRestore(admin, "leaver").catch(() => ({ ...plan, steps: [] })),
      );
      expect(leaver().policies.map(({ name }) => name)).toEqual(["Extra"]);
      expect(leaver().sshKeys).toHaveLength(2);
      expect(leaver().tags.map(({ key }) => key)).not.toContain("awst:restoring");
      await offboard();
    }
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
});
