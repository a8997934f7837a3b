// What each command needs in IAM: its help prints it, `awst admin policy` makes a policy document of it, and a test
// compares it with the calls that the command was seen to make. AWS allows GetCallerIdentity to everybody.

const readUser = [
  "GetLoginProfile",
  "GetUser",
  "GetUserPolicy",
  "ListAccessKeys",
  "ListAttachedUserPolicies",
  "ListGroupsForUser",
  "ListMFADevices",
  "ListSSHPublicKeys",
  "ListServiceSpecificCredentials",
  "ListSigningCertificates",
  "ListUserPolicies",
  "ListVirtualMFADevices",
];

const readUsers = [
  "GenerateCredentialReport",
  "GetAccessKeyLastUsed",
  "GetAccountAuthorizationDetails",
  "GetCredentialReport",
  "GetLoginProfile",
  "ListAccessKeys",
  "ListServiceSpecificCredentials",
  "ListUsers",
];

const readRole = ["GetRole", "GetRolePolicy", "ListRolePolicies"];

/** Of a run over the accounts of the configuration or the organization. */
const manyAccounts = ["organizations:ListAccounts", "sts:AssumeRole"];

const notices = ["ses:SendEmail", "sns:Publish", "ssm:GetParameter"];

/** By the name of the command without `admin`. Actions without a service are IAM's. What options need is included. */
export const neededActions: Readonly<Record<string, readonly string[]>> = {
  "user list": [...readUsers, "ListMFADevices"],
  "user show": readUser,
  "user create": [
    ...readUser,
    "AddUserToGroup",
    "CreateAccessKey",
    "CreateLoginProfile",
    "CreateUser",
    "CreateVirtualMFADevice",
    "DeactivateMFADevice",
    "DeleteAccessKey",
    "DeleteVirtualMFADevice",
    "EnableMFADevice",
    "GetAccessKeyLastUsed",
    "GetAccountAuthorizationDetails",
    "GetAccountPasswordPolicy",
    "ListGroups",
    "TagUser",
  ],
  "user password": [
    ...readUser,
    "CreateLoginProfile",
    "GetAccountPasswordPolicy",
    "UpdateLoginProfile",
  ],
  "user tag": ["GetUser", "TagUser", "UntagUser"],
  "user offboard": [
    ...readUser,
    "AttachUserPolicy",
    "DeactivateMFADevice",
    "DeleteAccessKey",
    "DeleteLoginProfile",
    "DeleteRolePolicy",
    "DeleteSSHPublicKey",
    "DeleteServiceSpecificCredential",
    "DeleteSigningCertificate",
    "DeleteUser",
    "DeleteUserPolicy",
    "DeleteVirtualMFADevice",
    "DetachUserPolicy",
    "GetAccessKeyLastUsed",
    "GetAccountAuthorizationDetails",
    "GetSSHPublicKey",
    "ListRoles",
    "PutRolePolicy",
    "PutUserPermissionsBoundary",
    "PutUserPolicy",
    "RemoveUserFromGroup",
    "TagUser",
    "UpdateAccessKey",
    "UpdateSSHPublicKey",
    "UpdateServiceSpecificCredential",
    "UpdateSigningCertificate",
  ],
  "user restore": [
    ...readUser,
    "AddUserToGroup",
    "AttachUserPolicy",
    "CreateUser",
    "DeleteUserPermissionsBoundary",
    "DeleteUserPolicy",
    "DetachUserPolicy",
    "GetSSHPublicKey",
    "PutUserPermissionsBoundary",
    "PutUserPolicy",
    "TagUser",
    "UntagUser",
    "UpdateAccessKey",
    "UpdateSSHPublicKey",
    "UpdateServiceSpecificCredential",
    "UpdateSigningCertificate",
    "UploadSSHPublicKey",
    "UploadSigningCertificate",
  ],
  "group create": ["CreateGroup", "ListGroups"],
  "group sort": [
    "AddUserToGroup",
    "GetAccountAuthorizationDetails",
    "ListGroups",
    "ListGroupsForUser",
    "RemoveUserFromGroup",
  ],
  "group check": ["GetAccountAuthorizationDetails", "ListGroups"],
  "dormant report": [
    ...readUsers,
    ...manyAccounts,
    "GetAccountSummary",
    "ListMFADevices",
    ...notices,
  ],
  // What a deletion calls besides is that of `user offboard`.
  "dormant enforce": [
    ...readUsers,
    ...readUser,
    ...manyAccounts,
    ...notices,
    "CreatePolicy",
    "DeleteLoginProfile",
    "DeletePolicy",
    "GetPolicyVersion",
    "TagUser",
    "UntagUser",
    "UpdateAccessKey",
  ],
  "dormant restore": [
    "GetLoginProfile",
    "GetUser",
    "ListAccessKeys",
    "TagUser",
    "UntagUser",
    "UpdateAccessKey",
  ],
  accounts: ["GetAccountSummary", ...manyAccounts],
  report: [...readUsers, "ListMFADevices"],
  grant: [
    ...readRole,
    "AttachUserPolicy",
    "CreatePolicy",
    "DeletePolicy",
    "DeleteUserPolicy",
    "DetachUserPolicy",
    "GetAccountAuthorizationDetails",
    "GetPolicyVersion",
    "GetUser",
    "GetUserPolicy",
    "ListAttachedUserPolicies",
    "ListMFADevices",
    "ListUserPolicies",
    "PutRolePolicy",
    "PutUserPolicy",
  ],
  grants: [
    "DeletePolicy",
    "DeleteRolePolicy",
    "DeleteUserPolicy",
    "DetachUserPolicy",
    "GetAccountAuthorizationDetails",
    "GetPolicyVersion",
    "GetUserPolicy",
    "ListRoles",
  ],
  revoke: [
    ...readRole,
    "DeletePolicy",
    "DeleteUserPolicy",
    "DetachUserPolicy",
    "GetAccountAuthorizationDetails",
    "GetUser",
    "ListAttachedUserPolicies",
    "ListUserPolicies",
    "PutRolePolicy",
  ],
};

