// Reports that were killed: the next run makes only the calls about single users that are missing, and never believes
// stored responses where something is changed. Sorting keeps nothing: it makes only the changes that are missing.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type EnforcementRequest,
  enforceAccounts,
  planAccounts,
} from "../../src/admin/flows/enforce-accounts.ts";
import { judgeAccount, readAccount } from "../../src/admin/flows/read-account.ts";
import { carryOutSorting, planSorting } from "../../src/admin/flows/sort-groups.ts";
import { openReads } from "../../src/admin/flows/store-readings.ts";
import { decodeAdminSettings } from "../../src/admin/model/admin-settings.ts";
import type { AdminIam } from "../../src/admin/ports.ts";
import { makeHome } from "../support/home.ts";
import { until } from "../support/until.ts";
import { type AdminScene, openAdminScene } from "./admin-scene.ts";
import { faultyIam, Killed } from "./faulty-iam.ts";

const { dormant: rules } = decodeAdminSettings(undefined, "");
const dayMs = 86_400_000;
/** Responses to these are about one user: everything else is a list. */
const single = /^(GetLoginProfile|ListAccessKeys|GetAccessKeyLastUsed)$/;
const dormantUsers = 20;

/** Users with a password and a key, both not in use: four calls each. */
function addDormantUsers({ account, sandbox }: Pick<AdminScene, "account" | "sandbox">): void {
  const ago = (days: number) => new Date(sandbox.clock.now().getTime() - days * dayMs);
  for (let at = 0; at < dormantUsers; at++) {
    const name = `user-${String(at).padStart(2, "0")}`;
    account.addUser(name, { createdAt: ago(400) });
    account.setPassword(name, "Correct-Horse-Battery-Staple-2026", ago(400));
    const key = account.addKey(name, true, ago(400));
    key.lastUsed = { at: ago(200), service: "s3", region: "eu-west-1" };
  }
}

