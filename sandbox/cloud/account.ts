// One account: its users, groups, roles, MFA devices. Made and changed here by fixtures and tests,
// whole and at once; what a caller may do over the wire stands in `iam/`.

import { randomBytes } from "node:crypto";
import type { PolicyDocument } from "../policy/document.ts";
import { encodeBase32 } from "./base32.ts";
import type { AccessKey, Group, MfaDevice, NamedPolicy, Role, User } from "./entities.ts";
import { newKeyId, newSecret, newUniqueId } from "./ids.ts";
import type { MailAccount, SentMessage, StoredParameter } from "./message-entities.ts";
import { newVirtualDevice } from "./mfa-device.ts";
import type { LambdaFunction, Stack, StackSet } from "./stack-entities.ts";

export interface UserPlan {
  readonly path?: string;
  readonly groups?: readonly string[];
  readonly policies?: readonly NamedPolicy[];
  readonly attached?: readonly string[];
  readonly boundary?: string | undefined;
  readonly createdAt?: Date;
  /** false: made over the wire, and not visible at once. */
  readonly isSeeded?: boolean;
}

export interface RolePlan {
  readonly path?: string;
  readonly trust: PolicyDocument;
  readonly policies?: readonly NamedPolicy[];
  readonly attached?: readonly string[];
  readonly maxSessionSeconds?: number;
}

export interface PasswordPolicy {
  readonly minimumLength: number;
  readonly requireSymbols: boolean;
  readonly requireNumbers: boolean;
  readonly requireUppercase: boolean;
  readonly requireLowercase: boolean;
  readonly usersMayChange: boolean;
  readonly maxAgeDays?: number;
  readonly reusePrevention?: number;
}

export class Account {
  readonly id: string;
  readonly partition: string;
  readonly alias: string | undefined;
  readonly users = new Map<string, User>();
  readonly groups = new Map<string, Group>();
  readonly roles = new Map<string, Role>();
  /** By serial; assigned and unassigned. */
  readonly devices = new Map<string, MfaDevice>();
  /** Managed policies of its own, by name. */
  readonly managed = new Map<string, PolicyDocument>();
  /** When those were made that a call made, by name. */
  readonly managedSince = new Map<string, Date>();
  /** By id; deleted ones stay, since a deletion may take a while to be felt. */
  readonly keys: Map<string, AccessKey>;
  passwordPolicy: PasswordPolicy | undefined;
  /** Of the parameter store, by region and name. */
  readonly parameters = new Map<string, StoredParameter>();
  /** ARNs of SNS topics. */
  readonly topics = new Set<string>();
  readonly mail: MailAccount = { isInSandbox: true, verified: new Set(), sendsPerDay: 200 };
  /** What was published to topics and sent by mail, in order. */
  readonly messages: SentMessage[] = [];
  /** By region and name. */
  readonly stacks = new Map<string, Stack>();
  readonly stackSets = new Map<string, StackSet>();
  readonly functions = new Map<string, LambdaFunction>();
  /** Of topics, by ARN. */
  readonly topicPolicies = new Map<string, PolicyDocument>();
  /** Log groups, queues, alarms and schedules, each as type, region and name. */
  readonly named = new Set<string>();
  readonly #now: () => Date;

  constructor(
    id: string,
    of: { partition: string; alias?: string | undefined; keys: Map<string, AccessKey> },
    now: () => Date,
  ) {
    this.id = id;
    this.partition = of.partition;
    this.alias = of.alias;
    this.keys = of.keys;
    this.#now = now;
  }

  /** `user/team/alice`, `mfa/phone`, `root`: an ARN of this account's. */
  arn(resource: string, service: "iam" | "sts" = "iam"): string {
    return `arn:${this.partition}:${service}::${this.id}:${resource}`;
  }

  /** `ssm`, `eu-west-1`, `parameter/webhook`: of a service that has regions. */
  regionalArn(service: string, region: string, resource: string): string {
    return `arn:${this.partition}:${service}:${region}:${this.id}:${resource}`;
  }

  addGroup(name: string, policies: readonly NamedPolicy[] = [], path = "/"): Group {
    const group: Group = {
      name,
      path,
      id: newUniqueId("AGPA"),
      arn: this.arn(`group${path}${name}`),
      createdAt: this.#now(),
      policies: [...policies],
      attached: [],
    };
    this.groups.set(name, group);
    return group;
  }

