// Off-boarding on the sandbox: what goes, in which order, where the deny does not fit, and the user's role sessions.

import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { beforeEach, describe, expect, test } from "vitest";
import type { OffboardRequest } from "../../src/admin/flows/plan-offboarding.ts";
import { planRestore, restoreUser } from "../../src/admin/flows/restore-user.ts";
import { type AdminScene, addLeaver, leftOvers } from "./admin-scene.ts";
import { offboardIn, openLeaverScene } from "./offboard-scene.ts";

let scene: AdminScene;
beforeEach(async () => {
  scene = await openLeaverScene();
  return () => scene[Symbol.asyncDispose]();
});

const offboard = (request: Partial<OffboardRequest> = {}, endSessions = false) =>
  offboardIn(scene, request, endSessions);
const leaver = () => scene.account.user("leaver");

describe("off-boarding", () => {
  test("removes the user and everything that belongs to the user, and nothing else", async () => {
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

  test("an abandoned enrolment, an unassigned device with the user's name, is deleted too", async () => {
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
    await restoreUser(admin, await planRestore(admin, "leaver"), []);
    expect(leaver().attached).toEqual(["arn:aws:iam::aws:policy/ReadOnlyAccess"]);
  });

  test("with ten policies attached the boundary denies; restore puts the old one back", async () => {
    fill();
    for (let at = 1; at < 10; at++) leaver().attached.push(`arn:aws:iam::aws:policy/Other${at}`);
    await offboard({ graceDays: undefined });
    expect(leaver().boundary).toBe("arn:aws:iam::aws:policy/AWSDenyAll");
    const admin = scene.open();
    await restoreUser(admin, await planRestore(admin, "leaver"), []);
    expect(leaver().boundary).toBe(scene.account.arn("policy/Limits"));
  });

  test("a user with 50 tags is cut off and deleted without tags of the cut", async () => {
    leaver().tags = Array.from({ length: 50 }, (_, at) => ({ key: `k${at}`, value: "v" }));
    const { results } = await offboard();
    expect(results).toMatchObject([{ state: "deleted", error: undefined }]);
    expect(scene.messages.join("\n")).toMatch(/50 tags/);
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
    const session = await sessionOf("leaver");
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
    expect(await mayList(session)).toBe("AccessDenied");
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
