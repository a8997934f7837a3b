// STS as the flows see it. Errors of every call: the AWS_* codes and CLOCK_SKEWED.

import type { Secret } from "../model/secret.ts";
import type { SessionKeys } from "../model/session/session.ts";

/** Every result has AWS's time. Errors: the AWS_* codes and CLOCK_SKEWED of `model/errors.ts`. */
export interface Answered {
  readonly at: Date;
}

export interface Aws {
  /** Sends one request and never repeats it, except after a refused signature time. */
  getSessionToken(ask: {
    readonly device: string;
    readonly code: Secret;
    readonly durationSeconds: number;
  }): Promise<Answered & { readonly keys: SessionKeys }>;
  assumeRole(
    ask: AssumeRoleAsk,
  ): Promise<Answered & { readonly keys: SessionKeys; readonly assumedRoleArn: string }>;
  getCallerIdentity(): Promise<Answered & { readonly arn: string; readonly accountId: string }>;
  /** The signer's own devices: ListMFADevices without a UserName, all pages. */
  listMfaDevices(): Promise<
    Answered & { readonly userName: string | undefined; readonly serials: readonly string[] }
  >;
}

export interface AssumeRoleAsk {
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
