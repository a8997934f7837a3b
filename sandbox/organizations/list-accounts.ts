// Organizations: the accounts of an organization, for its management account and delegated administrators. `State`
// took the place of `Status`, which AWS stopped sending in September 2026.

import type { Action, ActionRequest } from "../action.ts";
import type { Organization, OrganizationMember } from "../cloud/organization.ts";
import { authorize } from "../policy/authorize.ts";
import { accessDenied, ServiceError } from "../wire/service-error.ts";

const mostAccounts = 20;

export const listAccounts: Action = {
  input: { MaxResults: { number: true, min: 1, max: 20 }, NextToken: { max: 100_000 } },
  run(request) {
    const organization = requireOrganization(request, "ListAccounts");
    const { caller, parameters, settings } = request;
    const isAllowed =
      organization.managementAccountId === caller.account.id ||
      organization.delegatedAdministrators.has(caller.account.id);
    if (!isAllowed) throw accessDenied("You don't have permissions to access this resource.");
    const asked = Number(parameters.get("MaxResults") ?? mostAccounts);
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
