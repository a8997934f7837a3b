// Who can administer an account: users who may change other users' policies themselves, or may assume a role that
// may. Only policies count: a tag, which many may set, makes no administrator and ends none.

import type { AccountDetails, AccountRole, AccountUser, PolicyOwner } from "./account-facts.ts";
import { isDeniedAll, withoutDeny } from "./offboarding.ts";
import { managedDocument, mayDo, trustOf } from "./policy-rules.ts";

/** Returns the users who can administer IAM. A user to whom everything is denied can't. */
export function administratorsOf(details: AccountDetails): readonly AccountUser[] {
  const roles = details.roles.filter((role) => administers(documentsOf(role, details)));
  return details.users.filter(
    (user) => !isDeniedAll(user) && isAdministrator(user, roles, details),
  );
}

/** Whether the user can administer IAM, or could before being cut off. */
export function wasAdministrator(user: AccountUser, details: AccountDetails): boolean {
  const roles = details.roles.filter((role) => administers(documentsOf(role, details)));
  return isAdministrator(withoutDeny(user), roles, details);
}

/** `roles`: those that can administer IAM. */
function isAdministrator(
  user: AccountUser,
  roles: readonly AccountRole[],
  details: AccountDetails,
): boolean {
  const documents = userDocuments(user, details);
  return administers(documents) || roles.some((role) => mayAssume(user, role, documents));
}

/** Returns the roles of the account that the user may assume. */
export function assumableRoles(user: AccountUser, details: AccountDetails): readonly AccountRole[] {
  const documents = userDocuments(user, details);
  return details.roles.filter((role) => mayAssume(user, role, documents));
}

function mayAssume(user: AccountUser, role: AccountRole, documents: readonly string[]): boolean {
  const { by } = trustOf(role.trust, user.arn);
  if (by === "name") return true;
  return by === "account" && mayDo(documents, "sts:AssumeRole", role.arn);
}

/** Roles of other accounts that the user's policies name: their trust is not readable here. */
export function foreignRolesOf(user: AccountUser, details: AccountDetails): readonly string[] {
  const own = `::${user.arn.split(":")[4]}:`;
  const named = userDocuments(user, details)
    .join(" ")
    .matchAll(/arn:[\w-]+:iam::(?:\d{12}|\*):role\/[\w+=,.@/*-]+/g);
  const arns = [...new Set([...named].map(([arn]) => arn))].sort();
  return arns.filter(
    (arn) => !arn.includes(own) && mayDo(userDocuments(user, details), "sts:AssumeRole", arn),
  );
}

function administers(documents: readonly string[]): boolean {
  const example = "arn:aws:iam::000000000000:user/example";
  return ["iam:PutUserPolicy", "iam:AttachUserPolicy"].some(
    (action) => mayDo(documents, action, example) || mayDo(documents, action, "*"),
  );
}

/** The policies of the user and of the user's groups. */
function userDocuments(user: AccountUser, details: AccountDetails): readonly string[] {
  const groups = details.groups.filter(({ name }) => user.groups.includes(name));
  return [user, ...groups].flatMap((owner) => documentsOf(owner, details));
}

function documentsOf(owner: PolicyOwner, { managed }: AccountDetails): readonly string[] {
  return [
    ...owner.inlinePolicies.map(({ document }) => document),
    ...owner.attachedPolicies.map((arn) => managedDocument(arn, managed)),
  ];
}
