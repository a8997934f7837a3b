// What IAM reports about a whole account: the credential report, the authorization details, the account summary. The
// report is a picture of the moment when it was made, and a new one is made every four hours at most.

import type { Action, ActionRequest } from "../action.ts";
import type { Account } from "../cloud/account.ts";
import type { Group, NamedPolicy, Role, User } from "../cloud/entities.ts";
import { pageOf, pageShape } from "../wire/page.ts";
import { ServiceError } from "../wire/service-error.ts";
import { textList } from "../wire/shapes.ts";
import { groupFields } from "./groups.ts";
import { policyDate } from "./managed-policies.ts";
import { permit } from "./own-user.ts";
import { attachedFields, roleFields, wireDocument } from "./policies.ts";
import { tagFields } from "./tags.ts";
import { boundaryFields, userFields } from "./users.ts";

interface Report {
  readonly madeAt: Date;
  readonly text: string;
  /** How many polls find it unfinished. */
  pollsLeft: number;
}

const reports = new WeakMap<Account, Report>();

export const generateCredentialReport: Action = {
  input: {},
  run(request) {
    permit(request, "GenerateCredentialReport", "*");
    const { caller, now, settings } = request;
    const old = reports.get(caller.account);
    if (old && old.pollsLeft > 0) return { State: "INPROGRESS" };
    if (old && !isExpired(old, request)) return { State: "COMPLETE" };
    const text = reportOf(caller.account, now);
    reports.set(caller.account, { madeAt: now, text, pollsLeft: settings.credentialReportPolls });
    const Description = "No report exists. Starting a new report generation task";
    return { State: "STARTED", Description };
  },
};

export const getCredentialReport: Action = {
  input: {},
  run(request) {
    permit(request, "GetCredentialReport", "*");
    const report = reports.get(request.caller.account);
    if (!report) {
      throw new ServiceError(410, "ReportNotPresent", "Report Not Present");
    }
    if (report.pollsLeft > 0) {
      report.pollsLeft -= 1;
      throw new ServiceError(404, "ReportInProgress", "Report Generation In Progress");
    }
    if (isExpired(report, request)) {
      throw new ServiceError(410, "ReportExpired", "Report Expired");
    }
    return {
      Content: Buffer.from(report.text).toString("base64"),
      ReportFormat: "text/csv",
      GeneratedTime: report.madeAt,
    };
  },
};

function isExpired({ madeAt }: Report, { now, settings }: ActionRequest): boolean {
  return now.getTime() - madeAt.getTime() >= settings.credentialReportSeconds * 1000;
}

const columns =
  "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

function reportOf(account: Account, now: Date): string {
  const root = [
    "<root_account>",
    account.arn("root"),
    reportTime(now),
    "not_supported",
    "no_information",
    "not_supported",
    "not_supported",
    "false",
    ...keyColumns(account, undefined),
    ...["false", "N/A", "false", "N/A"],
  ];
  const rows = [...account.users.values()].map((user) => [
    user.name,
    user.arn,
    reportTime(user.createdAt),
    String(user.password !== undefined),
    user.password ? reportTime(user.passwordLastUsed, "no_information") : "N/A",
    user.password ? reportTime(user.password.changedAt) : "N/A",
    user.password ? reportTime(nextRotation(account, user)) : "N/A",
    String(account.devicesOf(user.name).length > 0),
    ...keyColumns(account, user.name),
    ...[0, 1].flatMap((at) => {
      const each = user.certificates[at];
      return [String(each?.status === "Active"), reportTime(each?.uploadedAt)];
    }),
  ]);
  return [columns, ...[root, ...rows].map((row) => row.join(","))].join("\n");
}

function keyColumns(account: Account, userName: string | undefined): string[] {
  const keys = account.keysOf(userName);
  return [0, 1].flatMap((at) => {
    const key = keys[at];
    const used = key?.lastUsed;
    return [
      String(key?.status === "Active"),
      // "Created or last changed": activating an old key makes it young.
      reportTime(key && (key.statusChangedAt ?? key.createdAt)),
      reportTime(used?.at),
      used?.region ?? "N/A",
      used?.service ?? "N/A",
    ];
  });
}

