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
import {
  generateCredentialReport,
  getAccountAuthorizationDetails,
  getAccountSummary,
  getCredentialReport,
} from "./iam/account-reports.ts";
import { deactivateMfaDevice, enableMfaDevice, resyncMfaDevice } from "./iam/assign-mfa-device.ts";
import {
  addUserToGroup,
  createGroup,
  deleteGroup,
  getGroup,
  listGroups,
  listGroupsForUser,
  removeUserFromGroup,
} from "./iam/groups.ts";
import { listAccountAliases } from "./iam/list-account-aliases.ts";
import { getMfaDevice, listMfaDevices } from "./iam/list-mfa-devices.ts";
import {
  createLoginProfile,
  deleteLoginProfile,
  updateLoginProfile,
} from "./iam/login-profiles.ts";
import { createPolicy, deletePolicy, getPolicyVersion } from "./iam/managed-policies.ts";
import { changePassword, getAccountPasswordPolicy, getLoginProfile } from "./iam/passwords.ts";
import {
  attachUserPolicy,
  deleteRolePolicy,
  deleteUserPermissionsBoundary,
  deleteUserPolicy,
  detachUserPolicy,
  getRole,
  getRolePolicy,
  getUserPolicy,
  listAttachedRolePolicies,
  listAttachedUserPolicies,
  listRolePolicies,
  listRoles,
  listUserPolicies,
  putRolePolicy,
  putUserPermissionsBoundary,
  putUserPolicy,
} from "./iam/policies.ts";
import { listUserTags, tagUser, untagUser } from "./iam/tags.ts";
import {
  createServiceSpecificCredential,
  deleteServiceSpecificCredential,
  deleteSigningCertificate,
  deleteSshPublicKey,
  getSshPublicKey,
  listServiceSpecificCredentials,
  listSigningCertificates,
  listSshPublicKeys,
  updateServiceSpecificCredential,
  updateSigningCertificate,
  updateSshPublicKey,
  uploadSigningCertificate,
  uploadSshPublicKey,
} from "./iam/user-credentials.ts";
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
      AddUserToGroup: addUserToGroup,
      AttachUserPolicy: attachUserPolicy,
      ChangePassword: changePassword,
      CreateAccessKey: createAccessKey,
      CreateGroup: createGroup,
      CreateLoginProfile: createLoginProfile,
      CreatePolicy: createPolicy,
      CreateServiceSpecificCredential: createServiceSpecificCredential,
      CreateUser: createUser,
      CreateVirtualMFADevice: createVirtualMfaDevice,
      DeactivateMFADevice: deactivateMfaDevice,
      DeleteAccessKey: deleteAccessKey,
      DeleteGroup: deleteGroup,
      DeleteLoginProfile: deleteLoginProfile,
      DeletePolicy: deletePolicy,
      DeleteRolePolicy: deleteRolePolicy,
      DeleteSSHPublicKey: deleteSshPublicKey,
      DeleteServiceSpecificCredential: deleteServiceSpecificCredential,
      DeleteSigningCertificate: deleteSigningCertificate,
      DeleteUser: deleteUser,
      DeleteUserPermissionsBoundary: deleteUserPermissionsBoundary,
      DeleteUserPolicy: deleteUserPolicy,
      DeleteVirtualMFADevice: deleteVirtualMfaDevice,
      DetachUserPolicy: detachUserPolicy,
      EnableMFADevice: enableMfaDevice,
      GenerateCredentialReport: generateCredentialReport,
      GetAccessKeyLastUsed: getAccessKeyLastUsed,
      GetAccountAuthorizationDetails: getAccountAuthorizationDetails,
      GetAccountPasswordPolicy: getAccountPasswordPolicy,
      GetAccountSummary: getAccountSummary,
      GetCredentialReport: getCredentialReport,
      GetGroup: getGroup,
      GetLoginProfile: getLoginProfile,
      GetMFADevice: getMfaDevice,
      GetPolicyVersion: getPolicyVersion,
      GetRole: getRole,
      GetRolePolicy: getRolePolicy,
      GetSSHPublicKey: getSshPublicKey,
      GetUser: getUser,
      GetUserPolicy: getUserPolicy,
      ListAccessKeys: listAccessKeys,
      ListAccountAliases: listAccountAliases,
      ListAttachedRolePolicies: listAttachedRolePolicies,
      ListAttachedUserPolicies: listAttachedUserPolicies,
      ListGroups: listGroups,
      ListGroupsForUser: listGroupsForUser,
      ListMFADevices: listMfaDevices,
      ListRolePolicies: listRolePolicies,
      ListRoles: listRoles,
      ListSSHPublicKeys: listSshPublicKeys,
      ListServiceSpecificCredentials: listServiceSpecificCredentials,
      ListSigningCertificates: listSigningCertificates,
      ListUserPolicies: listUserPolicies,
      ListUserTags: listUserTags,
      ListUsers: listUsers,
      ListVirtualMFADevices: listVirtualMfaDevices,
      PutRolePolicy: putRolePolicy,
      PutUserPermissionsBoundary: putUserPermissionsBoundary,
      PutUserPolicy: putUserPolicy,
      RemoveUserFromGroup: removeUserFromGroup,
      ResyncMFADevice: resyncMfaDevice,
      TagUser: tagUser,
      UntagUser: untagUser,
      UpdateAccessKey: updateAccessKey,
      UpdateLoginProfile: updateLoginProfile,
      UpdateSSHPublicKey: updateSshPublicKey,
      UpdateServiceSpecificCredential: updateServiceSpecificCredential,
      UpdateSigningCertificate: updateSigningCertificate,
      UploadSSHPublicKey: uploadSshPublicKey,
      UploadSigningCertificate: uploadSigningCertificate,
    },
  },
};

export function serviceOf(version: string | undefined): "sts" | "iam" | undefined {
  if (version === services.sts.version) return "sts";
  return version === services.iam.version ? "iam" : undefined;
}
