// Policies of users and roles, and what IAM reports about a whole account: its details and its credential report.

import {
  type AttachedPolicy,
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  DeletePolicyCommand,
  DeleteRolePolicyCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  GenerateCredentialReportCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  ListAttachedUserPoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListUserPoliciesCommand,
  type PolicyDetail,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  type Role,
} from "@aws-sdk/client-iam";
import { type Call, incompleteResponse } from "../../adapters/aws/aws-call.ts";
import {
  type MakeCall,
  readPages,
  sendRemoval,
  sendToIam,
} from "../../adapters/aws/aws-iam-call.ts";
import { type AwstError, isAwstError } from "../../model/errors.ts";
import type { InlinePolicy } from "../model/account-facts.ts";
import type { AdminIam, IamRole } from "../ports.ts";
import { maxPageItems, repeatable } from "./admin-iam-credentials.ts";

type PolicyCalls = Pick<
  AdminIam,
  | "listUserPolicies"
  | "getUserPolicy"
  | "putUserPolicy"
  | "deleteUserPolicy"
  | "listAttachedPolicies"
  | "attachPolicy"
  | "detachPolicy"
  | "putBoundary"
  | "deleteBoundary"
  | "createPolicy"
  | "findPolicyDate"
  | "getPolicyDocument"
  | "deletePolicy"
>;

export function policyCalls(callOf: MakeCall): PolicyCalls {
  return {
    async listUserPolicies(UserName) {
      const call = repeatable(callOf, "ListUserPolicies");
      const { pages } = await readPages(
        call,
        (from) => new ListUserPoliciesCommand({ UserName, ...from }),
      );
      return pages.flatMap(({ PolicyNames }) => PolicyNames ?? []);
    },
    async getUserPolicy(UserName, PolicyName) {
      const call = repeatable(callOf, "GetUserPolicy");
      const { output } = await sendToIam(call, new GetUserPolicyCommand({ UserName, PolicyName }));
      if (output.PolicyDocument === undefined) throw incompleteResponse(call);
      return toInline({ PolicyName, PolicyDocument: output.PolicyDocument });
    },
    async putUserPolicy(UserName, { name, document }) {
      const call = repeatable(callOf, "PutUserPolicy");
      const { at } = await sendToIam(
        call,
        new PutUserPolicyCommand({ UserName, PolicyName: name, PolicyDocument: document }),
      );
      return { at };
    },
    deleteUserPolicy: (UserName, PolicyName) =>
      sendRemoval(
        repeatable(callOf, "DeleteUserPolicy"),
        new DeleteUserPolicyCommand({ UserName, PolicyName }),
      ),
    async listAttachedPolicies(UserName) {
      const call = repeatable(callOf, "ListAttachedUserPolicies");
      const { pages } = await readPages(
        call,
        (from) => new ListAttachedUserPoliciesCommand({ UserName, ...from }),
      );
      return pages.flatMap(({ AttachedPolicies }) => arnsOf(AttachedPolicies));
    },
    async attachPolicy(UserName, PolicyArn) {
      const call = repeatable(callOf, "AttachUserPolicy");
      const { at } = await sendToIam(call, new AttachUserPolicyCommand({ UserName, PolicyArn }));
      return { at };
    },
    detachPolicy: (UserName, PolicyArn) =>
      sendRemoval(
        repeatable(callOf, "DetachUserPolicy"),
        new DetachUserPolicyCommand({ UserName, PolicyArn }),
      ),
    async putBoundary(UserName, PermissionsBoundary) {
      const call = repeatable(callOf, "PutUserPermissionsBoundary");
      const { at } = await sendToIam(
        call,
        new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary }),
      );
      return { at };
    },
    deleteBoundary: (UserName) =>
      sendRemoval(
        repeatable(callOf, "DeleteUserPermissionsBoundary"),
        new DeleteUserPermissionsBoundaryCommand({ UserName }),
      ),
    async createPolicy({ name, document }) {
      const call = callOf({ action: "CreatePolicy", isRepeatable: false });
      const command = new CreatePolicyCommand({ PolicyName: name, PolicyDocument: document });
      const { output, at } = await sendToIam(call, command);
      if (!output.Policy?.Arn) throw incompleteResponse(call);
      return { arn: output.Policy.Arn, at };
    },
    async findPolicyDate(PolicyArn) {
      const call = repeatable(callOf, "GetPolicyVersion");
      const command = new GetPolicyVersionCommand({ PolicyArn, VersionId: "v1" });
      try {
        const { output } = await sendToIam(call, command);
        if (!output.PolicyVersion?.CreateDate) throw incompleteResponse(call);
        return output.PolicyVersion.CreateDate;
      } catch (error) {
        if (isAwstError(error, "IAM_ABSENT")) return undefined;
        throw error;
      }
    },
    async getPolicyDocument(PolicyArn) {
      const call = repeatable(callOf, "GetPolicyVersion");
      const command = new GetPolicyVersionCommand({ PolicyArn, VersionId: "v1" });
      const { output } = await sendToIam(call, command);
      if (!output.PolicyVersion?.Document) throw incompleteResponse(call);
      return decodeURIComponent(output.PolicyVersion.Document);
    },
    deletePolicy: (PolicyArn) =>
      sendRemoval(repeatable(callOf, "DeletePolicy"), new DeletePolicyCommand({ PolicyArn })),
  };
}

