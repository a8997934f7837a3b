// An organization of accounts, as plain data.

export interface Organization {
  /** `o-exampleorgid` */
  readonly id: string;
  readonly managementAccountId: string;
  /** Accounts that may list the others as the management account may. */
  readonly delegatedAdministrators: Set<string>;
  readonly members: OrganizationMember[];
}

export interface OrganizationMember {
  readonly accountId: string;
  readonly name: string;
  readonly email: string;
  readonly joinedAt: Date;
  state: "PENDING_ACTIVATION" | "ACTIVE" | "SUSPENDED" | "PENDING_CLOSURE" | "CLOSED";
}
