// Reads one role from the account that it is in, for grants: its trust policy, how long its sessions last, and the
// policies that awst put on it.

import { AwstError, isAwstError } from "../../model/errors.ts";
import { nearestName } from "../../model/text/nearest-name.ts";
import { accountOfArn, type InlinePolicy } from "../model/account-facts.ts";
import type { RoleFacts } from "../model/grant-plan.ts";
import { roleOfArn } from "../model/grants.ts";
import type { AdminContext, AdminIam, IamRole } from "../ports.ts";

/** IAM of accounts by their 12 digits; undefined where awst has no session of an administrator. */
export type RoleAccounts = ReadonlyMap<string, AdminIam>;

/** The administrator's own account, and one more (--role-as). */
export function roleAccounts(
  { accountId, iam }: Pick<AdminContext, "accountId" | "iam">,
  other?: { readonly accountId: string; readonly iam: AdminIam },
): RoleAccounts {
  return new Map([
    ...(other === undefined ? [] : [[other.accountId, other.iam] as const]),
    [accountId, iam],
  ]);
}

/** Returns the role, or why it can't be read. Errors: IAM_ABSENT, AWS_*. */
export async function readRole(
  accounts: RoleAccounts,
  roleArn: string,
): Promise<RoleFacts | string> {
  const accountId = accountOfArn(roleArn);
  const iam = accounts.get(accountId);
  if (iam === undefined) return `account ${accountId} needs --role-as ACCOUNT/ROLE`;
  const name = roleArn.split("/").at(-1) ?? "";
  try {
    const role = await iam.getRole(name);
    if (role.arn === roleArn)
      return { ...role, ownPolicies: await readOwnPolicies(iam, role.name) };
  } catch (error) {
    if (isAwstError(error, "AWS_DENIED")) return error.message;
    if (!isAwstError(error, "IAM_ABSENT")) throw error;
  }
  throw unknownRole(roleArn, await iam.listRoles().catch(noRoles));
}

/** A hint is worth no error: an administrator may be allowed to read one role and no list. */
function noRoles(error: unknown): readonly IamRole[] {
  if (!isAwstError(error, "AWS_DENIED")) throw error;
  return [];
}

async function readOwnPolicies(iam: AdminIam, role: string): Promise<readonly InlinePolicy[]> {
  const names = (await iam.listRolePolicies(role)).filter((each) => each.startsWith("awst-"));
  return Promise.all(names.map((each) => iam.getRolePolicy(role, each)));
}

/** The path is part of a role's name. */
function unknownRole(roleArn: string, roles: readonly IamRole[]): AwstError {
  const wanted = roleOfArn(roleArn);
  const known = roles.map(({ arn }) => roleOfArn(arn));
  const isNamed = (each: string) => each.split("/").at(-1) === wanted.split("/").at(-1);
  const nearest = known.find(isNamed) ?? nearestName(wanted, known);
  const message = `there is no role ${JSON.stringify(wanted)} in account ${accountOfArn(roleArn)}`;
  return new AwstError("IAM_ABSENT", message, {
    hint: nearest === undefined ? undefined : `did you mean ${nearest}?`,
  });
}
