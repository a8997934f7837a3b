// Which actions there are, by service. A call's version names its service; the scope of its
// signature has to say the same.

import type { Action } from "./action.ts";
import {
  createAccessKey,
  deleteAccessKey,
  getAccessKeyLastUsed,
  listAccessKeys,
  updateAccessKey,
} from "./iam/access-keys.ts";
import { deactivateMfaDevice, enableMfaDevice, resyncMfaDevice } from "./iam/assign-mfa-device.ts";
import { listAccountAliases } from "./iam/list-account-aliases.ts";
import { getMfaDevice, listMfaDevices } from "./iam/list-mfa-devices.ts";
import { changePassword, getAccountPasswordPolicy, getLoginProfile } from "./iam/passwords.ts";
import { listUserTags, tagUser, untagUser } from "./iam/tags.ts";
import { createUser, deleteUser, getUser, listUsers } from "./iam/users.ts";
import {
  createVirtualMfaDevice,
  deleteVirtualMfaDevice,
  listVirtualMfaDevices,
} from "./iam/virtual-mfa-devices.ts";
import { assumeRole } from "./sts/assume-role.ts";
import { getAccessKeyInfo } from "./sts/get-access-key-info.ts";
import { getCallerIdentity } from "./sts/get-caller-identity.ts";
import { getFederationToken } from "./sts/get-federation-token.ts";
import { getSessionToken } from "./sts/get-session-token.ts";

export interface Service {
  readonly version: string;
  readonly namespace: string;
  readonly actions: Readonly<Record<string, Action>>;
}

export const services: Readonly<Record<"sts" | "iam", Service>> = {
  sts: {
    version: "2011-06-15",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    actions: {
      AssumeRole: assumeRole,
      GetAccessKeyInfo: getAccessKeyInfo,
      GetCallerIdentity: getCallerIdentity,
      GetFederationToken: getFederationToken,
      GetSessionToken: getSessionToken,
    },
  },
  iam: {
    version: "2010-05-08",
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    actions: {
      ChangePassword: changePassword,
      CreateAccessKey: createAccessKey,
      CreateUser: createUser,
      CreateVirtualMFADevice: createVirtualMfaDevice,
      DeactivateMFADevice: deactivateMfaDevice,
      DeleteAccessKey: deleteAccessKey,
      DeleteUser: deleteUser,
      DeleteVirtualMFADevice: deleteVirtualMfaDevice,
      EnableMFADevice: enableMfaDevice,
      GetAccessKeyLastUsed: getAccessKeyLastUsed,
      GetAccountPasswordPolicy: getAccountPasswordPolicy,
      GetLoginProfile: getLoginProfile,
      GetMFADevice: getMfaDevice,
      GetUser: getUser,
      ListAccessKeys: listAccessKeys,
      ListAccountAliases: listAccountAliases,
      ListMFADevices: listMfaDevices,
      ListUserTags: listUserTags,
      ListUsers: listUsers,
      ListVirtualMFADevices: listVirtualMfaDevices,
      ResyncMFADevice: resyncMfaDevice,
      TagUser: tagUser,
      UntagUser: untagUser,
      UpdateAccessKey: updateAccessKey,
    },
  },
};

export function serviceOf(version: string | undefined): "sts" | "iam" | undefined {
  if (version === services.sts.version) return "sts";
  return version === services.iam.version ? "iam" : undefined;
}