/** `iam:GetUser` */
export function fullAction(action: string): string {
  return action.includes(":") ? action : `iam:${action}`;
}

/** Actions that take no resource. */
const withoutResource =
  /^(organizations:ListAccounts|GetAccountSummary|GenerateCredentialReport|GetAccountAuthorizationDetails|GetAccountPasswordPolicy|GetCredentialReport|ListGroups|ListRoles|ListUsers|ListVirtualMFADevices)$/;

/**
 * Returns the least policy with which the commands run, in every partition's account. `names`: as in `neededActions`;
 * `partition`: of the ARNs. Each command may make its own policies only: a user who grants roles must not be able to
 * make the records from which `dormant enforce` deletes users.
 */
export function leastPolicy(names: readonly string[], partition: string): object {
  const byResource = new Map<string, string[]>();
  const wanted = names.flatMap((name) =>
    (neededActions[name] ?? []).map(
      (action) => [action, resourceOf(name, action, partition)] as const,
    ),
  );
  for (const [action, resource] of wanted.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const full = fullAction(action);
    const others = byResource.get(resource) ?? [];
    if (!others.includes(full)) byResource.set(resource, [...others, full]);
  }
  return {
    Version: "2012-10-17",
    Statement: [...byResource].map(([Resource, Action]) => ({ Effect: "Allow", Action, Resource })),
  };
}

function resourceOf(name: string, action: string, partition: string): string {
  const arn = (rest: string) => `arn:${partition}:iam::*:${rest}`;
  if (withoutResource.test(action)) return "*";
  if (/^(ses|sns|ssm):/.test(action)) return `arn:${partition}:${action.split(":")[0]}:*:*:*`;
  if (/^(Create|Delete)Policy$|^GetPolicyVersion$/.test(action)) {
    return arn(name.startsWith("dormant ") ? "policy/awst-dormant-*" : "policy/awst-grant-*");
  }
  if (/Role/.test(action)) return arn("role/*");
  if (/^(CreateGroup|AddUserToGroup|RemoveUserFromGroup)$/.test(action)) return arn("group/*");
  if (/^(Create|Delete)VirtualMFADevice$/.test(action)) return arn("mfa/*");
  return arn("user/*");
}

const administering =
  /^(PutUserPolicy|AttachUserPolicy|AddUserToGroup|PutRolePolicy|CreateAccessKey|CreateLoginProfile|UpdateLoginProfile|DeleteUserPolicy|DetachUserPolicy|DeleteUserPermissionsBoundary)$/;

/** The actions with which the owner of the policy can become an administrator; [] for none. */
export function administeringActions(actions: readonly string[]): readonly string[] {
  return actions.filter((action) => administering.test(action));
}
