import type { UserInventory } from "../../src/admin/model/account-facts.ts";

/** A user for tests, without credentials, groups and policies. */
export const emptyUser: UserInventory = {
  user: {
    name: "zoe",
    id: "AIDA1",
    arn: "arn:aws:iam::111111111111:user/zoe",
    path: "/",
    createdAt: new Date("2026-01-01T00:00:00Z"),
    passwordLastUsed: undefined,
    tags: {},
    boundary: undefined,
  },
  loginProfile: undefined,
  keys: [],
  devices: [],
  unassignedDevices: [],
  sshKeys: [],
  certificates: [],
  serviceCredentials: [],
  groups: [],
  inlinePolicies: [],
  attachedPolicies: [],
};

export type UserChange = Partial<Omit<UserInventory, "user">> & {
  readonly user?: Partial<UserInventory["user"]>;
};

/** The user with what a test adds. */
export function userWith({ user, ...more }: UserChange): UserInventory {
  return { ...emptyUser, ...more, user: { ...emptyUser.user, ...user } };
}

export function keyOf(id: string, status: "Active" | "Inactive" | "Expired" = "Active") {
  return { id, status, createdAt: emptyUser.user.createdAt };
}

/** The deny of a cut as AWS returns it, with the day of the deletion; "": without one. */
export function denyUntil(day: string) {
  const sid = day && `"Sid":"DeleteFrom${day.replaceAll("-", "")}",`;
  const document = `{"Version":"2012-10-17","Statement":{${sid}"Effect":"Deny","Action":"*","Resource":"*"}}`;
  return { name: "awst-cut", document };
}

/** The deny with another id of its statement. */
export function denyWithId(sid: string) {
  const { name, document } = denyUntil("2026-12-27");
  return { name, document: document.replace("DeleteFrom20261227", sid) };
}
