// How users are printed: the table of all, everything that belongs to one, as text, JSON and CSV. Names and tags are
// foreign text: a cell that a spreadsheet would read as a formula gets an apostrophe.

import { rfc3339 } from "../../model/text/rfc3339.ts";
import type { Style } from "../../output/style.ts";
import { type Cell, textTable } from "../../output/text-table.ts";
import type { UserInventory } from "../model/account-facts.ts";
import { dayMs } from "../model/days.ts";
import type { AccessFacts, JudgedUser } from "../model/dormant-verdict.ts";

export interface ListedUser {
  readonly name: string;
  readonly path: string;
  readonly email: string | undefined;
  readonly groups: readonly string[];
  readonly createdAt: Date;
  readonly hasMfa: boolean | undefined;
  readonly judged: JudgedUser;
}

export function userTable(users: readonly ListedUser[], now: Date, style: Style): string {
  const head = ["USER", "CONSOLE", "KEYS", "MFA", "GROUPS", "EMAIL", "CREATED", "VERDICT"];
  const rows = users.map((user): readonly Cell[] => {
    const { verdict, access } = user.judged;
    return [
      `${user.path}${user.name}`.replace(/^\//, ""),
      access.filter(({ kind }) => kind === "console").map((each) => useText(each, now))[0] ?? "",
      access
        .filter(({ kind, isOn }) => kind === "key" && isOn)
        .map((each) => useText(each, now))
        .join(", "),
      yesNo(user.hasMfa),
      user.groups.join(", "),
      user.email ?? "",
      user.createdAt.toISOString().slice(0, 10),
      { text: verdict, paint: paintOf(verdict, style) },
    ];
  });
  return textTable([head.map((text) => ({ text, paint: style.heading })), ...rows]);
}

export function usersJson(users: readonly ListedUser[]): object {
  return {
    users: users.map((user) => ({
      user: user.name,
      path: user.path,
      email: user.email ?? null,
      groups: user.groups,
      createdAt: rfc3339(user.createdAt),
      mfa: user.hasMfa ?? null,
      verdict: user.judged.verdict,
      reason: user.judged.reason,
      access: accessJson(user.judged),
    })),
  };
}

export function accessJson({ access }: JudgedUser): readonly object[] {
  return access.map(({ kind, id, isOn, verdict, lastUsed, reason }) => ({
    kind,
    id: id ?? null,
    status: isOn ? "active" : "inactive",
    verdict,
    lastUsed: lastUsed instanceof Date ? rfc3339(lastUsed) : null,
    reason,
  }));
}

export function usersCsv(users: readonly ListedUser[]): string {
  const head = "user,path,email,groups,created,mfa,verdict,reason";
  const rows = users.map((user) =>
    [
      user.name,
      user.path,
      user.email ?? "",
      user.groups.join(" "),
      user.createdAt.toISOString().slice(0, 10),
      yesNo(user.hasMfa),
      user.judged.verdict,
      user.judged.reason,
    ]
      .map(csvCell)
      .join(","),
  );
  return `${[head, ...rows].join("\n")}\n`;
}

export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function useText({ lastUsed }: AccessFacts, now: Date): string {
  if (lastUsed === "unknown") return "unknown";
  if (lastUsed === undefined) return "never used";
  return `${Math.floor((now.getTime() - lastUsed.getTime()) / dayMs)} d ago`;
}

function yesNo(value: boolean | undefined): string {
  if (value === undefined) return "unknown";
  return value ? "yes" : "no";
}

function paintOf(verdict: JudgedUser["verdict"], style: Style): (text: string) => string {
  if (verdict === "dormant" || verdict === "partly") return style.warm;
  return verdict === "active" ? (text) => text : style.dim;
}

/** Everything that belongs to a user, one line each. */
export function inventoryText(inventory: UserInventory): string {
  const { user } = inventory;
  const rows: (readonly string[])[] = [
    ["user", user.arn],
    ["id", user.id],
    ["created", rfc3339(user.createdAt)],
    ...(inventory.loginProfile === undefined
      ? [["password", "none"]]
      : [["password", `since ${rfc3339(inventory.loginProfile.createdAt)}`]]),
    ...inventory.keys.map((key) => ["access key", `${key.id} ${key.status.toLowerCase()}`]),
    ...inventory.devices.map(({ serial }) => ["MFA device", serial]),
    ...inventory.unassignedDevices.map((serial) => ["unassigned device", serial]),
    ...inventory.sshKeys.map((key) => ["SSH key", `${key.id} ${key.status.toLowerCase()}`]),
    ...inventory.certificates.map((each) => [
      "certificate",
      `${each.id} ${each.status.toLowerCase()}`,
    ]),
    ...inventory.serviceCredentials.map((each) => [
      "service credential",
      `${each.id} ${each.service} ${each.status.toLowerCase()}`,
    ]),
    ...inventory.groups.map((group) => ["group", group]),
    ...inventory.attachedPolicies.map((arn) => ["attached policy", arn]),
    ...inventory.inlinePolicies.map(({ name }) => ["inline policy", name]),
    ...(user.boundary === undefined ? [] : [["boundary", user.boundary]]),
    ...Object.entries(user.tags).map(([name, text]) => ["tag", `${name}=${text}`]),
  ];
  return textTable(rows);
}

export function inventoryJson(inventory: UserInventory): object {
  const { user, loginProfile } = inventory;
  return {
    user: user.name,
    userId: user.id,
    arn: user.arn,
    createdAt: rfc3339(user.createdAt),
    tags: Object.entries(user.tags).map(([key, value]) => ({ key, value })),
    boundary: user.boundary ?? null,
    passwordCreatedAt: loginProfile === undefined ? null : rfc3339(loginProfile.createdAt),
    keys: inventory.keys.map(({ id, status, createdAt }) => ({
      id,
      status: status.toLowerCase(),
      createdAt: rfc3339(createdAt),
    })),
    devices: inventory.devices.map(({ serial }) => serial),
    unassignedDevices: inventory.unassignedDevices,
    sshKeys: inventory.sshKeys.map(({ id, status }) => ({ id, status: status.toLowerCase() })),
    certificates: inventory.certificates.map(({ id, status }) => ({
      id,
      status: status.toLowerCase(),
    })),
    serviceCredentials: inventory.serviceCredentials.map(({ id, service, status }) => ({
      id,
      service,
      status: status.toLowerCase(),
    })),
    groups: inventory.groups,
    inlinePolicies: inventory.inlinePolicies.map(({ name }) => name),
    attachedPolicies: inventory.attachedPolicies,
  };
}
