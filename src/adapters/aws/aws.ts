// The STS actions that awst calls. A call that carries an MFA code is sent once and never retried. Keys go from
// AWS's response into `Secret`s and nowhere else.

import {
  AssumeRoleCommand,
  type Credentials,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import {
  assumedRoleProblem,
  callerProblem,
  expiryProblem,
  keysProblem,
} from "../../model/aws/response-checks.ts";
import type { Env } from "../../model/environment.ts";
import { Secret } from "../../model/secret.ts";
import type { Keys, SessionKeys } from "../../model/session/session.ts";
import type { AssumeRoleInput, Aws } from "../../ports/aws.ts";
import {
  type AwsTime,
  type Call,
  type CallLimits,
  callAws,
  defaultLimits,
  incompleteResponse,
  mismatchedResponse,
} from "./aws-call.ts";
import type { Asked } from "./aws-errors.ts";
import type { listMfaDevices } from "./aws-iam-call.ts";
import { type AwsService, findRoute } from "./aws-route.ts";
import type { ShowProgress } from "./progress.ts";

export interface AwsOptions {
  readonly env: Env;
  readonly time?: AwsTime | undefined;
  debug(line: string): void;
  /** Prints a message unless this process has printed the same one. */
  readonly sayOnce?: ((line: string) => void) | undefined;
  /** Loads the IAM client, which is needed for ListMFADevices alone. */
  iam(): Promise<{ readonly listMfaDevices: typeof listMfaDevices }>;
  readonly limits?: Partial<CallLimits> | undefined;
  readonly progress?: ShowProgress | undefined;
}

/** Sends nothing yet. `credentials` sign the calls. Errors in environment variables are thrown by the calls. */
export function openAws(credentials: Keys, region: string, options: AwsOptions): Aws {
  const limits = { ...defaultLimits, ...options.limits };
  const callOf = (service: AwsService, about: About): Call => ({
    asked: {
      keyId: credentials.accessKeyId,
      region,
      ...about,
      secrets: secretsOf(credentials, about.code),
    },
    credentials,
    route: findRoute(service, region, options.env),
    isRepeatable: about.code === undefined,
    skewMs: options.time?.clock().skewMs ?? 0,
    recordTime: options.time?.recordTime,
    limits,
    debug: options.debug,
    sayOnce: options.sayOnce,
    progress: options.progress,
  });
  return {
    async getSessionToken({ device, code, durationSeconds }) {
      const call = callOf("STS", { action: "GetSessionToken", device, code, durationSeconds });
      const command = new GetSessionTokenCommand({
        SerialNumber: device,
        TokenCode: code.reveal(),
        DurationSeconds: durationSeconds,
      });
      const { output, at } = await callAws(call, STSClient, command);
      return { at, keys: keysOf(call, output.Credentials, { at, durationSeconds }) };
    },
    async assumeRole(input) {
      const { roleArn, durationSeconds, mfa } = input;
      const about = { action: "AssumeRole", roleArn, durationSeconds, ...mfa };
      const call = callOf("STS", about);
      const command = assumeRoleCommand(input);
      const { output, at } = await callAws(call, STSClient, command);
      const assumedRoleArn = output.AssumedRoleUser?.Arn;
      if (assumedRoleArn === undefined) throw incompleteResponse(call);
      refuse(call, assumedRoleProblem(assumedRoleArn, input));
      const keys = keysOf(call, output.Credentials, { at, durationSeconds });
      return { at, keys, assumedRoleArn };
    },
    async getCallerIdentity() {
      const call = callOf("STS", { action: "GetCallerIdentity" });
      const { output, at } = await callAws(call, STSClient, new GetCallerIdentityCommand({}));
      const { Arn: arn, Account: accountId } = output;
      if (arn === undefined || accountId === undefined) throw incompleteResponse(call);
      refuse(call, callerProblem(arn, accountId));
      return { at, arn, accountId };
    },
    async listMfaDevices() {
      const call = callOf("IAM", { action: "ListMFADevices" });
      return (await options.iam()).listMfaDevices(call);
    },
  };
}

type About = Omit<Asked, "keyId" | "region" | "secrets"> & { readonly code?: Secret | undefined };

function assumeRoleCommand(input: AssumeRoleInput): AssumeRoleCommand {
  const { externalId, policy, policyArns, sourceIdentity, mfa } = input;
  const tags = Object.entries(input.tags);
  return new AssumeRoleCommand({
    RoleArn: input.roleArn,
    RoleSessionName: input.sessionName,
    DurationSeconds: input.durationSeconds,
    ...(externalId !== undefined && { ExternalId: externalId }),
    ...(policy !== undefined && { Policy: policy }),
    ...(policyArns.length > 0 && { PolicyArns: policyArns.map((arn) => ({ arn })) }),
    ...(tags.length > 0 && { Tags: tags.map(([Key, Value]) => ({ Key, Value })) }),
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    ...(mfa && { SerialNumber: mfa.device, TokenCode: mfa.code.reveal() }),
  });
}

function secretsOf(credentials: Keys, code: Secret | undefined): readonly Secret[] {
  return [credentials.secretAccessKey, credentials.sessionToken, code].filter(
    (each) => each !== undefined,
  );
}

/** Errors: AWS_RESPONSE_MALFORMED if there is a problem. */
function refuse(call: Call, problem: string | undefined): void {
  if (problem !== undefined) throw mismatchedResponse(call, problem);
}

function keysOf(
  call: Call,
  credentials: Credentials | undefined,
  { at, durationSeconds }: { readonly at: Date; readonly durationSeconds: number },
): SessionKeys {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !isDate(Expiration)) {
    throw incompleteResponse(call);
  }
  const keys = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
  refuse(call, keysProblem(keys) ?? expiryProblem(Expiration, at, durationSeconds));
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: new Secret(SecretAccessKey),
    sessionToken: new Secret(SessionToken),
    expiresAt: Expiration,
  };
}

function isDate(value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime());
}
