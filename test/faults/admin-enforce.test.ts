// Enforcement, stopped and hindered at every call and at every notice. Access that was switched off never comes back,
// no user loses access before an accepted notice and the time after it, and the next run finishes.

import { expect, test } from "vitest";
import {
  enforcePlan,
  planDormantRestoring,
  planEnforcement,
  restoreDormant,
} from "../../src/admin/flows/enforce-dormant.ts";
import { judgeAccount, readAccount } from "../../src/admin/flows/read-account.ts";
import { decodeAdminSettings } from "../../src/admin/model/admin-settings.ts";
import type { AdminContext, AdminIam, UserNotifier } from "../../src/admin/ports.ts";
import { AwstError, type ErrorCode, isAwstError } from "../../src/model/errors.ts";
import { type AdminScene, openAdminScene } from "../admin/admin-scene.ts";

const kinds = [
  "kill before",
  "kill after",
  "lost reply",
  "throttled",
  "denied",
  "used meanwhile",
  "protected meanwhile",
  "key deleted meanwhile",
  "replaced meanwhile",
  "disabled meanwhile",
] as const;
type Kind = (typeof kinds)[number];

class Killed extends Error {}

const { dormant: rules } = decodeAdminSettings(undefined, "");
const dayMs = 86_400_000;

/** What a run starts from: not warned, warned long ago, and disabled. */
const phases = ["warn", "disable", "restore"] as const;
type Phase = (typeof phases)[number];

/** A user with a password and two keys that are not in use. */
async function openPhase(phase: Phase): Promise<AdminScene> {
  const scene = await openAdminScene();
  const { account, sandbox } = scene;
  const ago = (days: number) => new Date(sandbox.clock.now().getTime() - days * dayMs);
  addZoe(scene);
  if (phase === "disable") {
    const value = ago(20).toISOString().slice(0, 10);
    account.user("zoe").tags = [{ key: "awst:dormant-warned", value }];
  }
  if (phase === "restore") {
    account.user("zoe").password = undefined;
    const keys = account.keysOf("zoe");
    for (const { id } of keys) account.disableKey(id);
    account.user("zoe").tags = [
      { key: "awst:dormant-disabled", value: ago(5).toISOString().slice(0, 10) },
      { key: "awst:dormant-keys", value: keys.map(({ id }) => id).join(" ") },
    ];
  }
  return scene;
}

function addZoe({ account, sandbox }: AdminScene): void {
  const ago = (days: number) => new Date(sandbox.clock.now().getTime() - days * dayMs);
  account.addUser("zoe", { createdAt: ago(400) });
  account.setPassword("zoe", "Correct-Horse-Battery-Staple-2026", ago(400));
  account.user("zoe").passwordLastUsed = ago(300);
  for (const used of [200, 250]) {
    const key = account.addKey("zoe", true, ago(400));
    key.lastUsed = { at: ago(used), service: "s3", region: "eu-west-1" };
  }
}

interface Run {
  /** Calls that change something, and notices. */
  readonly effects: readonly string[];
  readonly struck: boolean;
  readonly isStopped: boolean;
}

async function run(
  scene: AdminScene,
  phase: Phase,
  fault?: { readonly at: number; readonly kind: Kind },
  check: () => void = () => {},
): Promise<Run> {
  const effects: string[] = [];
  let struck = false;
  let isDead = false;
  const around = async <T>(name: string, send: () => Promise<T>): Promise<T> => {
    if (isDead) throw new Killed();
    const at = effects.push(name) - 1;
    const kind = fault?.at === at && !struck ? fault.kind : undefined;
    if (kind === undefined) return checked(await send());
    struck = true;
    if (kind === "kill before") isDead = true;
    if (isDead) throw new Killed();
    const fails = (code: ErrorCode, fate: "unknown" | "nothing-done") =>
      new AwstError(code, `${name}: ${kind}`, { fate });
    if (kind === "throttled") throw fails("AWS_THROTTLED", "nothing-done");
    if (kind === "denied") throw fails("AWS_DENIED", "nothing-done");
    meddle(scene, kind);
    const answer = checked(await send());
    if (kind === "kill after") isDead = true;
    if (isDead) throw new Killed();
    if (kind === "lost reply") throw fails("AWS_UNREACHABLE", "unknown");
    return answer;
  };
  const checked = <T>(answer: T): T => {
    check();
    return answer;
  };
  const faulty = (iam: AdminIam): AdminIam =>
    Object.fromEntries(
      Object.entries(iam).map(([name, call]) => [
        name,
        async (...args: unknown[]) => {
          if (isDead) throw new Killed();
          const isRead = /^(list|get|find|last|account|read|generate)/.test(name);
          return isRead ? call(...args) : around(name, () => call(...args));
        },
      ]),
    ) as unknown as AdminIam;
  const notifier: UserNotifier = {
    usersPerNotice: 10,
    needsEmail: false,
    send: () => around("notice", async () => void notices.get(scene)?.push("sent")),
  };
  if (!notices.has(scene)) notices.set(scene, []);
  const admin = scene.open({ faulty });
  try {
    const isStopped = phase === "restore" ? await restore(admin) : await enforce(admin, notifier);
    return { effects, struck, isStopped };
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return { effects, struck, isStopped: true };
  }
}

/** By scene: the notices that were accepted. */
const notices = new WeakMap<AdminScene, string[]>();

async function enforce(admin: AdminContext, notifier: UserNotifier): Promise<boolean> {
  const picture = await readAccount(admin);
  const all = await judgeAccount(admin, picture, rules, []);
  const guards = { protectedNames: [], forced: [] };
  const plan = await planEnforcement(admin, picture, all, rules, guards);
  const options = { rules, protectedNames: [], notifier, accountName: "main-account" };
  const results = await enforcePlan(admin, plan, options);
  return results.some(({ state }) => state === "stopped");
}

