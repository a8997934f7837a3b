// Enforcement, stopped and hindered at every call and at every notice. Access that was switched off never comes back,
// no user loses access or is deleted before an accepted notice and the time after it, and the next run finishes.

import { expect, test } from "vitest";
import { openDeletions } from "../../src/admin/flows/delete-dormant.ts";
import {
  enforceAccounts,
  firstError,
  planAccounts,
} from "../../src/admin/flows/enforce-accounts.ts";
import { planDormantRestoring, restoreDormant } from "../../src/admin/flows/restore-dormant.ts";
import { type DormantRules, decodeAdminSettings } from "../../src/admin/model/admin-settings.ts";
import { recordNames } from "../../src/admin/model/dormant-deletion.ts";
import { cutPolicy } from "../../src/admin/model/offboarding.ts";
import type { AdminContext, AdminIam, UserNotifier } from "../../src/admin/ports.ts";
import { AwstError, type ErrorCode, isAwstError } from "../../src/model/errors.ts";
import { type AdminScene, leftOvers, openAdminScene } from "../admin/admin-scene.ts";
import { Killed, MortalProcess } from "../admin/faulty-iam.ts";

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
  "switched on meanwhile",
] as const;
type Kind = (typeof kinds)[number];

const { dormant, groups } = decodeAdminSettings(undefined, "");
const dayMs = 86_400_000;

/**
 * What a run starts from: not warned, warned long ago, and disabled. Where users are deleted: disabled and not recorded,
 * recorded and not warned, and warned long ago.
 */
const phases = ["warn", "disable", "restore", "schedule", "announce", "delete"] as const;
type Phase = (typeof phases)[number];

const deleting: readonly Phase[] = ["schedule", "announce", "delete"];