  addUser(name: string, plan: UserPlan = {}): User {
    const path = plan.path ?? "/";
    const user: User = {
      name,
      path,
      id: newUniqueId("AIDA"),
      arn: this.arn(`user${path}${name}`),
      createdAt: plan.createdAt ?? this.#now(),
      isSeeded: plan.isSeeded ?? true,
      tags: [],
      policies: [...(plan.policies ?? [])],
      attached: [...(plan.attached ?? [])],
      boundary: plan.boundary,
      groups: [...(plan.groups ?? [])],
      password: undefined,
      passwordLastUsed: undefined,
      sshKeys: [],
      certificates: [],
      serviceCredentials: [],
    };
    this.users.set(name, user);
    return user;
  }

  setPassword(userName: string, password: string, at: Date = this.#now()): void {
    const passwords = [password];
    this.user(userName).password = {
      createdAt: at,
      changedAt: at,
      passwords,
      resetRequired: false,
    };
  }

  addRole(name: string, plan: RolePlan): Role {
    const path = plan.path ?? "/";
    const role: Role = {
      name,
      path,
      id: newUniqueId("AROA"),
      arn: this.arn(`role${path}${name}`),
      createdAt: this.#now(),
      trust: plan.trust,
      policies: [...(plan.policies ?? [])],
      attached: [...(plan.attached ?? [])],
      maxSessionSeconds: plan.maxSessionSeconds ?? 3600,
    };
    this.roles.set(name, role);
    return role;
  }

  setMaxSessionDuration(roleName: string, seconds: number): void {
    this.role(roleName).maxSessionSeconds = seconds;
  }

  attachToUser(userName: string, policy: NamedPolicy): void {
    this.user(userName).policies.push(policy);
  }

  attachToRole(roleName: string, policy: NamedPolicy): void {
    this.role(roleName).policies.push(policy);
  }

  /** A key that works from the start; `userName` undefined: the root user's. */
  addKey(userName: string | undefined, isSeeded = true, createdAt: Date = this.#now()): AccessKey {
    const key: AccessKey = {
      id: newKeyId("AKIA", this.id),
      secret: newSecret(),
      accountId: this.id,
      userName,
      createdAt,
      isSeeded,
      status: "Active",
      deactivatedAt: undefined,
      statusChangedAt: undefined,
      deletedAt: undefined,
      lastUsed: undefined,
      flaps: new Map(),
    };
    this.keys.set(key.id, key);
    return key;
  }

  disableKey(id: string): void {
    const key = this.keys.get(id);
    if (!key) throw new Error(`account ${this.id} has no key ${id}`);
    key.status = "Inactive";
    key.deactivatedAt = this.#now();
  }

  /** Adds an enabled device: a virtual one, or the given hardware, FIDO or SMS device. */
  addDevice(
    userName: string,
    name: string = userName,
    other?: { readonly kind: "hardware" | "u2f" | "sms"; readonly serial: string },
  ): MfaDevice {
    const made = newVirtualDevice(this.arn(`mfa/${name}`), "/", name, this.#now());
    const seed = encodeBase32(randomBytes(20));
    const device: MfaDevice = other
      ? { ...made, ...other, seed: other.kind === "hardware" ? seed : "" }
      : made;
    device.userName = userName;
    device.enabledAt = this.#now();
    this.devices.set(device.serial, device);
    return device;
  }

  user(name: string): User {
    const user = this.users.get(name);
    if (!user) throw new Error(`account ${this.id} has no user ${name}`);
    return user;
  }

  role(name: string): Role {
    const role = this.roles.get(name);
    if (!role) throw new Error(`account ${this.id} has no role ${name}`);
    return role;
  }

  /** As IAM finds a user: case does not matter. */
  findUser(name: string): User | undefined {
    const wanted = name.toLowerCase();
    return [...this.users.values()].find((user) => user.name.toLowerCase() === wanted);
  }

  /** As IAM finds a group: case does not matter. */
  findGroup(name: string): Group | undefined {
    const wanted = name.toLowerCase();
    return [...this.groups.values()].find((group) => group.name.toLowerCase() === wanted);
  }

  membersOf(groupName: string): User[] {
    return [...this.users.values()].filter(({ groups }) => groups.includes(groupName));
  }

  keysOf(userName: string | undefined): AccessKey[] {
    return [...this.keys.values()].filter(
      (key) => key.accountId === this.id && key.userName === userName && !key.deletedAt,
    );
  }

  devicesOf(userName: string): MfaDevice[] {
    return [...this.devices.values()].filter(
      (device) => device.userName === userName && device.enabledAt,
    );
  }
}