async function restore(admin: AdminContext): Promise<boolean> {
  try {
    await restoreDormant(admin, await planDormantRestoring(admin, "zoe"));
    return false;
  } catch (error) {
    if (!isAwstError(error)) throw error;
    return error.code !== "ADMIN_REFUSED";
  }
}

/** Zoe herself or another administrator changes something meanwhile. */
function meddle(scene: AdminScene, kind: Kind): void {
  const { account, sandbox } = scene;
  const user = account.users.get("zoe");
  const [key, second] = account.keysOf("zoe");
  if (user === undefined) return;
  if (kind === "used meanwhile" && key) {
    key.lastUsed = { at: sandbox.clock.now(), service: "s3", region: "eu-west-1" };
  }
  if (kind === "protected meanwhile") user.tags.push({ key: "awst:protected", value: "true" });
  if (kind === "key deleted meanwhile" && second) second.deletedAt = sandbox.clock.now();
  if (kind === "disabled meanwhile" && key) account.disableKey(key.id);
  if (kind === "replaced meanwhile") {
    for (const each of account.keysOf("zoe")) each.deletedAt = sandbox.clock.now();
    account.users.delete("zoe");
    addZoe(scene);
  }
}

function stateOf({ account }: AdminScene) {
  const user = account.user("zoe");
  const tags = Object.fromEntries(user.tags.map(({ key, value }) => [key, value]));
  return {
    tags,
    hasPassword: user.password !== undefined,
    active: account.keysOf("zoe").filter(({ status }) => status === "Active").length,
    keys: account.keysOf("zoe").length,
  };
}

test.each(phases.flatMap((phase) => kinds.map((kind) => [phase, kind] as const)))(
  "%s, %s at every step: the next run finishes",
  async (phase, kind) => {
    await using count = await openPhase(phase);
    const { effects } = await run(count, phase);
    expect(effects.length).toBeGreaterThan(1);
    const isMeddled = kind.endsWith("meanwhile");
    const broken: string[] = [];
    let finishedAtOnce = 0;
    for (const [at, name] of effects.entries()) {
      await using scene = await openPhase(phase);
      const where = `${phase}, ${kind} at ${at} (${name})`;
      const before = stateOf(scene);
      let fewest = before.active;
      const check = () => {
        const now = stateOf(scene);
        // Enforcement switches off, and restoring switches on: never the other way, at any moment.
        const isBack = phase === "restore" ? now.active < fewest : now.active > fewest;
        if (isBack && !isMeddled) broken.push(`${where}: access went the wrong way`);
        fewest = now.active;
        if (phase === "warn" && now.active < before.active && !isMeddled) {
          broken.push(`${where}: access was disabled without the time of a warning`);
        }
        const isRecorded = now.tags["awst:dormant-disabled"] !== undefined;
        const isOff = now.active < before.active || now.hasPassword !== before.hasPassword;
        if (phase === "disable" && isOff && !isRecorded && !isMeddled) {
          broken.push(`${where}: access was disabled before that was recorded`);
        }
        if (now.tags["awst:dormant-warned"] !== undefined && phase === "warn") {
          if (notices.get(scene)?.length === 0) broken.push(`${where}: recorded, but not sent`);
        }
      };
      const first = await run(scene, phase, { at, kind }, check);
      if (!first.struck) broken.push(`${where}: the fault did not occur`);
      if (!first.isStopped) finishedAtOnce += 1;
      // The next run, and one more: what is done stays done.
      await run(scene, phase);
      const next = await run(scene, phase);
      if (next.isStopped) broken.push(`${where}: the next run stopped`);
      const left = next.effects.filter((each) => each !== "notice");
      if (left.length > 0) broken.push(`${where}: a third run still does ${left.join(" ")}`);
      broken.push(...wrongAfter(scene, phase, kind).map((each) => `${where}: ${each}`));
    }
    console.log(
      `${phase}, ${kind}: ${effects.length} steps, ${finishedAtOnce} finished by the same run, the others by the next`,
    );
    expect(broken).toEqual([]);
  },
);

/** What must hold after the next run. */
function wrongAfter(scene: AdminScene, phase: Phase, kind: Kind): readonly string[] {
  const { tags, hasPassword, active, keys } = stateOf(scene);
  const isWarned = tags["awst:dormant-warned"] !== undefined;
  const isDisabled = tags["awst:dormant-disabled"] !== undefined;
  const has = (is: boolean, what: string) => (is ? [what] : []);
  if (kind === "replaced meanwhile" && phase !== "restore") {
    // The new user of that name is dormant himself: warned, with all his access.
    return [
      ...has(!isWarned && !isDisabled, "the new user was not warned"),
      ...has(active > 0 && isDisabled && !isWarned, "the new user is half disabled"),
    ];
  }
  if (kind === "protected meanwhile" && phase === "warn") return has(isDisabled, "disabled");
  if (kind === "used meanwhile" && phase === "warn") return has(isDisabled, "disabled");
  if (phase === "warn") return [...has(!isWarned, "not warned"), ...has(isDisabled, "disabled")];
  if (phase === "disable") {
    if (kind === "protected meanwhile" || kind === "used meanwhile") return [];
    return [
      ...has(active > 0, `${active} keys are active`),
      ...has(hasPassword, "the password is there"),
      ...has(!isDisabled, "no record of it"),
    ];
  }
  if (kind === "replaced meanwhile" || kind === "disabled meanwhile") return [];
  return [
    ...has(active !== keys, `${keys - active} keys are inactive`),
    ...has(isDisabled || isWarned, "still recorded as disabled"),
    ...has(tags["awst:restored"] === undefined, "not recorded as restored"),
  ];
}
