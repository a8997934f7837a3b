// awst against moto's server, another implementation of STS and IAM: the main job, key rotation, MFA devices.
// moto takes every code, and demands a user name in ListMFADevices.

import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListMFADevicesCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { type Moto, motoProgram as program, startMoto } from "./start-moto.ts";

const account = "123456789012";
const userName = "alice";
const configuration = `[profiles]
mainAccount = "main-account"

[accounts]
main-account = "${account}"

[roles.DeveloperAccess]
duration = "4h"
`;

let moto: Moto | undefined;
let home: Home | undefined;
let iam: IAMClient | undefined;
let accessKeyId = "";

beforeAll(async () => {
  if (program === undefined) return;
  moto = await startMoto(program);
  const endpoint = moto.url;
  const credentials = { accessKeyId: "AKIATESTTESTTESTTEST", secretAccessKey: "test" };
  iam = new IAMClient({ endpoint, credentials, region: "us-east-1" });
  await iam.send(new CreateUserCommand({ UserName: userName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: userName }));
  const { VirtualMFADevice } = await iam.send(
    new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: "phone" }),
  );
  await iam.send(
    new EnableMFADeviceCommand({
      UserName: userName,
      SerialNumber: VirtualMFADevice?.SerialNumber,
      AuthenticationCode1: "111111",
      AuthenticationCode2: "222222",
    }),
  );
  accessKeyId = AccessKey?.AccessKeyId ?? "";
  const env = { AWS_ENDPOINT_URL: endpoint };
  home = await makeHome({ configuration, keyInProfile: false, env });
  home.write(
    ".aws/credentials",
    `[main-account]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${AccessKey?.SecretAccessKey}\n`,
  );
}, 60_000);
afterAll(async () => {
  await moto?.stop();
  await home?.remove();
});

/** Runs awst; returns its messages with what it printed. */
async function awst(...args: string[]): Promise<string> {
  if (home === undefined) throw new Error("no home");
  const { status, stdout, stderr } = await home.awst(args);
  expect([args.join(" "), status, stderr]).toEqual([args.join(" "), 0, stderr]);
  return stdout + stderr;
}

async function keysOfUser(): Promise<Record<string, string>> {
  const listed = await iam?.send(new ListAccessKeysCommand({ UserName: userName }));
  const keys = listed?.AccessKeyMetadata ?? [];
  return Object.fromEntries(keys.map(({ AccessKeyId, Status }) => [AccessKeyId, Status]));
}

test.skipIf(program === undefined)("the main job: a role session by its profile", async () => {
  await awst("assume", "main-account", "DeveloperAccess", "--mfa-code", "123456");
  const identity = await awst("whoami", "--profile", "main-account/DeveloperAccess");
  expect(identity).toContain(`arn:aws:sts::${account}:assumed-role/DeveloperAccess/${userName}`);
});

test.skipIf(program === undefined)(
  "a key is imported, described, rotated and restored",
  async () => {
    await awst("key", "import");
    await awst("key", "describe", accessKeyId, "laptop");
    expect(await awst("key", "list")).toContain("laptop");
    await awst("key", "rotate");
    const rotated = await keysOfUser();
    expect(Object.keys(rotated)).toHaveLength(2);
    expect(rotated[accessKeyId]).toBe("Inactive");
    await awst("key", "rotate", "--undo");
    expect(await keysOfUser()).toEqual({ [accessKeyId]: "Active" });
  },
);

test.skipIf(program === undefined)("a device is added, makes codes, and is removed", async () => {
  const serials = async () => {
    const listed = await iam?.send(new ListMFADevicesCommand({ UserName: userName }));
    return (listed?.MFADevices ?? []).map(({ SerialNumber }) => SerialNumber?.split("/").at(-1));
  };
  await awst("mfa", "add", "laptop", "--store");
  expect(await serials()).toEqual(["phone", "laptop"]);
  expect(await awst("mfa", "list")).toContain("laptop");
  expect(await awst("mfa", "code", "--device", "laptop")).toMatch(/^\d{6}$/m);
  await awst("mfa", "remove", "laptop", "--yes");
  expect(await serials()).toEqual(["phone"]);
});

test.runIf(program === undefined)("moto", (context) => {
  console.log("moto: skipped: not installed");
  context.skip("not installed");
});
