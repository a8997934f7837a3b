// More than sixty users of one account, judged from the credential report and from live calls: the same verdicts and
// reasons, whatever the report's age, and no key is named by the report.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { judgeAccount, readAccount } from "../../src/admin/flows/read-account.ts";
import { readFindings } from "../../src/admin/flows/read-findings.ts";
import { type DormantRules, decodeAdminSettings } from "../../src/admin/model/admin-settings.ts";
import { parseCredentialReport } from "../../src/admin/model/credential-report.ts";
import type { AdminCaller, AdminIam } from "../../src/admin/ports.ts";
import { AwstError } from "../../src/model/errors.ts";
import { type AdminScene, openAdminScene } from "./admin-scene.ts";
import { addJudged, now, judgedUsers as table } from "./judged-users.ts";

const rules: DormantRules = {
  days: 90,
  neverUsedDays: 30,
  warnDays: 14,
  actions: ["console", "keys"],
  deleteDays: undefined,
  except: ["ci-*", "group:Exempt"],
};

let scene: AdminScene;
beforeAll(async () => {
  scene = await openAdminScene();
  scene.sandbox.clock.advance((now.getTime() - scene.sandbox.clock.now().getTime()) / 1000);
  for (const [name, spec] of table) addJudged(scene, name, spec);
});
afterAll(() => scene[Symbol.asyncDispose]());
const caller: AdminCaller = {
  arn: "arn:aws:iam::111111111111:user/caller",
  accountId: "111111111111",
  name: "caller",
  roleName: undefined,
  keyId: undefined,
};

async function judge(faulty: (iam: AdminIam) => AdminIam = (iam) => iam) {
  const admin = scene.open({ faulty, caller });
  const picture = await readAccount(admin);
  const all = await judgeAccount(admin, picture, rules, ["break-glass"]);
  return { picture, byName: new Map(all.map((each) => [each.user.name, each])) };
}

test("the table has at least sixty users, each once", () => {
  expect(table.length).toBeGreaterThanOrEqual(60);
  expect(new Set(table.map(([name]) => name.toLowerCase())).size).toBe(table.length);
});

const absent = (iam: AdminIam): AdminIam => ({
  ...iam,
  readReport: async () => ({ state: "absent" }),
});
const denied = (iam: AdminIam): AdminIam => ({
  ...iam,
  readReport: async () => {
    throw new AwstError("AWS_DENIED", "GetCredentialReport denied");
  },
});
const cutShort = (iam: AdminIam): AdminIam => ({
  ...iam,
  readReport: async () => ({ state: "ready", text: "<html>", madeAt: now }),
});

describe.each<[string, ((iam: AdminIam) => AdminIam) | undefined, boolean]>([
  ["the report", undefined, true],
  ["no report", absent, false],
  ["a report that is denied", denied, false],
  ["a report that is none", cutShort, false],
])("by %s", (_name, faulty, hasReport) => {
  let judged: Awaited<ReturnType<typeof judge>>;
  beforeAll(async () => {
    judged = await judge(faulty);
  });

  test.each(table)("%s: verdict and reason", (name, _spec, verdict, reason) => {
    const found = judged.byName.get(name)?.judged;
    expect([found?.verdict, found?.reason]).toEqual([verdict, expect.stringMatching(reason)]);
  });

  test("every key that is dormant is named, by its id of ListAccessKeys", () => {
    const ids = new Set([...scene.sandbox.cloud.keys.keys()]);
    const dormant = [...judged.byName.values()].flatMap(({ judged: { access } }) =>
      access.filter(({ kind, verdict }) => kind === "key" && verdict === "dormant"),
    );
    expect(dormant.length).toBeGreaterThan(20);
    for (const { id } of dormant) expect(ids).toContain(id);
  });

  test("the last administrator is protected; MFA is unknown without the report, never fine", () => {
    expect(judged.byName.get("admin")?.judged).toMatchObject({
      verdict: "protected",
      reason: "is the last user who can administer IAM",
    });
    expect(judged.byName.get("p-mfa")?.hasMfa).toBe(hasReport ? true : undefined);
    expect(judged.picture.notes).toHaveLength(hasReport ? 0 : 1);
    if (!hasReport) expect(judged.picture.notes[0]).toContain("every user is read live");
  });
});

