// Organizations: the accounts of an organization, for its management account and delegated administrators. `State`
// took the place of `Status`, which AWS stopped sending in September 2026.

import type { Action, ActionRequest } from "../action.ts";
import type { Organization, OrganizationMember } from "../cloud/organization.ts";
import { authorize } from "../policy/authorize.ts";
import { accessDenied, ServiceError } from "../wire/service-error.ts";

const maxAccounts = 20;

export const listAccounts: Action = {
  input: { MaxResults: { number: true, min: 1, max: 20 }, NextToken: { max: 100_000 } },
  run(request) {
    const organization = requireAdministrator(request, "ListAccounts");
    const { parameters, settings } = request;
    const asked = Number(parameters.get("MaxResults") ?? maxAccounts);
    const size = settings.pageSize > 0 ? Math.min(asked, settings.pageSize) : asked;
    const start = startOf(parameters.get("NextToken"));
    const next = start + size;
    return {
      Accounts: organization.members
        .slice(start, next)
        .map((member) => accountFields(organization, member, request)),
      NextToken:
        next < organization.members.length
          ? Buffer.from(`from:${next}`).toString("base64")
          : undefined,
    };
  },
};

export const describeOrganization: Action = {
  input: {},
  run(request) {
    const { id, managementAccountId } = requireOrganization(request, "DescribeOrganization");
    const partition = request.caller.account.partition;
    const root = `arn:${partition}:organizations::${managementAccountId}`;
    return {
      Organization: {
        Id: id,
        Arn: `${root}:organization/${id}`,
        FeatureSet: "ALL",
        MasterAccountArn: `${root}:account/${id}/${managementAccountId}`,
        MasterAccountId: managementAccountId,
      },
    };
  },
};

export const listRoots: Action = {
  input: { NextToken: { max: 100_000 } },
  run(request) {
    const { rootId = "r-root" } = requireAdministrator(request, "ListRoots");
    return { Roots: [{ Id: rootId, Name: "Root" }] };
  },
};

const parentShape = {
  ParentId: { required: true, pattern: /r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}/ },
};

export const listOrganizationalUnitsForParent: Action = {
  input: { ...parentShape, NextToken: { max: 100_000 } },
  run(request) {
    const organization = requireAdministrator(request, "ListOrganizationalUnitsForParent");
    const parentId = requireParent(organization, request);
    const all = (organization.units ?? []).filter((unit) => unit.parentId === parentId);
    const { items, next } = tokenPage(all, request);
    return {
      OrganizationalUnits: items.map(({ id, name }) => ({ Id: id, Name: name })),
      NextToken: next,
    };
  },
};

export const listAccountsForParent: Action = {
  input: { ...parentShape, NextToken: { max: 100_000 } },
  run(request) {
    const organization = requireAdministrator(request, "ListAccountsForParent");
    const parentId = requireParent(organization, request);
    const { rootId } = organization;
    const all = organization.members.filter((member) => (member.parentId ?? rootId) === parentId);
    const { items, next } = tokenPage(all, request);
    return {
      Accounts: items.map((member) => accountFields(organization, member, request)),
      NextToken: next,
    };
  },
};

export const listDelegatedAdministrators: Action = {
  input: {
    ServicePrincipal: { min: 1, max: 128, pattern: /[\w+=,.@-]*/ },
    MaxResults: { number: true, min: 1, max: 20 },
    NextToken: { max: 100_000 },
  },
  run(request) {
    const organization = requireAdministrator(request, "ListDelegatedAdministrators");
    const service = request.parameters.get("ServicePrincipal");
    const { delegatedAdministrators, stackSetsAdministrators = [] } = organization;
    const ids =
      service === "member.org.stacksets.cloudformation.amazonaws.com"
        ? new Set(stackSetsAdministrators)
        : new Set(
            service === undefined ? [...delegatedAdministrators, ...stackSetsAdministrators] : [],
          );
    const all = organization.members.filter(({ accountId }) => ids.has(accountId));
    const { items, next } = tokenPage(all, request);
    return {
      DelegatedAdministrators: items.map((member) => ({
        ...accountFields(organization, member, request),
        DelegationEnabledDate: member.joinedAt,
      })),
      NextToken: next,
    };
  },
};

/** The management account, and delegated administrators of any service. */
function requireAdministrator(request: ActionRequest, action: string): Organization {
  const organization = requireOrganization(request, action);
  const { managementAccountId, delegatedAdministrators, stackSetsAdministrators } = organization;
  const { id } = request.caller.account;
  const isAllowed =
    managementAccountId === id ||
    delegatedAdministrators.has(id) ||
    stackSetsAdministrators?.has(id) === true;
  if (!isAllowed) throw accessDenied("You don't have permissions to access this resource.");
  return organization;
}

function requireParent(
  { rootId, units = [] }: Organization,
  { parameters }: ActionRequest,
): string {
  const parentId = parameters.get("ParentId") ?? "";
  if (parentId === rootId || units.some(({ id }) => id === parentId)) return parentId;
  throw new ServiceError(
    400,
    "ParentNotFoundException",
    "You specified a parent that doesn't exist.",
  );
}

function tokenPage<T>(all: readonly T[], { parameters, settings }: ActionRequest) {
  const size = settings.pageSize > 0 ? settings.pageSize : maxAccounts;
  const start = startOf(parameters.get("NextToken"));
  const end = start + size;
  const next = end < all.length ? Buffer.from(`from:${end}`).toString("base64") : undefined;
  return { items: all.slice(start, end), next };
}

function requireOrganization(request: ActionRequest, action: string): Organization {
  const { caller, now, region, cloud } = request;
  authorize(caller, `organizations:${action}`, "*", { now, region });
  const { organization } = cloud;
  if (!organization?.members.some(({ accountId }) => accountId === caller.account.id)) {
    throw new ServiceError(
      400,
      "AWSOrganizationsNotInUseException",
      "Your account is not a member of an organization.",
    );
  }
  return organization;
}

function accountFields(
  { id, managementAccountId }: Organization,
  { accountId, name, email, joinedAt, state }: OrganizationMember,
  { caller }: ActionRequest,
) {
  return {
    Id: accountId,
    Arn: `arn:${caller.account.partition}:organizations::${managementAccountId}:account/${id}/${accountId}`,
    Email: email,
    Name: name,
    State: state,
    JoinedMethod: "CREATED",
    JoinedTimestamp: joinedAt,
  };
}

function startOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const match = /^from:(\d{1,9})$/.exec(Buffer.from(token, "base64").toString("latin1"));
  if (!match) {
    throw new ServiceError(400, "InvalidInputException", "You provided an invalid next token.");
  }
  return Number(match[1]);
}