type RoleCalls = Pick<
  AdminIam,
  | "listRoles"
  | "getRole"
  | "getRolePolicy"
  | "listRolePolicies"
  | "putRolePolicy"
  | "deleteRolePolicy"
>;

export function roleCalls(callOf: MakeCall): RoleCalls {
  return {
    async listRoles() {
      const call = repeatable(callOf, "ListRoles");
      const { pages } = await readPages(
        call,
        (from) => new ListRolesCommand({ MaxItems: maxPageItems, ...from }),
      );
      return pages.flatMap(({ Roles }) => Roles ?? []).map((each) => toRole(call, each));
    },
    async getRole(RoleName) {
      const call = repeatable(callOf, "GetRole");
      const { output } = await sendToIam(call, new GetRoleCommand({ RoleName }));
      return toRole(call, output.Role);
    },
    async getRolePolicy(RoleName, PolicyName) {
      const call = repeatable(callOf, "GetRolePolicy");
      const { output } = await sendToIam(call, new GetRolePolicyCommand({ RoleName, PolicyName }));
      if (output.PolicyDocument === undefined) throw incompleteResponse(call);
      return toInline({ PolicyName, PolicyDocument: output.PolicyDocument });
    },
    async listRolePolicies(RoleName) {
      const call = repeatable(callOf, "ListRolePolicies");
      const { pages } = await readPages(
        call,
        (from) => new ListRolePoliciesCommand({ RoleName, ...from }),
      );
      return pages.flatMap(({ PolicyNames }) => PolicyNames ?? []);
    },
    async putRolePolicy(RoleName, { name, document }) {
      const call = repeatable(callOf, "PutRolePolicy");
      const { at } = await sendToIam(
        call,
        new PutRolePolicyCommand({ RoleName, PolicyName: name, PolicyDocument: document }),
      );
      return { at };
    },
    deleteRolePolicy: (RoleName, PolicyName) =>
      sendRemoval(
        repeatable(callOf, "DeleteRolePolicy"),
        new DeleteRolePolicyCommand({ RoleName, PolicyName }),
      ),
  };
}

function toRole(call: Call, role: Role | undefined): IamRole {
  const { RoleName, RoleId, Arn, Path, AssumeRolePolicyDocument, MaxSessionDuration } = role ?? {};
  if (!RoleName || !RoleId || !Arn) throw incompleteResponse(call);
  return {
    name: RoleName,
    id: RoleId,
    arn: Arn,
    path: Path ?? "/",
    trust: decodeURIComponent(AssumeRolePolicyDocument ?? ""),
    maxSessionSeconds: MaxSessionDuration ?? 3600,
  };
}

type AccountCalls = Pick<
  AdminIam,
  "accountDetails" | "accountSummary" | "generateReport" | "readReport"
>;