function nextRotation({ passwordPolicy }: Account, { password }: User): Date | undefined {
  const days = passwordPolicy?.maxAgeDays;
  if (days === undefined || password === undefined) return undefined;
  return new Date(password.changedAt.getTime() + days * 86_400_000);
}

function reportTime(at: Date | undefined, otherwise = "N/A"): string {
  return at === undefined ? otherwise : `${at.toISOString().slice(0, 19)}+00:00`;
}

export const getAccountAuthorizationDetails: Action = {
  input: {
    Filter: { list: { oneOf: ["User", "Role", "Group", "LocalManagedPolicy"] } },
    ...pageShape,
  },
  run(request) {
    permit(request, "GetAccountAuthorizationDetails", "*");
    const { caller, parameters, settings } = request;
    const { account } = caller;
    const filter = textList(parameters, "Filter");
    const wanted = (kind: string): boolean => filter.length === 0 || filter.includes(kind);
    const all = [
      ...(wanted("User") ? [...account.users.values()] : []).map((user) => ({ user })),
      ...(wanted("Group") ? [...account.groups.values()] : []).map((group) => ({ group })),
      ...(wanted("Role") ? [...account.roles.values()] : []).map((role) => ({ role })),
      ...(wanted("LocalManagedPolicy") ? [...account.managed] : []).map(([name, document]) => ({
        policy: { name, document },
      })),
    ];
    const { items, end } = pageOf<Partial<Listed>>(all, parameters, settings.pageSize);
    return {
      UserDetailList: items.flatMap(({ user }) => (user ? [userDetail(user)] : [])),
      GroupDetailList: items.flatMap(({ group }) => (group ? [groupDetail(group)] : [])),
      RoleDetailList: items.flatMap(({ role }) => (role ? [roleDetail(role)] : [])),
      Policies: items.flatMap(({ policy }) => (policy ? [policyDetail(policy, account)] : [])),
      ...end,
    };
  },
};

interface Listed {
  readonly user: User;
  readonly group: Group;
  readonly role: Role;
  readonly policy: NamedPolicy;
}

function policyDetail({ name, document }: NamedPolicy, account: Account) {
  const date = { CreateDate: policyDate(account, name) };
  const version = {
    ...{ VersionId: "v1", IsDefaultVersion: true, Document: wireDocument(document) },
    ...date,
  };
  return {
    ...date,
    PolicyName: name,
    Arn: account.arn(`policy/${name}`),
    DefaultVersionId: "v1",
    PolicyVersionList: [version],
  };
}

function userDetail(user: User) {
  const { PasswordLastUsed, ...fields } = userFields(user);
  return {
    ...fields,
    UserPolicyList: user.policies.map(inlineFields),
    GroupList: user.groups,
    AttachedManagedPolicies: user.attached.map(attachedFields),
    PermissionsBoundary: boundaryFields(user),
    Tags: tagFields(user.tags),
  };
}

function groupDetail(group: Group) {
  return {
    ...groupFields(group),
    GroupPolicyList: group.policies.map(inlineFields),
    AttachedManagedPolicies: group.attached.map(attachedFields),
  };
}

function roleDetail(role: Role) {
  const { MaxSessionDuration, ...fields } = roleFields(role);
  return {
    ...fields,
    RolePolicyList: role.policies.map(inlineFields),
    AttachedManagedPolicies: role.attached.map(attachedFields),
  };
}

function inlineFields({ name, document }: NamedPolicy) {
  return { PolicyName: name, PolicyDocument: wireDocument(document) };
}

export const getAccountSummary: Action = {
  input: {},
  run(request) {
    permit(request, "GetAccountSummary", "*");
    const { account } = request.caller;
    const counts = new Map(
      Object.entries({
        Users: account.users.size,
        Groups: account.groups.size,
        AccountMFAEnabled: 0,
        AccountAccessKeysPresent: account.keysOf(undefined).length > 0 ? 1 : 0,
        AccountPasswordPresent: 1,
      }),
    );
    return { SummaryMap: counts };
  },
};
