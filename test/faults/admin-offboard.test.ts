// Off-boarding, stopped and hindered at every call that changes something. Access never comes back by accident, no
// password or key is left without the MFA device that was there, and the next run finishes.

import { expect, test } from "vitest";
import { offboardUsers } from "../../src/admin/flows/offboard-user.ts";
import { planOffboarding } from "../../src/admin/flows/plan-offboarding.ts";
import type { AdminIam } from "../../src/admin/ports.ts";
import { AwstError, type ErrorCode } from "../../src/model/errors.ts";
import { type AdminScene, addLeaver, leftOvers, openAdminScene } from "../admin/admin-scene.ts";
import { Killed, MortalProcess } from "../admin/faulty-iam.ts";

const kinds = [
  "kill before",
  "kill after",
  "lost reply",
  "throttled",
  "denied",
  "new key",
  "new password",
  "new group and policy",
  "gone already",
] as const;
type Kind = (typeof kinds)[number];

interface Run {
  /** How many calls that change something were made. */
  readonly writes: number;
  readonly struck: boolean;
  readonly states: readonly string[];
}

const request = {
  names: ["leaver"],
  due: false,
  graceDays: 0,
  protectedNames: [],
  forced: [],
};

test.each(kinds)("%s at every step: the next run finishes", async (kind) => {
  await using count = await openAdminScene();
  addLeaver(count);
  const { writes } = await run(count);
  expect(writes).toBeGreaterThan(20);
  const broken: string[] = [];
  let finishedAtOnce = 0;
  for (let at = 0; at < writes; at++) {
    await using scene = await openAdminScene();
    addLeaver(scene);
    const first = await run(scene, { at, kind }, broken);
    expect(first.struck).toBe(true);
    broken.push(...openAccess(scene).map((each) => `${kind} at ${at}: ${each}`));
    if (leftOvers(scene).length === 0) finishedAtOnce += 1;
    // What was stopped never gives access back: cut off stays cut off.
    const next = await run(scene, undefined, kind.startsWith("new ") ? [] : broken);
    if (next.states.includes("stopped")) broken.push(`${kind} at ${at}: the next run stopped`);
    broken.push(...leftOvers(scene).map((left) => `${kind} at ${at}: ${left}`));
  }
  console.log(
    `${kind}: ${writes} steps, ${finishedAtOnce} finished by the same run, the others by the next`,
  );
  expect(broken).toEqual([]);
});

async function run(
  scene: AdminScene,
  fault?: { readonly at: number; readonly kind: Kind },
  broken: string[] = [],
): Promise<Run> {
  let writes = 0;
  let struck = false;
  const mortal = new MortalProcess();
  const isMeddled = fault?.kind.startsWith("new ") ?? false;
  const check = (name: string) => {
    if (isMeddled) return;
    for (const each of wrong(scene))
      broken.push(`${fault?.kind} at ${fault?.at}, ${name}: ${each}`);
  };
  const faulty = (iam: AdminIam): AdminIam =>
    Object.fromEntries(
      Object.entries(iam).map(([name, call]) => [
        name,
        async (...args: unknown[]) => {
          if (mortal.isDead) return mortal.die();
          if (/^(list|get|find|last|account|read)/.test(name)) return call(...args);
          const isStruck = fault !== undefined && writes++ === fault.at && !struck;
          if (fault === undefined) writes += 1;
          if (!isStruck) {
            const answer = await call(...args);
            check(name);
            return answer;
          }
          struck = true;
          const fails = (code: ErrorCode, effect: "unknown" | "nothing-done") =>
            new AwstError(code, `${name}: ${fault.kind}`, { effect });
          if (fault.kind === "kill before") return mortal.die();
          if (fault.kind === "throttled") throw fails("AWS_THROTTLED", "nothing-done");
          if (fault.kind === "denied") throw fails("AWS_DENIED", "nothing-done");
          meddle(scene, fault.kind);
          if (fault.kind === "gone already") await call(...args);
          const answer = await call(...args);
          check(name);
          if (fault.kind === "kill after") return mortal.die();
          if (fault.kind === "lost reply") throw fails("AWS_UNREACHABLE", "unknown");
          return answer;
        },
      ]),
    ) as unknown as AdminIam;
  const admin = scene.open({ faulty });
  try {
    const plan = await planOffboarding(admin, request);
    const results = await mortal.orKilled(offboardUsers(admin, plan, { endSessions: true }));
    return { writes, struck, states: results.map(({ state }) => state) };
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return { writes, struck, states: ["killed"] };
  }
}

/** Another administrator changes the user meanwhile. */
function meddle({ account }: AdminScene, kind: Kind): void {
  const user = account.users.get("leaver");
  if (user === undefined) return;
  if (kind === "new key" && account.keysOf("leaver").length < 2) account.addKey("leaver");
  if (kind === "new password") account.setPassword("leaver", "Correct-Horse-Battery-Staple-2027");
  if (kind === "new group and policy") {
    if (!user.groups.includes("Admins")) user.groups.push("Admins");
    const Statement = { Effect: "Allow" as const, Action: "*", Resource: "*" };
    user.policies.push({ name: "Meddled", document: { Version: "2012-10-17", Statement } });
  }
}

/** After a run that was not stopped at its first call: no access without the deny. */
function openAccess({ account }: AdminScene): readonly string[] {
  const user = account.users.get("leaver");
  if (user === undefined) return [];
  const isCut = user.tags.some(({ key }) => key === "awst:cut");
  const hasAccess =
    user.password !== undefined ||
    account.keysOf("leaver").some(({ status }) => status === "Active");
  const hasDeny = user.policies.some(({ name }) => name === "awst-cut");
  return isCut && hasAccess && !hasDeny ? ["a user who was cut has access"] : [];
}

/** Users who had the deny once. */
const denied = new WeakSet<object>();

/** What must never be, unless another administrator gives access: access after the deny was there and left, or access
 *  without the MFA devices that guarded it. */
function wrong({ account }: AdminScene): readonly string[] {
  const user = account.users.get("leaver");
  if (user === undefined) return [];
  const keys = account.keysOf("leaver");
  const hasAccess = user.password !== undefined || keys.some(({ status }) => status === "Active");
  const hasDeny = user.policies.some(({ name }) => name === "awst-cut");
  if (hasDeny) denied.add(user);
  return [
    ...(hasAccess && account.devicesOf("leaver").length < 2 ? ["access without MFA"] : []),
    ...(hasAccess && denied.has(user) && !hasDeny ? ["access without the deny"] : []),
  ];
}
