// The administrator's side against moto, another implementation of IAM: users by rules, groups, dormant users, the
// report, off-boarding and restoring. moto has no service-specific credentials and checks no order, so this judges what
// is left at the end and the wire format; the sandbox judges order and limits.

import {
  GetGroupCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListUsersCommand,
  ListUserTagsCommand,
  ListVirtualMFADevicesCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { type Moto, motoProgram as program, startMoto } from "./start-moto.ts";

const configuration = `[profiles]
mainAccount = "main-account"

[accounts]
main-account = "123456789012"

[admin.groups]
common = ["AllUsers"]
[[admin.groups.category]]
name = "AllHeadlessUsers"
match = "Headless-"
[[admin.groups.category]]
name = "AllHumanUsers"

[admin.dormant]
neverUsedDays = 30
warnDays = 14
`;

let moto: Moto | undefined;
let home: Home | undefined;
let iam: IAMClient | undefined;

beforeAll(async () => {
  if (program === undefined) return;
  moto = await startMoto(program);
  const credentials = { accessKeyId: "AKIATESTTESTTESTTEST", secretAccessKey: "test" };
  iam = new IAMClient({ endpoint: moto.url, credentials, region: "us-east-1" });
  const env = {
    AWS_ENDPOINT_URL: moto.url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  home = await makeHome({ configuration, keyInProfile: false, env });
}, 60_000);
afterAll(async () => {
  await moto?.stop();
  await home?.remove();
});

async function admin(line: string): Promise<string> {
  if (home === undefined) throw new Error("no home");
  const { status, stdout, stderr } = await home.awst(["admin", ...line.split(" ")]);
  expect([line, status, stderr]).toEqual([line, 0, stderr]);
  return stdout + stderr;
}

const usersOf = async (GroupName: string) => {
  const group = await iam?.send(new GetGroupCommand({ GroupName }));
  return (group?.Users ?? []).map(({ UserName }) => UserName).sort();
};
const keyStates = async (UserName: string) => {
  const listed = await iam?.send(new ListAccessKeysCommand({ UserName }));
  return (listed?.AccessKeyMetadata ?? []).map(({ Status }) => Status);
};
const tagsOf = async (UserName: string) => {
  const listed = await iam?.send(new ListUserTagsCommand({ UserName }));
  return Object.fromEntries((listed?.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
};

test.skipIf(program === undefined)("users by the rules, sorted", async () => {
  await admin("group create --yes");
  await admin(
    "user create alice --email alice@example.com --group AllHumanUsers --key --mfa --out secrets --yes",
  );
  await admin("user create bob --email bob@example.com --key --mfa --out secrets --yes");
  await admin(
    "user create Headless-backup --email ops@example.com --no-password --key --out secrets --yes",
  );
  await admin("group sort --default-category AllHumanUsers --yes");
  await admin("group check");
  expect(await usersOf("AllUsers")).toEqual(["Headless-backup", "alice", "bob"]);
  expect(await usersOf("AllHumanUsers")).toEqual(["alice", "bob"]);
  expect(await usersOf("AllHeadlessUsers")).toEqual(["Headless-backup"]);
  expect(home?.read("secrets/bob.txt")).toMatch(/^password: \S{32}$/m);
});

test.skipIf(program === undefined)("list, show and report", async () => {
  const list = await admin("user list");
  expect(list).toMatch(/^alice +never used +never used +yes +AllUsers, AllHumanUsers/m);
  expect(await admin("user show bob")).toMatch(/^MFA device +arn:aws:iam::123456789012:mfa\/bob$/m);
  await admin("report --html report.html");
  expect(home?.read("report.html")).toContain('<th scope="row">Headless-backup');
});

// moto's clock stays; awst's is moved.
test.skipIf(program === undefined)("a warning, the end of the access, and its return", async () => {
  home?.write(
    ".config/awstools/config.toml",
    `${configuration.replace("warnDays = 14", "warnDays = 0")}except = ["Headless-*", "alice"]\n`,
  );
  home?.moveClock(40 * 86_400);
  await admin("dormant enforce --yes");
  expect(await keyStates("bob")).toEqual(["Inactive"]);
  expect(await keyStates("alice")).toEqual(["Active"]);
  expect(Object.keys(await tagsOf("bob"))).toContain("awst:dormant-keys");
  await admin("dormant restore bob --yes");
  expect(await keyStates("bob")).toEqual(["Active"]);
  await admin("user password bob --out secrets --yes");
});

test.skipIf(program === undefined)("off-boarding: cut, restored, deleted whole", async () => {
  await admin("user offboard bob --grace 30d --yes");
  expect(await keyStates("bob")).toEqual(["Inactive"]);
  await admin("user restore bob --yes");
  expect(await keyStates("bob")).toEqual(["Active"]);
  await admin("user offboard bob --yes");
  const { Users = [] } = (await iam?.send(new ListUsersCommand({}))) ?? {};
  expect(Users.map(({ UserName }) => UserName)).toEqual(["alice", "Headless-backup"]);
  const devices = await iam?.send(new ListVirtualMFADevicesCommand({}));
  expect(devices?.VirtualMFADevices?.map(({ SerialNumber }) => SerialNumber)).toEqual([
    "arn:aws:iam::123456789012:mfa/alice",
  ]);
  expect(await usersOf("AllUsers")).toEqual(["Headless-backup", "alice"]);
});

test.runIf(program === undefined)("moto", (context) => {
  console.log("moto: skipped: not installed");
  context.skip("not installed");
});
