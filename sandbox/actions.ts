// Which actions there are, by service. A call's version names its service; the scope of its
// signature has to say the same.

import type { Action } from "./action.ts";
import {
  createStackInstances,
  createStackSet,
  deleteStackInstances,
  deleteStackSet,
  describeStackSet,
  describeStackSetOperation,
  listStackInstances,
  updateStackSet,
} from "./cloudformation/stack-sets.ts";
import {
  createStack,
  deleteStack,
  describeStackEvents,
  describeStacks,
  getTemplate,
  updateStack,
} from "./cloudformation/stacks.ts";
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
import { invokeFunction } from "./lambda/invoke.ts";
import { getMailAccount, sendEmail } from "./messages/email.ts";
import { getParameter, putParameter } from "./messages/parameters.ts";
import { publish } from "./messages/topics.ts";
import {
  describeOrganization,
  listAccounts,
  listAccountsForParent,
  listDelegatedAdministrators,
  listOrganizationalUnitsForParent,
  listRoots,
} from "./organizations/list-accounts.ts";
import {
  createBucket,
  deleteBucket,
  deleteObject,
  headBucket,
  headObject,
  listObjectVersions,
  putBucketPolicy,
  putBucketVersioning,
  putObject,
  putPublicAccessBlock,
} from "./storage/objects.ts";
import { assumeRole } from "./sts/assume-role.ts";
import { getAccessKeyInfo } from "./sts/get-access-key-info.ts";
import { getCallerIdentity } from "./sts/get-caller-identity.ts";
import { getFederationToken } from "./sts/get-federation-token.ts";
import { getSessionToken } from "./sts/get-session-token.ts";

export type ServiceName =
  | "sts"
  | "iam"
  | "sns"
  | "ssm"
  | "ses"
  | "organizations"
  | "cloudformation"
  | "s3"
  | "lambda";

export interface Service {
  /**
   * `query`: a form with Action and Version, answered in XML. `json`: JSON in both directions, the action stands in
   * X-Amz-Target. `rest`: JSON too, the action follows from method and path. `s3`: XML, the same.
   */
  readonly protocol: "query" | "json" | "rest" | "s3";
  /** query: the version; json: what X-Amz-Target has before the dot; rest: unused. */
  readonly version: string;
  /** query: of the XML. */
  readonly namespace: string;
  /** rest: the action of each `METHOD /path`; `{Name}` stands for one part of the path. */
  readonly routes?: Readonly<Record<string, string>>;
  readonly actions: Readonly<Record<string, Action>>;
}

export const services: Readonly<Record<ServiceName, Service>> = {
  sts: {
    protocol: "query",
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
  sns: {
    protocol: "query",
    version: "2010-03-31",
    namespace: "https://sns.amazonaws.com/doc/2010-03-31/",
    actions: { Publish: publish },
  },
  ssm: {
    protocol: "json",
    version: "AmazonSSM",
    namespace: "",
    actions: { GetParameter: getParameter, PutParameter: putParameter },
  },
  ses: {
    protocol: "rest",
    version: "",
    namespace: "",
    routes: {
      "POST /v2/email/outbound-emails": "SendEmail",
      "GET /v2/email/account": "GetAccount",
    },
    actions: { GetAccount: getMailAccount, SendEmail: sendEmail },
  },
  organizations: {
    protocol: "json",
    version: "AWSOrganizationsV20161128",
    namespace: "",
    actions: {
      DescribeOrganization: describeOrganization,
      ListAccounts: listAccounts,
      ListAccountsForParent: listAccountsForParent,
      ListDelegatedAdministrators: listDelegatedAdministrators,
      ListOrganizationalUnitsForParent: listOrganizationalUnitsForParent,
      ListRoots: listRoots,
    },
  },
  cloudformation: {
    protocol: "query",
    version: "2010-05-15",
    namespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
    actions: {
      CreateStack: createStack,
      CreateStackInstances: createStackInstances,
      CreateStackSet: createStackSet,
      DeleteStack: deleteStack,
      DeleteStackInstances: deleteStackInstances,
      DeleteStackSet: deleteStackSet,
      DescribeStackEvents: describeStackEvents,
      DescribeStackSet: describeStackSet,
      DescribeStackSetOperation: describeStackSetOperation,
      DescribeStacks: describeStacks,
      GetTemplate: getTemplate,
      ListStackInstances: listStackInstances,
      UpdateStack: updateStack,
      UpdateStackSet: updateStackSet,
    },
  },
  s3: {
    protocol: "s3",
    version: "",
    namespace: "",
    actions: {
      CreateBucket: createBucket,
      DeleteBucket: deleteBucket,
      DeleteObject: deleteObject,
      HeadBucket: headBucket,
      HeadObject: headObject,
      ListObjectVersions: listObjectVersions,
      PutBucketPolicy: putBucketPolicy,
      PutBucketVersioning: putBucketVersioning,
      PutObject: putObject,
      PutPublicAccessBlock: putPublicAccessBlock,
    },
  },
  lambda: {
    protocol: "rest",
    version: "",
    namespace: "",
    routes: { "POST /2015-03-31/functions/{FunctionName}/invocations": "InvokeFunction" },
    actions: { InvokeFunction: invokeFunction },
  },
  iam: {
    protocol: "query",
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

/** The service of a query by its version. */
export function serviceOf(version: string | undefined): ServiceName | undefined {
  return named(({ protocol }) => protocol === "query", version);
}

/** `AmazonSSM.GetParameter`: service and action of X-Amz-Target. */
export function targetOf(
  target: string,
): { readonly service: ServiceName; readonly action: string } | undefined {
  const at = target.indexOf(".");
  const service = named(({ protocol }) => protocol === "json", target.slice(0, Math.max(0, at)));
  return service && { service, action: target.slice(at + 1) };
}

/** Service and action of a method and a path of the REST services. */
export function routeOf(
  method: string,
  path: string,
):
  | {
      readonly service: ServiceName;
      readonly action: string;
      readonly parts: ReadonlyMap<string, string>;
    }
  | undefined {
  for (const service of names) {
    for (const [route, action] of Object.entries(services[service].routes ?? {})) {
      const parts = partsOf(route, `${method} ${path}`);
      if (parts !== undefined) return { service, action, parts };
    }
  }
  return undefined;
}

/** The named parts of a path; undefined where it is another route. */
function partsOf(route: string, called: string): ReadonlyMap<string, string> | undefined {
  const wanted = route.split("/");
  const given = called.split("/");
  if (wanted.length !== given.length) return undefined;
  const parts = new Map<string, string>();
  for (const [at, part] of wanted.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name !== undefined) parts.set(name, decodeURIComponent(given[at] ?? ""));
    else if (part !== given[at]) return undefined;
  }
  return parts;
}

const names = Object.keys(services) as ServiceName[];

function named(
  fits: (service: Service) => boolean,
  version: string | undefined,
): ServiceName | undefined {
  return names.find((name) => fits(services[name]) && services[name].version === version);
}