describe("a report on the sandbox", () => {
  let scene: AdminScene;
  beforeEach(async () => {
    scene = await openAdminScene();
    addDormantUsers(scene);
  });
  afterEach(() => scene[Symbol.asyncDispose]());

  /** `killAt`: the process ends at this call about a single user. */
  async function report({ killAt = Number.POSITIVE_INFINITY, isFresh = false } = {}) {
    let calls = 0;
    let running = 0;
    const faulty = (iam: AdminIam): AdminIam => {
      const dying = <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) => {
        return async (...args: A): Promise<R> => {
          if (calls++ >= killAt) throw new Killed();
          running += 1;
          return call(...args).finally(() => (running -= 1));
        };
      };
      return {
        ...iam,
        findLoginProfile: dying(iam.findLoginProfile),
        listAccessKeys: dying(iam.listAccessKeys),
        lastUseOf: dying(iam.lastUseOf),
      };
    };
    scene.sandbox.forgetCalls();
    const admin = scene.open({ faulty });
    try {
      const picture = await readAccount(admin);
      const stored = await openReads(admin, { isFresh });
      const all = await judgeAccount(admin, picture, rules, [], stored.reads);
      await stored.end(true);
      const verdicts = all.map(({ user, judged }) => ({ name: user.name, ...judged }));
      return { ...counted(), note: stored.note(), verdicts };
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      await until("no call is running", () => running === 0);
      // Responses that arrived are stored in a later turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      return { ...counted(), note: undefined, verdicts: undefined };
    }
  }

  function counted(): { readonly singles: number; readonly lists: number } {
    const names = scene.sandbox.calls().map(({ action }) => action);
    const singles = names.filter((name) => single.test(name)).length;
    return { singles, lists: names.length - singles };
  }

  test("killed at any call: the next run makes the others, and says the same", async () => {
    // The first one also waits for the credential report.
    await report();
    const whole = await report();
    expect(whole.singles).toBe(3 * dormantUsers);
    expect(scene.readings.text).toBeUndefined();
    for (const killAt of [0, 1, 7, 20, 41, 59]) {
      const first = await report({ killAt });
      expect(first.verdicts).toBeUndefined();
      const next = await report();
      expect([killAt, first.singles + next.singles]).toEqual([killAt, whole.singles]);
      expect(next.lists).toBe(whole.lists);
      expect(next.verdicts).toEqual(whole.verdicts);
      expect(next.note === undefined).toBe(first.singles === 0);
      expect(scene.readings.text).toBeUndefined();
    }
  });

  test("killed three times: each run continues", async () => {
    const runs = [await report({ killAt: 20 }), await report({ killAt: 20 }), await report()];
    expect(runs.map(({ singles }) => singles)).toEqual([20, 20, 3 * dormantUsers - 40]);
  });

  test("--fresh, and an hour later: everything is read again", async () => {
    await report({ killAt: 30 });
    expect(await report({ isFresh: true })).toMatchObject({ singles: 60, note: undefined });
    await report({ killAt: 30 });
    scene.sandbox.clock.advance(3_700);
    expect(await report()).toMatchObject({ singles: 60, note: undefined });
  });

  test("a new user of an old name has no stored responses; tags and groups are those of now", async () => {
    await report({ killAt: 59 });
    for (const key of scene.account.keysOf("user-00")) key.deletedAt = scene.sandbox.clock.now();
    scene.account.users.delete("user-00");
    scene.account.addUser("user-00");
    scene.account.user("user-01").tags.push({ key: "awst:protected", value: "true" });
    const { verdicts } = await report();
    const verdictOf = (name: string) => verdicts?.find((each) => each.name === name)?.verdict;
    expect(verdictOf("user-00")).toBe("no-access");
    expect(verdictOf("user-01")).toBe("protected");
    expect(verdictOf("user-02")).toBe("dormant");
  });

  test("stored responses have ids, states and times, and no secret", async () => {
    await report({ killAt: 59 });
    const lines = (scene.readings.text ?? "").split("\n").filter((line) => line !== "");
    expect(lines).toHaveLength(59);
    const allowed = ["kind", "id", "at", "createdAt", "usedAt", "hasMfa", "keys", "status"];
    for (const line of lines) {
      const names = [...line.matchAll(/"(\w+)":/g)].map(([, name]) => name);
      expect(names.filter((name) => !allowed.includes(name ?? ""))).toEqual([]);
    }
  });

  test("enforcement reads live, whatever was stored, and keeps nothing", async () => {
    await report({ killAt: 59 });
    // In the stored responses no key is in use; in AWS all keys are now.
    for (let at = 0; at < dormantUsers; at++) {
      for (const key of scene.account.keysOf(`user-${String(at).padStart(2, "0")}`)) {
        key.lastUsed = { at: scene.sandbox.clock.now(), service: "s3", region: "eu-west-1" };
      }
    }
    const before = scene.readings.text;
    const admin = scene.open();
    const target = { id: scene.account.id, name: "main-account", roleArn: undefined };
    const request: EnforcementRequest = {
      rules: { ...rules, actions: ["keys"], warnDays: 0 },
      protectedNames: [],
      forced: [],
      maxChanges: 50,
      from: undefined,
      deadline: undefined,
      deletion: undefined,
      now: () => scene.sandbox.clock.now(),
    };
    const plan = await planAccounts({ targets: [target], open: async () => admin }, request);
    await enforceAccounts(plan, request, undefined);
    const active = [...scene.account.users.keys()].flatMap((name) =>
      scene.account.keysOf(name).filter(({ status }) => status === "Active"),
    );
    expect(active.length).toBeGreaterThanOrEqual(dormantUsers);
    expect(scene.readings.text).toBe(before);
  });
});

