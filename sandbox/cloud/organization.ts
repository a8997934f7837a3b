// An organization of accounts, as plain data.

export interface Organization {
  /** `o-exampleorgid` */
  readonly id: string;
  readonly managementAccountId: string;
  /** Accounts that may list the others as the management account may. */
  readonly delegatedAdministrators: Set<string>;
  /** Accounts that may deploy StackSets to the others: delegated administrators of CloudFormation. */
  readonly stackSetsAdministrators?: Set<string>;
  readonly members: OrganizationMember[];
  /** Whether CloudFormation may deploy to the accounts (trusted access). */
  hasStackSetsAccess?: boolean;
  /** `r-abcd` */
  readonly rootId?: string;
  readonly units?: readonly OrganizationalUnit[];
}

export interface OrganizationalUnit {
  /** `ou-abcd-12345678` */
  readonly id: string;
  readonly name: string;
  /** Of the root or another unit. */
  readonly parentId: string;
}

export interface OrganizationMember {
  readonly accountId: string;
  readonly name: string;
  readonly email: string;
  readonly joinedAt: Date;
  /** The root or a unit; undefined: the root. */
  readonly parentId?: string;
  state: "PENDING_ACTIVATION" | "ACTIVE" | "SUSPENDED" | "PENDING_CLOSURE" | "CLOSED";
}

/** Accounts of the root or a unit, and of the units below; undefined: there is none of this id. */
export function accountsUnder(
  organization: Organization,
  parentId: string,
): readonly OrganizationMember[] | undefined {
  const { rootId, units = [], members } = organization;
  if (parentId !== rootId && !units.some(({ id }) => id === parentId)) return undefined;
  const own = members.filter((member) => (member.parentId ?? rootId) === parentId);
  const below = units
    .filter((unit) => unit.parentId === parentId)
    .flatMap(({ id }) => accountsUnder(organization, id) ?? []);
  return [...own, ...below];
}
