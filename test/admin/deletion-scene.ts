// Users whose access enforcement disabled long ago, on the sandbox: who is due to be deleted, and runs of an enforcement
// that deletes.

import { openDeletions } from "../../src/admin/flows/delete-dormant.ts";
import {
  type AccountsPlan,
  type AccountsResult,
  type EnforcementRequest,
  enforceAccounts,
  planAccounts,
} from "../../src/admin/flows/enforce-accounts.ts";
import { decodeAdminSettings } from "../../src/admin/model/admin-settings.ts";
import { recordNames } from "../../src/admin/model/dormant-deletion.ts";
import type { UserNotice } from "../../src/admin/model/notices.ts";
import { cutPolicy } from "../../src/admin/model/offboarding.ts";
import type { AdminCaller, AdminContext } from "../../src/admin/ports.ts";
import { AwstError } from "../../src/model/errors.ts";
import { type AdminScene, openAdminScene } from "./admin-scene.ts";

const dayMs = 86_400_000;
const settings = decodeAdminSettings(
  {
    groups: { category: [{ name: "AllHeadlessUsers", match: "Headless-" }] },
    dormant: {
      ...{ deleteDays: 60n, actions: ["console", "keys", "user"], except: ["ci-*"] },
      ...{ notify: "sns", notifyTopic: "arn:aws:sns:eu-west-1:111111111111:x" },
    },
  },
  "",
);

/** Of one run. */
export interface How {
  readonly maxChanges?: number;
  readonly protectedNames?: readonly string[];
  readonly forced?: readonly string[];
  readonly caller?: AdminCaller;
  /** Ctrl-C was typed after the plan. */
  readonly isStopped?: boolean;
}

type SandboxUser = ReturnType<AdminScene["account"]["user"]>;

export interface DeletionScene extends AdminScene {
  /** Accepted by the receiver. */
  readonly notices: UserNotice[];
  /** Whether the receiver is down. */
  isRefusing: boolean;
  ago(days: number): Date;
  wait(days: number): void;
  /** Without access for 70 days, recorded, and warned 20 days ago: to be deleted. */
  addDue(name?: string, days?: number): SandboxUser;
  /** Of users who are there, zoe's alone; and of users who are gone. */
  recordsLeft(): readonly string[];
  openRun(how?: How): {
    readonly admin: AdminContext;
    readonly request: EnforcementRequest;
    readonly accounts: Parameters<typeof planAccounts>[0];
  };
  plan(how?: How): Promise<AccountsPlan>;
  run(made: AccountsPlan, how?: How): Promise<AccountsResult>;
  runAll(how?: How): Promise<AccountsResult>;
  isThere(name?: string): boolean;
}

export async function openDeletionScene(): Promise<DeletionScene> {
  const base = await openAdminScene();
  const { account, sandbox } = base;
  const ago = (days: number) => new Date(sandbox.clock.now().getTime() - days * dayMs);
  const addRecord = (policy: string, days: number): void => {
    account.managed.set(policy, JSON.parse(cutPolicy(undefined).document));
    account.managedSince.set(policy, ago(days));
  };
  const scene: DeletionScene = {
    ...base,
    notices: [],
    isRefusing: false,
    ago,
    wait: (days) => sandbox.clock.advance(days * 86_400),
    addDue(name = "zoe", days = 70) {
      const user = account.addUser(name, { createdAt: ago(900) });
      const key = account.addKey(name, true, ago(800));
      key.lastUsed = { at: ago(days + 120), service: "s3", region: "eu-west-1" };
      key.status = "Inactive";
      key.statusChangedAt = ago(days + 0.01);
      user.passwordLastUsed = ago(days + 200);
      user.tags = [
        { key: "awst:dormant-disabled", value: ago(days).toISOString().slice(0, 10) },
        { key: "awst:dormant-keys", value: key.id },
      ];
      const { record, warned } = recordNames(user.id);
      addRecord(record, days);
      addRecord(warned, days - 50);
      return user;
    },
    recordsLeft() {
      const others = [...account.users.values()].filter(({ name }) => !/zoe/.test(name));
      return [...account.managed.keys()].filter(
        (name) => name.startsWith("awst-dormant-") && !others.some(({ id }) => name.endsWith(id)),
      );
    },
    openRun({ maxChanges, protectedNames = [], forced = [], caller, isStopped } = {}) {
      const opened = base.open(caller === undefined ? {} : { caller });
      const uninterrupted = () => Promise.reject(new AwstError("INTERRUPTED", "interrupted"));
      const admin = isStopped ? { ...opened, uninterrupted } : opened;
      const request: EnforcementRequest = {
        ...{ rules: settings.dormant, protectedNames, forced, maxChanges, from: undefined },
        ...{ deadline: undefined, deletion: openDeletions(settings.groups) },
        now: () => sandbox.clock.now(),
      };
      const target = { id: admin.accountId, name: "main-account", roleArn: undefined };
      return { admin, request, accounts: { targets: [target], open: async () => admin } };
    },
    async plan(how) {
      const { accounts, request } = scene.openRun(how);
      const made = await planAccounts(accounts, request);
      if (made.failed[0] !== undefined) throw made.failed[0].error;
      return made;
    },
    async run(made, how) {
      const notifier = {
        ...{ usersPerNotice: 10, needsEmail: false },
        send: async (notice: UserNotice) => {
          if (scene.isRefusing) throw new AwstError("NOTICE_FAILED", "the receiver is down");
          scene.notices.push(notice);
        },
      };
      return enforceAccounts(made, scene.openRun(how).request, notifier);
    },
    runAll: async (how) => scene.run(await scene.plan(how), how),
    isThere: (name = "zoe") => account.users.has(name),
  };
  return scene;
}

export function stepsOf({ accounts }: AccountsPlan, name = "zoe"): readonly string[] {
  return accounts.flatMap(({ deletions }) =>
    deletions.users.filter(({ picture }) => picture.user.name === name).map(({ step }) => step.do),
  );
}

export function refusalsOf({ accounts }: AccountsPlan): readonly string[] {
  return accounts.flatMap(({ deletions }) => deletions.refused.map(({ reason }) => reason));
}
