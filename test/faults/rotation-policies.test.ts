// Rotations as real processes: under each policy, in each partition, for a user with a path, and two at once.

import { describe, expect, onTestFinished, test } from "vitest";
import type { FixtureName } from "../../sandbox/sandbox.ts";
import { type Home, makeHome } from "../support/home.ts";

const day = 24 * 3600;

async function open(options: {
  readonly fixture: FixtureName;
  readonly partition?: string;
  readonly region?: string;
}): Promise<Home> {
  const { fixture, partition = "aws", region = "eu-west-1" } = options;
  const home = await makeHome({ sandbox: { fixture, partition }, configuration: null });
  onTestFinished(() => home.remove());
  const { accountId } = home.sandbox.main;
  home.write(
    ".config/awstools/config.toml",
    `defaultRegion = "${region}"\nkeyRotationIntervalMinutes = 0\n[accounts]\nmain-account = "${accountId}"\n[profiles]\nmainAccount = "main-account"\n`,
  );
  return home;
}

async function rotateAndDelete(home: Home, user: { userName: string; serial: string }) {
  const { sandbox } = home;
  const run = async (...args: readonly string[]) => {
    home.moveClock(31);
    const env = { AWST_MFA_CODE: sandbox.code(user.serial) };
    const ended = await home.awst(["key", "rotate", "--json", ...args], { env });
    expect(ended.status, ended.stderr).toBe(0);
    return JSON.parse(ended.stdout);
  };
  const first = await run();
  expect(first).toMatchObject({ result: "rotated", oldKeyState: "inactive", failure: null });
  home.moveClock(day + 60);
  expect(await run("--resume")).toMatchObject({ result: "finished", oldKeyState: "deleted" });
  const keys = sandbox.cloud.account(sandbox.main.accountId).keysOf(user.userName);
  expect(keys.map(({ id, status }) => [id, status])).toEqual([[first.currentKeyId, "Active"]]);
  return first;
}

describe("the policies", () => {
  test.each([
    ["kickstarter", /TagUser|ListUserTags/],
    ["self-manage", /TagUser|ListUserTags/],
    ["self-manage-own-name", /TagUser|ListUserTags/],
    ["open", undefined],
  ] as const)("%s", async (fixture, remark) => {
    const home = await open({ fixture });
    await home.awst(["key", "import"]);
    const { remarks } = await rotateAndDelete(home, home.sandbox.main);
    if (remark) expect(remarks.join()).toMatch(remark);
    else expect(remarks).toEqual([]);
  });
});

test.each([
  ["aws-cn", "cn-north-1"],
  ["aws-us-gov", "us-gov-west-1"],
  ["aws-eusc", "eusc-de-east-1"],
])("the partition %s", async (partition, region) => {
  const home = await open({ fixture: "kickstarter", partition, region });
  await home.awst(["key", "import"]);
  await rotateAndDelete(home, home.sandbox.main);
});

test("a user with a path", async () => {
  const home = await open({ fixture: "self-manage" });
  const { carol } = home.sandbox.users;
  if (carol === undefined) throw new Error("no carol");
  const input = `${carol.accessKeyId}\n${carol.secretAccessKey}\n`;
  expect((await home.awst(["key", "add"], { input })).status).toBe(0);
  await rotateAndDelete(home, carol);
});

test("the description is copied to the new key, and back by --undo", async () => {
  const home = await open({ fixture: "open" });
  await home.awst(["key", "import"]);
  const { main } = home.sandbox;
  const env = { AWST_MFA_CODE: home.code() };
  await home.awst(["key", "describe", main.accessKeyId, "laptop at home"], { env });
  const tags = () => home.sandbox.cloud.account(main.accountId).user(main.userName).tags;
  const report = JSON.parse((await home.awst(["key", "rotate", "--json"])).stdout);
  expect(
    tags()
      .map(({ key }) => key)
      .sort(),
  ).toEqual([main.accessKeyId, report.currentKeyId].sort());
  await home.awst(["key", "rotate", "--undo"]);
  expect(tags()).toEqual([{ key: main.accessKeyId, value: "laptop at home" }]);
  await home.awst(["key", "rotate", "--grace", "0"]);
  expect(tags().map(({ value }) => value)).toEqual(["laptop at home"]);
  expect(tags().map(({ key }) => key)).not.toContain(main.accessKeyId);
});

test("two at once: one rotates; the other waits, prints for whom, and does nothing", async () => {
  const home = await open({ fixture: "kickstarter" });
  await home.awst(["key", "import"]);
  home.sandbox.settings.minResponseDelayMs = 100;
  const env = { AWST_MFA_CODE: home.code() };
  const [one, other] = await Promise.all([
    home.awst(["key", "rotate", "--json"], { env }),
    home.awst(["key", "rotate", "--json"], { env }),
  ]);
  const ended = [one, other].filter((each) => each !== undefined);
  expect(ended.map(({ status }) => status)).toEqual([0, 0]);
  const results = ended.map(({ stdout }) => JSON.parse(stdout).result);
  expect(results.sort()).toEqual(["meanwhile", "rotated"]);
  expect(ended.map(({ stderr }) => stderr).join()).toMatch(
    /waiting for key rotate \(process \d+\)/,
  );
});
