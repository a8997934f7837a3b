// What IAM says about an account: its users, groups and roles, with their policies and tags, and what belongs to
// one user. Plain data, as AWS reports it; times are AWS's.

export interface IamUser {
  readonly name: string;
  /** `AIDA…`: a new user of the same name has another id. */
  readonly id: string;
  readonly arn: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  readonly createdAt: Date;
  /** Stays after the password is deleted. undefined: never, before AWS recorded it, or not allowed to see. */
  readonly passwordLastUsed: Date | undefined;
}

export interface UserDetail extends IamUser {
  readonly tags: Readonly<Record<string, string>>;
  /** ARN of the permissions boundary. */
  readonly boundary: string | undefined;
}

export type OnOff = "Active" | "Inactive";

export interface UserKey {
  readonly id: string;
  readonly status: OnOff | "Expired";
  readonly createdAt: Date;
}

export interface SshPublicKey {
  readonly id: string;
  readonly status: OnOff;
  readonly uploadedAt: Date;
}

export interface Certificate {
  readonly id: string;
  readonly status: OnOff;
  readonly body: string;
}

/** CodeCommit, Keyspaces, Bedrock, CloudWatch Logs and what comes after them. */
export interface ServiceCredential {
  readonly id: string;
  readonly userName: string;
  /** `codecommit.amazonaws.com` */
  readonly service: string;
  readonly status: OnOff | "Expired";
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
}

export interface InlinePolicy {
  readonly name: string;
  /** JSON text. */
  readonly document: string;
}

/** Everything that belongs to one user. */
export interface UserInventory {
  readonly user: UserDetail;
  readonly loginProfile: { readonly createdAt: Date } | undefined;
  readonly keys: readonly UserKey[];
  readonly devices: readonly { readonly serial: string; readonly enabledAt: Date }[];
  /** Serials of virtual devices named like the user, which no user has: enrolments that were given up. */
  readonly unassignedDevices: readonly string[];
  readonly sshKeys: readonly SshPublicKey[];
  readonly certificates: readonly Certificate[];
  readonly serviceCredentials: readonly ServiceCredential[];
  readonly groups: readonly string[];
  readonly inlinePolicies: readonly InlinePolicy[];
  /** ARNs. */
  readonly attachedPolicies: readonly string[];
}

/** A user, group or role with its policies. */
export interface PolicyOwner {
  readonly name: string;
  readonly arn: string;
  readonly inlinePolicies: readonly InlinePolicy[];
  /** ARNs. */
  readonly attachedPolicies: readonly string[];
}

export interface AccountUser extends PolicyOwner {
  readonly id: string;
  readonly path: string;
  readonly createdAt: Date;
  readonly groups: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly boundary: string | undefined;
}

export interface AccountRole extends PolicyOwner {
  readonly id: string;
  readonly path: string;
  /** JSON text of the trust policy. */
  readonly trust: string;
}

/** GetAccountAuthorizationDetails. */
export interface AccountDetails {
  readonly users: readonly AccountUser[];
  readonly groups: readonly PolicyOwner[];
  readonly roles: readonly AccountRole[];
  /** JSON texts of the account's own managed policies, by ARN. */
  readonly managed: ReadonlyMap<string, string>;
  /** When AWS made each of them, by ARN. */
  readonly managedSince: ReadonlyMap<string, Date>;
}

/** GetAccountSummary. */
export interface AccountSummary {
  readonly users: number;
  readonly root: { readonly password: boolean; readonly keys: boolean; readonly mfa: boolean };
}

/** undefined where the account has no policy: then AWS's default holds. */
export interface PasswordRules {
  readonly minimumLength: number;
  readonly symbols: boolean;
  readonly numbers: boolean;
  readonly uppercase: boolean;
  readonly lowercase: boolean;
}

/** The account of an IAM ARN. */
export function accountOfArn(arn: string): string {
  return arn.split(":")[4] ?? "";
}

/** User and group names differ not by case. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