export function accountCalls(callOf: MakeCall): AccountCalls {
  return {
    async accountDetails() {
      const call = repeatable(callOf, "GetAccountAuthorizationDetails");
      const { pages, at } = await readPages(
        call,
        (from) =>
          new GetAccountAuthorizationDetailsCommand({
            Filter: ["User", "Group", "Role", "LocalManagedPolicy"],
            MaxItems: maxPageItems,
            ...from,
          }),
      );
      const users = pages.flatMap(({ UserDetailList }) => UserDetailList ?? []);
      const groups = pages.flatMap(({ GroupDetailList }) => GroupDetailList ?? []);
      const roles = pages.flatMap(({ RoleDetailList }) => RoleDetailList ?? []);
      const policies = pages.flatMap(({ Policies }) => Policies ?? []);
      return {
        at,
        users: users.map((user) => {
          const { UserName, UserId, Arn, CreateDate } = user;
          if (!UserName || !UserId || !Arn || !CreateDate) throw incompleteResponse(call);
          return {
            name: UserName,
            id: UserId,
            arn: Arn,
            path: user.Path ?? "/",
            createdAt: CreateDate,
            groups: user.GroupList ?? [],
            tags: Object.fromEntries((user.Tags ?? []).map(({ Key, Value }) => [Key, Value ?? ""])),
            boundary: user.PermissionsBoundary?.PermissionsBoundaryArn,
            inlinePolicies: (user.UserPolicyList ?? []).map(toInline),
            attachedPolicies: arnsOf(user.AttachedManagedPolicies),
          };
        }),
        groups: groups.map((group) => ({
          name: group.GroupName ?? "",
          arn: group.Arn ?? "",
          inlinePolicies: (group.GroupPolicyList ?? []).map(toInline),
          attachedPolicies: arnsOf(group.AttachedManagedPolicies),
        })),
        roles: roles.map((role) => ({
          name: role.RoleName ?? "",
          id: role.RoleId ?? "",
          arn: role.Arn ?? "",
          path: role.Path ?? "/",
          trust: decodeURIComponent(role.AssumeRolePolicyDocument ?? ""),
          inlinePolicies: (role.RolePolicyList ?? []).map(toInline),
          attachedPolicies: arnsOf(role.AttachedManagedPolicies),
        })),
        managed: new Map(
          policies.map((policy) => [
            policy.Arn ?? "",
            decodeURIComponent(
              policy.PolicyVersionList?.find(({ IsDefaultVersion }) => IsDefaultVersion)
                ?.Document ?? "",
            ),
          ]),
        ),
        managedSince: new Map(
          policies.flatMap(({ Arn, CreateDate }) => (Arn && CreateDate ? [[Arn, CreateDate]] : [])),
        ),
      };
    },
    async accountSummary() {
      const call = repeatable(callOf, "GetAccountSummary");
      const { SummaryMap } = (await sendToIam(call, new GetAccountSummaryCommand({}))).output;
      if (SummaryMap?.Users === undefined) throw incompleteResponse(call);
      return {
        users: SummaryMap.Users,
        root: {
          // Absent where AWS does not say it: judged as if it were there.
          password: SummaryMap["AccountPasswordPresent" as "Users"] !== 0,
          keys: (SummaryMap.AccountAccessKeysPresent ?? 0) > 0,
          mfa: (SummaryMap.AccountMFAEnabled ?? 0) > 0,
        },
      };
    },
    async generateReport() {
      const call = repeatable(callOf, "GenerateCredentialReport");
      const { at } = await sendToIam(call, new GenerateCredentialReportCommand({}));
      return { at };
    },
    async readReport() {
      const call = repeatable(callOf, "GetCredentialReport");
      try {
        const { output } = await sendToIam(call, new GetCredentialReportCommand({}));
        const { Content, GeneratedTime } = output;
        if (!Content || !GeneratedTime) throw incompleteResponse(call);
        return {
          state: "ready",
          text: Buffer.from(Content).toString("utf8"),
          madeAt: GeneratedTime,
        };
      } catch (error) {
        const state = isAwstError(error) ? reportState(error) : undefined;
        if (state === undefined) throw error;
        return { state };
      }
    },
  };
}

/** No report, an old one and an unfinished one are normal states, and not errors. */
function reportState(error: AwstError): "absent" | "expired" | "in progress" | undefined {
  const code = error.cause instanceof Error ? error.cause.message : "";
  if (code.startsWith("ReportNotPresent")) return "absent";
  if (code.startsWith("ReportExpired")) return "expired";
  return code.startsWith("ReportInProgress") ? "in progress" : undefined;
}

function toInline(policy: Pick<PolicyDetail, "PolicyName" | "PolicyDocument">): InlinePolicy {
  const { PolicyName = "", PolicyDocument = "" } = policy;
  return { name: PolicyName, document: decodeURIComponent(PolicyDocument) };
}

function arnsOf(policies: readonly AttachedPolicy[] | undefined): readonly string[] {
  return (policies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []);
}
