// An administrator's context on the sandbox: the real adapter without connections, a clock that tests move, records in
// memory. `faulty` stands between the flows and AWS.

import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { openAdminIam } from "../../src/admin/adapters/admin-iam.ts";
import { openAdminServices } from "../../src/admin/adapters/admin-services.ts";
import { paceIam } from "../../src/admin/flows/pace-iam.ts";
import type {
  AdminCaller,
  AdminContext,
  AdminIam,
  AdminServices,
  GrantRecord,
} from "../../src/admin/ports.ts";
import { Secret } from "../../src/model/secret.ts";
import { transportTo } from "../support/sandbox-transport.ts";

export interface AdminScene {
  readonly sandbox: Sandbox;
  readonly account: ReturnType<Sandbox["cloud"]["account"]>;
  readonly messages: string[];
  /** By account and user name. */
  readonly records: Map<string, string>;
  readonly grantRecords: readonly GrantRecord[];
  /** Days of warnings, by account. */
  readonly warned: Map<string, string>;
  /** Responses of a report that was stopped. */
  readonly readings: { text: string | undefined };
  readonly history: { readonly event: string; readonly facts: object }[];
  open(options?: {
    readonly faulty?: (iam: AdminIam) => AdminIam;
    readonly caller?: AdminCaller;
    /** Default: the scene's account. */
    readonly accountId?: string;
    readonly deadline?: Date;
  }): AdminContext;
  /** The services of the scene's account in eu-west-1. */
  services(): AdminServices;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function openAdminScene(): Promise<AdminScene> {
  const sandbox = await startSandbox();
  const account = sandbox.cloud.account(sandbox.main.accountId);
  const roots = new Map<string, { readonly id: string; readonly secret: string }>();
  const keysOf = (accountId: string) => {
    const root = roots.get(accountId) ?? sandbox.cloud.account(accountId).addKey(undefined);
    roots.set(accountId, root);
    return { accessKeyId: root.id, secretAccessKey: new Secret(root.secret) };
  };
  const options = {
    env: { AWS_ENDPOINT_URL: sandbox.url },
    debug: () => {},
    time: {
      clock: () => ({ skewMs: sandbox.clock.now().getTime() - Date.now() }),
      recordTime: () => {},
    },
    limits: { pauseMs: 1 },
    openTransport: transportTo(sandbox),
  };
  const warned = new Map<string, string>();
  const messages: string[] = [];
  const records = new Map<string, string>();
  const grantRecords: GrantRecord[] = [];
  const readings: { text: string | undefined } = { text: undefined };
  const history: { event: string; facts: object }[] = [];
  const keyOf = (accountId: string, userName: string) => `${accountId}/${userName.toLowerCase()}`;
  return {
    sandbox,
    account,
    messages,
    records,
    grantRecords,
    warned,
    readings,
    history,
    services: () => openAdminServices(keysOf(account.id), "eu-west-1", options),
    open({ faulty = (iam: AdminIam) => iam, caller, accountId = account.id, deadline } = {}) {
      const iam = openAdminIam(keysOf(accountId), "eu-west-1", options);
      const sleep = async () => {};
      return {
        iam: paceIam(faulty(iam), sleep),
        caller,
        accountId,
        clock: () => {
          const now = sandbox.clock.now();
          return { now, awsNow: now, skewMs: 0, codeTime: now };
        },
        sleep,
        uninterrupted: (work) => work(),
        deadline,
        say: (line) => messages.push(line),
        debug: () => {},
        record: (event, facts) => history.push({ event, facts }),
        grantRecords: {
          read: async () => new Map(grantRecords.map((record) => [record.id, record])),
          add: async (_accountId, record) => {
            grantRecords.push(record);
          },
        },
        records: {
          read: async (id, userName) => records.get(keyOf(id, userName)),
          pathOf: (id, userName) => `/state/${keyOf(id, userName)}.json`,
          write: async (id, userName, text) => {
            records.set(keyOf(id, userName), text);
          },
        },
        readings: {
          read: async () => readings.text,
          append: async (text) => {
            readings.text = (readings.text ?? "") + text;
          },
          remove: async () => {
            readings.text = undefined;
          },
        },
        notices: {
          read: async (id) => warned.get(id),
          write: async (id, text) => {
            warned.set(id, text);
          },
        },
      };
    },
    [Symbol.asyncDispose]: () => sandbox.stop(),
  };
}

/** A user with one of everything. */
export function addLeaver(scene: Pick<AdminScene, "account" | "sandbox">, name = "leaver"): void {
  const { account, sandbox } = scene;
  const now = sandbox.clock.now();
  account.managed.set("Limits", {
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "*", Resource: "*" },
  });
  account.addGroup("Staff");
  const user = account.addUser(name, {
    path: "/staff/",
    groups: ["Staff", "Developer"],
    policies: [
      {
        name: "Extra",
        document: {
          Version: "2012-10-17",
          Statement: { Effect: "Allow", Action: "s3:*", Resource: "*" },
        },
      },
    ],
    attached: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
    boundary: account.arn("policy/Limits"),
  });
  user.tags = [
    { key: "email", value: `${name}@example.com` },
    { key: "team", value: "platform" },
  ];
  account.setPassword(name, "Correct-Horse-Battery-Staple-2026");
  account.addKey(name);
  account.disableKey(account.addKey(name).id);
  account.addDevice(name, name);
  account.addDevice(name, "token", {
    kind: "u2f",
    serial: `arn:aws:iam::${account.id}:u2f/user/${name}/key-I5GXZJQHZL3FXDIXX4`,
  });
  user.sshKeys.push(
    { id: "APKAAAAAAAAAAAAAAAAA1", body: "ssh-rsa AAAA", uploadedAt: now, status: "Active" },
    { id: "APKAAAAAAAAAAAAAAAAA2", body: "ssh-rsa BBBB", uploadedAt: now, status: "Inactive" },
  );
  user.certificates.push({
    id: "ABCDEFABCDEFABCDEFABCDEF",
    body: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    uploadedAt: now,
    status: "Active",
  });
  for (const service of ["codecommit", "bedrock"]) {
    user.serviceCredentials.push({
      id: `ACCA${service.toUpperCase().padEnd(17, "A")}`,
      service: `${service}.amazonaws.com`,
      serviceUserName: `${name}-at-${account.id}`,
      createdAt: now,
      expiresAt: undefined,
      status: "Active",
    });
  }
}

/** What is left of a user anywhere in the account; [] once all is gone. */
export function leftOvers({ account, sandbox }: AdminScene, name = "leaver"): readonly string[] {
  const keys = [...sandbox.cloud.keys.values()].filter(
    (key) => key.userName === name && key.deletedAt === undefined,
  );
  const devices = [...account.devices.values()].filter(
    (device) => device.userName === name || device.name === name,
  );
  return [
    ...(account.users.has(name) ? [`user ${name}`] : []),
    ...keys.map(({ id }) => `key ${id}`),
    ...devices.map(({ serial }) => `device ${serial}`),
  ];
}
