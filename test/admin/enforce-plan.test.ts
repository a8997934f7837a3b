// What the plan of an enforcement shows is all that can follow: a later deletion too where a call fails, every user once,
// and each result by the same word in text, JSON, the function's log and the docs.

import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { command } from "../../src/admin/commands/dormant/enforce.ts";
import { command as dormantReport } from "../../src/admin/commands/dormant/report.ts";
import { command as report } from "../../src/admin/commands/report.ts";
import { command as userList } from "../../src/admin/commands/user/list.ts";
import { planAccounts } from "../../src/admin/flows/enforce-accounts.ts";
import { planEnforcement } from "../../src/admin/flows/enforce-dormant.ts";
import { judgeAccount, readAccount } from "../../src/admin/flows/read-account.ts";
import { stepStates } from "../../src/admin/model/dormant-steps.ts";
import { verdictMeanings } from "../../src/admin/model/dormant-verdict.ts";
import {
  enforcementLines,
  type PrintedEnforcement,
} from "../../src/admin/output/enforcement-report.ts";
import type { AdminIam } from "../../src/admin/ports.ts";
import { AwstError, type ErrorCode } from "../../src/model/errors.ts";
import { root } from "../support/processes.ts";
import { type DeletionScene, openDeletionScene } from "./deletion-scene.ts";

let scene: DeletionScene;
beforeEach(async () => {
  scene = await openDeletionScene();
  scene.account.addUser("zoe", { createdAt: scene.ago(900) });
  scene.account.addKey("zoe", true, scene.ago(900));
  const value = scene.ago(40).toISOString().slice(0, 10);
  scene.account.user("zoe").tags = [{ key: "awst:dormant-warned", value }];
  return () => scene[Symbol.asyncDispose]();
});

const caller = {
  ...{ name: "boss", arn: "arn:aws:iam::111111111111:user/boss", keyId: "AKIAOTHER" },
  ...{ accountId: "111111111111", roleName: undefined },
};

/** The calls from `from` on fail, counted for zoe alone. */
function failing(from: number, code: ErrorCode) {
  let calls = 0;
  return (iam: AdminIam): AdminIam => ({
    ...iam,
    listAccessKeys: async (name: string) => {
      if (name === "zoe" && ++calls >= from) throw new AwstError(code, `failed: ${code}`);
      return iam.listAccessKeys(name);
    },
  });
}

async function planWith(faulty: (iam: AdminIam) => AdminIam) {
  const { request, accounts } = scene.openRun();
  const admin = scene.open({ faulty, caller });
  const { accounts: all } = await planAccounts({ ...accounts, open: async () => admin }, request);
  const own = (users: readonly { readonly user: string }[] = []) =>
    users.filter(({ user }) => user === "zoe").length;
  const planned = all[0]?.plan.users.find(({ picture }) => picture.user.name === "zoe");
  return { planned, unread: own(all[0]?.plan.unread) };
}

describe.each<ErrorCode>(["AWS_DENIED", "AWS_THROTTLED", "AWS_UNREACHABLE", "AWS_FAILED"])(
  "%s",
  (code) => {
    test("a failed read hides no later deletion, and no user is left out or named twice", async () => {
      const whole = await planWith((iam) => iam);
      expect(whole.planned?.deletionLater).toEqual({
        day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        unread: undefined,
      });
      const seen = new Set<string>();
      for (let from = 1; from <= 6; from++) {
        const { planned, unread } = await planWith(failing(from, code));
        expect(unread + (planned === undefined ? 0 : 1)).toBe(1);
        if (planned === undefined) continue;
        expect(planned.deletionLater?.day).toBe(whole.planned?.deletionLater?.day);
        seen.add(planned.deletionLater?.unread?.code ?? "read");
      }
      expect([...seen].sort()).toEqual([code, "read"].sort());
    });
  },
);

test("a user about whom two calls failed is named once, and nothing of the user is planned", async () => {
  const admin = scene.open({ faulty: failing(2, "AWS_DENIED"), caller });
  const picture = await readAccount(admin);
  const { request } = scene.openRun();
  const judged = await judgeAccount(admin, picture, request.rules, []);
  const failure = new AwstError("AWS_DENIED", "no MFA devices");
  const half = judged.map((each) => (each.user.name === "zoe" ? { ...each, failure } : each));
  const plan = await planEnforcement(admin, picture, half, request.rules, request);
  expect(plan.unread.map(({ user, error }) => [user, error.message])).toEqual([
    ["zoe", "no MFA devices"],
  ]);
  expect(plan.users.map(({ picture: { user } }) => user.name)).not.toContain("zoe");
});

const printed: PrintedEnforcement = {
  ...{ user: "zoe", account: "111111111111", email: undefined, reason: "never used" },
  ...{ step: { do: "disable", password: false, keys: ["AKIA1"] }, state: undefined, done: [] },
  ...{ deletion: undefined, lost: undefined, deletionLater: undefined },
  ...{ error: undefined, remedy: undefined },
};
const lineOf = (more: Partial<PrintedEnforcement>) =>
  enforcementLines([{ ...printed, ...more }], () => "").join("\n");

test("the line names the day of a deletion, and why it is unknown whether it follows", () => {
  const day = "2027-05-01";
  expect(lineOf({})).not.toContain("deleted");
  expect(lineOf({ deletionLater: { day, unread: undefined } })).toBe(
    "zoe: disable key AKIA1; then without access: to be deleted after 2027-05-01 (never used)",
  );
  expect(lineOf({ deletionLater: { day, unread: "AWS denied ListAccessKeys" } })).toBe(
    "zoe: disable key AKIA1; then without access: to be deleted after 2027-05-01, unless a rule keeps the user, which is unknown: AWS denied ListAccessKeys (never used)",
  );
});

test.each(stepStates)("%s is the word in JSON's help and in the page on the function", (state) => {
  const help = command.json?.find(([field]) => field.startsWith("users[].state"))?.[1] ?? "";
  expect(help.split(/[ ,;]+/)).toContain(state);
  const page = readFileSync(`${root}/docs/admin-deploy.md`, "utf8");
  const [row = ""] = page.match(/^\| `user` .*$/m) ?? [];
  expect(row).toContain(`\`${state}\``);
  const [end = "{}"] = page.match(/^\{.*"event":"end".*\}$/m) ?? [];
  expect(Object.keys(JSON.parse(end))).toContain(state);
  if (state === "skipped") expect(lineOf({ state })).toContain(state);
});

describe.each(Object.keys(verdictMeanings))("the verdict %s", (verdict) => {
  test.each([userList, dormantReport, report])("is described by the help of $name", (each) => {
    expect(each.details).toMatch(new RegExp(`A verdict is .*\\b${verdict} \\(`));
  });

  test("is described in docs/admin.md, where the verdicts are listed", () => {
    const page = readFileSync(`${root}/docs/admin.md`, "utf8");
    const [list = ""] = page.match(/^`VERDICT` is .*?\n\n/ms) ?? [];
    expect(list).toContain(`\`${verdict}\``);
  });
});
