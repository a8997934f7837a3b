// The entities of an account, as plain data. Names follow AWS's documentation; times are by the sandbox's clock.

import type { PolicyDocument } from "../policy/document.ts";

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

export interface User {
  readonly name: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: Date;
  /** Users of fixtures are visible at once. */
  readonly isSeeded: boolean;
  tags: Tag[];
  /** Inline policies. */
  policies: NamedPolicy[];
  /** ARNs of the attached managed policies. */
  attached: string[];
  /** ARN of the permissions boundary. */
  boundary: string | undefined;
  groups: string[];
  /** undefined: no login profile. */
  password: Password | undefined;
  /** Stays when the password is deleted. */
  passwordLastUsed: Date | undefined;
  sshKeys: SshKey[];
  certificates: SigningCertificate[];
  serviceCredentials: ServiceCredential[];
}

export interface Password {
  /** Of the login profile. */
  readonly createdAt: Date;
  readonly changedAt: Date;
  /** The newest first. */
  readonly passwords: readonly string[];
  readonly resetRequired: boolean;
}

export interface SshKey {
  readonly id: string;
  readonly body: string;
  readonly uploadedAt: Date;
  status: "Active" | "Inactive";
}

export interface SigningCertificate {
  readonly id: string;
  readonly body: string;
  readonly uploadedAt: Date;
  status: "Active" | "Inactive";
}

export interface ServiceCredential {
  readonly id: string;
  /** `codecommit.amazonaws.com` */
  readonly service: string;
  readonly serviceUserName: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
  status: "Active" | "Inactive";
}

export interface Group {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: Date;
  /** Inline policies. */
  policies: NamedPolicy[];
  /** ARNs of the attached managed policies. */
  attached: string[];
}

export interface Role {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: Date;
  trust: PolicyDocument;
  /** Inline policies. */
  policies: NamedPolicy[];
  /** ARNs of the attached managed policies. */
  attached: string[];
  maxSessionSeconds: number;
}

export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  readonly accountId: string;
  /** undefined: the account's root user. */
  readonly userName: string | undefined;
  readonly createdAt: Date;
  /** Seeded keys are visible at once. */
  readonly isSeeded: boolean;
  status: "Active" | "Inactive";
  deactivatedAt: Date | undefined;
  /** When it was last activated or deactivated. */
  statusChangedAt: Date | undefined;
  deletedAt: Date | undefined;
  lastUsed: { at: Date; service: string; region: string } | undefined;
  /** Requests seen while the key flaps, by service and host. */
  readonly flaps: Map<string, number>;
}

export interface MfaDevice {
  readonly serial: string;
  readonly kind: "virtual" | "hardware" | "u2f" | "sms";
  readonly path: string;
  readonly name: string;
  /** base32; empty for a device that generates no codes. */
  readonly seed: string;
  readonly createdAt: Date;
  tags: Tag[];
  userName: string | undefined;
  enabledAt: Date | undefined;
  /** How many steps the device is ahead, as far as AWS knows. */
  offsetSteps: number;
  /** How many steps the device is really ahead. */
  driftSteps: number;
  /** The step of the last accepted code. Codes of this step and earlier ones are refused. */
  lastStep: number;
}

export interface Session {
  readonly kind: "user" | "role" | "federated";
  readonly accessKeyId: string;
  readonly secret: string;
  readonly token: string;
  readonly tokenVersion: number;
  readonly accountId: string;
  readonly issuedAt: Date;
  expiresAt: Date;
  /** The long-term key at the beginning of the chain. */
  readonly madeWithKeyId: string;
  /** Of a user's session: whose, and when a code was given. */
  readonly userName?: string | undefined;
  readonly mfaAt?: Date | undefined;
  readonly isRoot?: boolean | undefined;
  /** Of a role's or federated session. */
  readonly roleName?: string | undefined;
  readonly sessionName?: string | undefined;
  /** Made with temporary credentials: no SessionDuration at sign-in, one hour at most. */
  readonly isChained?: boolean | undefined;
  readonly sourceIdentity?: string | undefined;
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
  /** What the session is cut down to; undefined: nothing. */
  readonly policies: readonly PolicyDocument[] | undefined;
  isRevoked: boolean;
}