function rulesOf(phase: Phase): DormantRules {
  if (!deleting.includes(phase) && phase !== "disable") return dormant;
  return { ...dormant, actions: ["console", "keys", "user"], deleteDays: 60 };
}

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
  if (deleting.includes(phase)) {
    account.addDevice("zoe", "zoe");
    const { record, warned } = recordNames(account.user("zoe").id);
    const made = (name: string, days: number) => {
      account.managed.set(name, JSON.parse(cutPolicy(undefined).document));
      account.managedSince.set(name, ago(days));
    };
    if (phase === "announce") made(record, 50);
    if (phase === "delete") {
      made(record, 70);
      made(warned, 20);
    }
  }
  if (phase === "restore" || deleting.includes(phase)) {
    const day = phase === "announce" ? 50 : phase === "delete" ? 70 : 5;
    account.user("zoe").password = undefined;
    const keys = account.keysOf("zoe");
    for (const { id } of keys) account.disableKey(id);
    account.user("zoe").tags = [
      { key: "awst:dormant-disabled", value: ago(day).toISOString().slice(0, 10) },
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
  const mortal = new MortalProcess();
  const around = async <T>(name: string, send: () => Promise<T>): Promise<T> => {
    if (mortal.isDead) return mortal.die();
    const at = effects.push(name) - 1;
    const kind = fault?.at === at && !struck ? fault.kind : undefined;
    if (kind === undefined) return checked(await send());
    struck = true;
    if (kind === "kill before") return mortal.die();
    const fails = (code: ErrorCode, effect: "unknown" | "nothing-done") =>
      new AwstError(code, `${name}: ${kind}`, { effect });
    if (kind === "throttled") throw fails("AWS_THROTTLED", "nothing-done");
    if (kind === "denied") throw fails("AWS_DENIED", "nothing-done");
    meddle(scene, kind);
    const answer = checked(await send());
    if (kind === "kill after") return mortal.die();
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
          if (mortal.isDead) return mortal.die();
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
    const isStopped =
      phase === "restore"
        ? await mortal.orKilled(restore(admin))
        : await mortal.orKilled(enforce(admin, notifier, rulesOf(phase)));
    return { effects, struck, isStopped };
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return { effects, struck, isStopped: true };
  }
}

/** By scene: the notices that were accepted. */
const notices = new WeakMap<AdminScene, string[]>();

async function enforce(
  admin: AdminContext,
  notifier: UserNotifier,
  rules: DormantRules,
): Promise<boolean> {
  const { now } = admin.clock();
  const request = {
    ...{ rules, protectedNames: [], forced: [], maxChanges: undefined, from: undefined },
    ...{ deadline: undefined, deletion: openDeletions(groups), now: () => now },
  };
  const target = { id: admin.accountId, name: "main-account", roleArn: undefined };
  const accounts = { targets: [target], open: async () => admin };
  const plan = await planAccounts(accounts, request);
  return firstError(await enforceAccounts(plan, request, notifier)) !== undefined;
}

async function restore(admin: AdminContext): Promise<boolean> {
  try {
    await restoreDormant(admin, await planDormantRestoring(admin, "zoe"), []);
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
  if (kind === "switched on meanwhile" && key?.status === "Inactive") {
    key.status = "Active";
    key.statusChangedAt = sandbox.clock.now();
  }
  if (kind === "replaced meanwhile") {
    account.devices.clear();
    for (const each of account.keysOf("zoe")) each.deletedAt = sandbox.clock.now();
    account.users.delete("zoe");
    addZoe(scene);
  }
}

function stateOf({ account }: AdminScene) {
  const user = account.users.get("zoe");
  const tags = Object.fromEntries((user?.tags ?? []).map(({ key, value }) => [key, value]));
  return {
    isThere: user !== undefined,
    id: user?.id,
    policies: [...account.managed.keys()].filter((name) => name.startsWith("awst-dormant-")),
    tags,
    hasPassword: user?.password !== undefined,
    active: account.keysOf("zoe").filter(({ status }) => status === "Active").length,
    keys: account.keysOf("zoe").length,
  };
}

test.each(phases.flatMap((phase) => kinds.map((kind) => [phase, kind] as const)))(
  "%s, %s at every step: the next run finishes",
  async (phase, kind) => {
    await using count = await openPhase(phase);
    const { effects } = await run(count, phase);
    expect(effects.length).toBeGreaterThan(phase === "schedule" ? 0 : 1);
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
        const isWarned =
          (phase === "warn" && now.tags["awst:dormant-warned"] !== undefined) ||
          (phase === "announce" && now.policies.some((name) => name.includes("-warned-")));
        if (isWarned && notices.get(scene)?.length === 0) {
          broken.push(`${where}: recorded, but not sent`);
        }
        if (!now.isThere && (phase !== "delete" || scene.records.size === 0)) {
          broken.push(`${where}: deleted without a warning, or without a record`);
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
      if (deleting.includes(phase) && isObjection(phase, kind) && stateOf(scene).isThere) {
        // Whatever came too late for this run counts when the day of the deletion has come.
        scene.sandbox.clock.advance(61 * 86_400);
        for (const _run of ["warn", "delete"]) {
          await run(scene, phase);
          scene.sandbox.clock.advance(15 * 86_400);
        }
        if (!stateOf(scene).isThere) broken.push(`${where}: deleted in spite of it`);
      }
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
  if (deleting.includes(phase)) return wrongAfterDeletion(scene, phase, kind);
  const isWarned = tags["awst:dormant-warned"] !== undefined;
  const isDisabled = tags["awst:dormant-disabled"] !== undefined;
  const has = (is: boolean, what: string) => (is ? [what] : []);
  if (kind === "replaced meanwhile" && phase !== "restore") {
    // The new user of that name is dormant too: warned, with all access.
    return [
      ...has(!isWarned && !isDisabled, "the new user was not warned"),
      ...has(active > 0 && isDisabled && !isWarned, "the new user is half disabled"),
    ];
  }
  if (kind === "protected meanwhile" && phase === "warn") return has(isDisabled, "disabled");
  if (kind === "used meanwhile" && phase === "warn") return has(isDisabled, "disabled");
  if (kind === "switched on meanwhile" && phase === "disable") return [];
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

/** What must end the deletion for good. A use is no objection to a record that is made after it. */
function isObjection(phase: Phase, kind: Kind): boolean {
  if (kind === "used meanwhile") return phase !== "schedule";
  return kind === "protected meanwhile" || kind === "switched on meanwhile";
}

function wrongAfterDeletion(scene: AdminScene, phase: Phase, kind: Kind): readonly string[] {
  const { isThere, id = "", policies, active } = stateOf(scene);
  const { record, warned } = recordNames(id);
  const has = (is: boolean, what: string) => (is ? [what] : []);
  if (kind === "replaced meanwhile") {
    // The new user of that name keeps everything. Records of the old one are removed.
    return [
      ...has(isThere && active === 0, "the new user lost access"),
      ...has(policies.length > 0, `records of users who are gone: ${policies.join(" ")}`),
    ];
  }
  if (phase === "delete" && !isThere) {
    return [
      ...leftOvers(scene, "zoe"),
      ...has(policies.length > 0, `records of users who are gone: ${policies.join(" ")}`),
    ];
  }
  if (phase === "delete") return has(!isObjection(phase, kind), "the user is there");
  if (isObjection(phase, kind)) return [];
  return [
    ...has(!policies.includes(record), "not recorded"),
    ...has(policies.includes(warned) !== (phase === "announce"), "the warning's record is wrong"),
  ];
}
