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