test("sorting, killed at every change: the next run makes the others, and a third makes none", async () => {
  const groups = {
    common: ["AllUsers"],
    forceCommon: true,
    categories: [
      { group: "Even", match: /^user-\d*[02468]$/u },
      { group: "Odd", match: /^user-/u },
    ],
  };
  const options = { strict: false, fix: true, defaultCategory: undefined, chosen: new Map() };
  const unguarded = { recipes: undefined, guards: { protectedNames: [], forced: [] } };
  const open = async () => {
    const scene = await openAdminScene();
    for (const group of ["AllUsers", "Even", "Odd"]) scene.account.addGroup(group);
    // One is in a category that another pattern matches, where it stays; one is in both.
    scene.account.addUser("user-1", { groups: ["Even"] });
    scene.account.addUser("user-2", { groups: ["Even", "Odd"] });
    scene.account.addUser("user-3");
    return scene;
  };
  const sort = async (scene: AdminScene, at = Number.POSITIVE_INFINITY) => {
    const { faulty, writes, orKilled } = faultyIam({ at, kind: "kill before" });
    const admin = scene.open({ faulty });
    scene.sandbox.forgetCalls();
    try {
      const users = await planSorting(admin, groups, options, unguarded);
      const own = users.filter(({ user }) => user.startsWith("user-"));
      await orKilled(carryOutSorting(admin, own));
      return { isKilled: false, made: writes.length };
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      const made = () =>
        scene.sandbox.calls().filter(({ action }) => /^(Add|Remove)User/.test(action)).length;
      await until("no change is running", () => made() === at);
      return { isKilled: true, made: at };
    }
  };
  const groupsOf = ({ account }: AdminScene) =>
    ["user-1", "user-2", "user-3"].map((name) => [...account.user(name).groups].sort());
  await using whole = await open();
  const { made } = await sort(whole);
  expect(made).toBe(5);
  for (let at = 0; at < made; at++) {
    await using scene = await open();
    expect(await sort(scene, at)).toEqual({ isKilled: true, made: at });
    expect(await sort(scene)).toEqual({ isKilled: false, made: made - at });
    expect(groupsOf(scene)).toEqual(groupsOf(whole));
    expect(await sort(scene)).toEqual({ isKilled: false, made: 0 });
  }
});

test.skipIf(process.platform === "win32")(
  "a process that SIGKILL ends: the next one makes the missing calls",
  async () => {
    await using home = await makeHome();
    const { sandbox } = home;
    await home.awst(["key", "import"]);
    await home.awst(["assume", "main-account", "AdminAccess", "--mfa-code", home.code()]);
    addDormantUsers({ sandbox, account: sandbox.cloud.account(sandbox.main.accountId) });
    const list = ["admin", "user", "list", "--json", "--as", "main-account/AdminAccess"];
    // A busy machine may end a call that was answered, and it is made again: such calls count once.
    const singles = () => {
      const made = sandbox
        .calls()
        .filter(({ action, result }) => single.test(action) && result === "ok");
      return new Set(made.map(({ action, params }) => JSON.stringify([action, params]))).size;
    };
    sandbox.forgetCalls();
    const whole = await home.awst(list);
    expect([whole.status, whole.stderr]).toEqual([0, ""]);
    const all = singles();

    // Each call about a key's use hangs: the process can't get further than the calls before.
    sandbox.forgetCalls();
    sandbox.faults.add({ action: "GetAccessKeyLastUsed", kind: "hang", times: 50, skip: 5 });
    const started = home.start(list);
    const state = `${home.path}/.local/state/awst`;
    const files = () =>
      existsSync(state) ? readdirSync(state).filter((name) => name.startsWith("readings-")) : [];
    const lines = () => readFileSync(`${state}/${files()[0]}`, "utf8").split("\n").length - 1;
    await until("the calls are made", () => singles() >= all - dormantUsers + 5);
    await until("the responses are stored", () => files().length === 1 && lines() === singles());
    started.child.kill("SIGKILL");
    await started.finished;
    const first = singles();
    expect(first).toBe(all - dormantUsers + 5);
    const [file = ""] = files();
    expect(statSync(`${state}/${file}`).mode & 0o777).toBe(0o600);
    sandbox.faults.clear();

    sandbox.forgetCalls();
    const next = await home.awst(list);
    expect(first + singles()).toBe(all);
    expect(next.stdout).toBe(whole.stdout);
    expect(next.stderr).toMatch(/responses reused from an interrupted run/);
    expect(files()).toEqual([]);
  },
);