describe("the report's age", () => {
  test("three hours old: who changed since is judged live, who is new or gone does no harm", async () => {
    await judge();
    const { account, sandbox } = scene;
    sandbox.clock.advance(3 * 3600);
    const [k90] = account.keysOf("k-90");
    if (k90) k90.lastUsed = { at: sandbox.clock.now(), service: "s3", region: "eu-west-1" };
    const [used] = account.keysOf("kk-new-old");
    if (used) account.disableKey(used.id);
    addJudged(scene, "made-since", { age: 0, keys: [[0]] });
    account.users.delete("p-91");
    const { byName, picture } = await judge();
    expect(picture.report?.madeAt.getTime()).toBeLessThan(sandbox.clock.now().getTime() - 3600_000);
    expect(byName.get("k-90")?.judged.verdict).toBe("active");
    expect(byName.get("kk-new-old")?.judged.verdict).toBe("dormant");
    expect(byName.get("made-since")?.judged.verdict).toBe("active");
    expect(byName.has("p-91")).toBe(false);
  });

  test("expired: a new one is made, and no user is judged by the old one", async () => {
    scene.sandbox.clock.advance(5 * 3600);
    scene.sandbox.forgetCalls();
    const { picture } = await judge();
    const age = scene.sandbox.clock.now().getTime() - (picture.report?.madeAt.getTime() ?? 0);
    expect(age).toBeLessThan(60_000);
    const actions = scene.sandbox.calls().map(({ action, result }) => `${action} ${result}`);
    expect(actions).toContain("GetCredentialReport ReportExpired");
    expect(actions).toContain("GenerateCredentialReport ok");
  });
});

test("the report's cells: N/A, no_information, not_supported and damaged times are no times", () => {
  const head =
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_used_date,access_key_2_active,access_key_2_last_used_date";
  const row = (used: string) =>
    `zoe,arn:aws:iam::1:user/zoe,2020-01-01T00:00:00+00:00,true,${used},N/A,N/A,false,true,N/A,false,N/A`;
  for (const used of [
    "N/A",
    "no_information",
    "not_supported",
    "",
    "soon",
    "2026-99-99T00:00:00Z",
  ]) {
    const parsed = parseCredentialReport(`${head}\n<root_account>,x\n${row(used)}\n`);
    expect([...(parsed?.keys() ?? [])]).toEqual(["zoe"]);
    expect(parsed?.get("zoe")).toMatchObject({
      passwordLastUsed: undefined,
      keysLastUsed: [undefined],
    });
  }
  expect(parseCredentialReport("")).toBeUndefined();
  expect(parseCredentialReport("user,arn\nzoe,x")).toBeUndefined();
});

describe("findings of the same account", () => {
  const settings = decodeAdminSettings(
    {
      dormant: { except: ["ci-*"] },
      groups: { category: [{ name: "Exempt", match: "in-exempt" }] },
    },
    "config.toml",
  );

  test("by the report and live: old keys, two keys, unused keys, no MFA, no category, root", async () => {
    for (const faulty of [undefined, absent]) {
      const { byName } = await judge(faulty);
      const admin = scene.open({ caller });
      const { findings } = await readFindings(admin, [...byName.values()], settings);
      const of = (name: string) =>
        findings.filter(({ user }) => user === name).map(({ kind }) => kind);
      expect(of("kk-both-old")).toEqual(
        expect.arrayContaining(["old-key", "two-keys", "unused-key", "no-category"]),
      );
      // An old key that was switched on lately is old, where it was read live.
      expect(findings.find(({ user }) => user === "k-never-old")?.keyId).toMatch(/^AKIA/);
      expect(of("in-exempt-group")).not.toContain("no-category");
      expect(of("p-90").includes("no-mfa")).toBe(faulty === undefined);
      expect(of("p-mfa")).not.toContain("no-mfa");
      expect(findings.filter(({ user }) => user === undefined).map(({ kind }) => kind)).toEqual([
        "root-key",
        "root-no-mfa",
      ]);
    }
  });

  test("root is not judged where GetAccountSummary is denied, and the report says so", async () => {
    scene.sandbox.faults.add({ action: "GetAccountSummary", kind: "deny" });
    const { findings, notes } = await readFindings(scene.open(), [], settings);
    expect(findings).toEqual([]);
    expect(notes).toEqual([expect.stringContaining("the root user is not judged")]);
  });
});
