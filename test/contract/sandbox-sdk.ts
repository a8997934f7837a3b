// AWS's SDK for JavaScript pointed at a sandbox, one request per call, and its errors as plain facts.

import { IAMClient } from "@aws-sdk/client-iam";
import { STSClient } from "@aws-sdk/client-sts";
import type { Sandbox } from "../../sandbox/sandbox.ts";

export interface SdkKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

interface WireKeys {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
}

/** A fixture's user, or credentials from STS. */
export function keysOf(from: SdkKeys | WireKeys | undefined): SdkKeys {
  if (from && "accessKeyId" in from) {
    return { accessKeyId: from.accessKeyId, secretAccessKey: from.secretAccessKey };
  }
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = from ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

export function stsOf(sandbox: Sandbox, credentials: SdkKeys, region = "eu-west-1"): STSClient {
  return new STSClient({ endpoint: sandbox.url, region, credentials, maxAttempts: 1 });
}

export function iamOf(sandbox: Sandbox, credentials: SdkKeys, region = "eu-west-1"): IAMClient {
  return new IAMClient({ endpoint: sandbox.url, region, credentials, maxAttempts: 1 });
}

export function roleArn(name: string, account = "111111111111", partition = "aws"): string {
  return `arn:${partition}:iam::${account}:role/${name}`;
}

export interface Refusal {
  readonly code: string;
  readonly status: number | undefined;
  readonly message: string;
}

/** Of a call that has to fail. `code` is the one on the wire. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    const failure = error as Error & { Code?: string; $metadata?: { httpStatusCode?: number } };
    return {
      code: failure.Code ?? failure.name,
      status: failure.$metadata?.httpStatusCode,
      message: failure.message,
    };
  }
  throw new Error("the call succeeded");
}
