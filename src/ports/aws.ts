// STS as the flows see it. Errors of every call: the AWS_* codes and CLOCK_SKEWED.

import type { Secret } from "../model/secret.ts";
import type { SessionKeys } from "../model/session/session.ts";

/** Every result has AWS's time. Errors: the AWS_* codes and CLOCK_SKEWED of `model/errors.ts`. */
export interface StsResponse {
  readonly at: Date;
}

export interface Aws {
  /** Sends one request and never repeats it, except after a refused signature time. */
  getSessionToken(input: {
    readonly device: string;
    readonly code: Secret;
    readonly durationSeconds: number;
  }): Promise<StsResponse & { readonly keys: SessionKeys }>;
  assumeRole(
    input: AssumeRoleInput,
  ): Promise<StsResponse & { readonly keys: SessionKeys; readonly assumedRoleArn: string }>;
  getCallerIdentity(): Promise<StsResponse & { readonly arn: string; readonly accountId: string }>;
  /** The signer's own devices: ListMFADevices without a UserName, all pages. */
  listMfaDevices(): Promise<
    StsResponse & { readonly userName: string | undefined; readonly serials: readonly string[] }
  >;
}

export interface AssumeRoleInput {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly externalId: string | undefined;
  readonly policyArns: readonly string[];
  readonly policy: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly sourceIdentity: string | undefined;
  readonly mfa: { readonly device: string; readonly code: Secret } | undefined;
}
