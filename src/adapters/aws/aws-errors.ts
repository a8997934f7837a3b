// Turns AWS's refusals into our errors: the first row that matches `Code: text` counts. Rows match the code and a
// short fragment, never a whole sentence. AWS's message is quoted only where it says more than ours, without the
// secrets of the request.

import { partitionOf } from "../../model/aws/partition.ts";
import type { ErrorCode } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import { formatDuration } from "../../model/text/duration.ts";

/** The call, as error messages need it. */
export interface Asked {
  readonly action: string;
  /** undefined: IAM or STS. */
  readonly service?: string | undefined;
  readonly keyId: string;
  readonly region: string;
  readonly roleArn?: string | undefined;
  readonly device?: string | undefined;
  readonly durationSeconds?: number | undefined;
  /** Removed wherever AWS's message repeats them. */
  readonly secrets: readonly Secret[];
}

/** An error response of AWS. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly text: string;
  readonly awsTime: Date | undefined;
  /** AWS's clock minus this machine's, in milliseconds, by this response. */
  readonly skewMs: number | undefined;
}

export interface RefusalRow {
  readonly when: RegExp;
  /** undefined: any. */
  readonly action?: string;
  readonly becomes: ErrorCode;
  message(asked: Asked, refusal: Refusal): string;
  hint?(asked: Asked, refusal: Refusal): string | undefined;
}

/** The last one takes everything. */
export const refusalRows: readonly RefusalRow[] = [
  {
    when: /^(Throttl|RequestThrottled|TooManyRequests|RequestLimitExceeded|SlowDown|PriorRequestNotComplete)/,
    becomes: "AWS_THROTTLED",
    message: ({ action, region }) => `AWS throttles ${action} in ${region}: too many calls`,
    hint: () => "wait a minute and try again",
  },
  {
    when: /^AccessDenied.*invalid MFA one time pass/,
    becomes: "AWS_CODE_REFUSED",
    message: ({ device }) => `AWS refused the code of ${device}: wrong, expired or used before`,
    hint: () => "try again with the device's next code",
  },
  {
    when: /^AccessDenied.*(unable to validate MFA code|verify your MFA serial)/,
    becomes: "AWS_DEVICE_UNKNOWN",
    message: ({ device, keyId }) => `${device} is not an MFA device of the user of ${keyId}`,
    hint: () => "remove [mfa] device from the configuration, or name a device of that user",
  },
  {
    when: /^AccessDenied.*must provide both MFA serial/,
    becomes: "AWS_CODE_INCOMPLETE",
    message: ({ action }) =>
      `${action} needs an MFA device together with its code, and AWS received only one of them`,
  },
  {
    when: /^AccessDenied.*with session credentials/,
    becomes: "AWS_CALLER_IS_SESSION",
    message: ({ action, keyId }) =>
      `${keyId} is a temporary key, and ${action} takes long-term keys only`,
    hint: () => "awst works with the access key (AKIA…) of an IAM user",
  },
  {
    when: /^AccessDenied/,
    action: "AssumeRole",
    becomes: "AWS_DENIED",
    message: (asked, refusal) => `AWS refused ${asked.roleArn}: ${roleReason(asked, refusal)}`,
    hint: (_asked, { text }) =>
      /perform: sts:(TagSession|SetSourceIdentity)/.test(text)
        ? "the role's trust policy must allow that besides sts:AssumeRole; or leave that option out"
        : "check the account id and the role's name (case counts); its trust policy and your own policies must both allow it",
  },
  {
    when: /^(AccessDenied|UnauthorizedOperation|AuthorizationError)/,
    becomes: "AWS_DENIED",
    message: (asked, refusal) => `AWS denied ${asked.action}: ${awsMessage(asked, refusal)}`,
  },
  {
    when: /^ValidationError.*session limit for roles assumed by role chaining/,
    becomes: "AWS_DURATION_OVER_CHAIN_CAP",
    message: ({ roleArn, durationSeconds }) =>
      `${roleArn} cannot be assumed for ${spell(durationSeconds)}: AWS limits roles assumed with temporary keys to 1 h`,
  },
  {
    when: /^ValidationError.*MaxSessionDuration/,
    becomes: "AWS_DURATION_OVER_MAXIMUM",
    message: ({ roleArn, durationSeconds }) =>
      `${spell(durationSeconds)} is over the maximum session duration of ${roleArn}`,
    hint: ({ roleArn, durationSeconds }) =>
      `the role's administrator can raise it: aws iam update-role --role-name ${roleArn?.split("/").at(-1)} --max-session-duration ${durationSeconds}`,
  },
  {
    when: /^(ValidationE|InvalidInput|InvalidParameter|MissingParameter)/,
    becomes: "AWS_INPUT_REFUSED",
    message: (asked, refusal) =>
      `AWS refused the input of ${asked.action}: ${awsMessage(asked, refusal)}`,
  },
  {
    when: /^(InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|AuthFailure)/,
    becomes: "AWS_KEY_REJECTED",
    message: ({ keyId, region }) =>
      isTemporary(keyId)
        ? `AWS rejected the session key ${keyId} (its access key was deleted or deactivated, or the session was made in another region)`
        : `AWS does not know the access key ${keyId} (deleted, deactivated, rotated on another machine, or not of partition ${partitionOf(region).name})`,
    hint: ({ keyId, region }) => (isTemporary(keyId) ? undefined : keyHint(region)),
  },
  {
    when: /^ExpiredToken/,
    becomes: "AWS_SESSION_EXPIRED",
    message: ({ keyId }) => `the session of ${keyId} has expired`,
  },
  {
    when: /^(Request(Expired|TimeTooSkewed)|SignatureDoesNotMatch: Signature (expired|not yet current))/,
    becomes: "CLOCK_SKEWED",
    message: (_, { skewMs }) => clockMessage(skewMs),
    hint: clockHint,
  },
  {
    when: /^(SignatureDoesNotMatch|InvalidSignature)/,
    becomes: "AWS_SECRET_WRONG",
    message: ({ keyId }) => `the stored secret of ${keyId} is not the one that AWS knows`,
    hint: ({ keyId }) => (isTemporary(keyId) ? undefined : "add the key again: awst key add"),
  },
  {
    when: /^(RegionDisabled|OptInRequired)/,
    becomes: "AWS_REGION_DISABLED",
    message: ({ region }) => `STS is not active in ${region} for this account`,
    hint: () => "set another defaultRegion, or activate the region in the account's IAM settings",
  },
  {
    when: /^MalformedPolicyDocument/,
    becomes: "AWS_POLICY_REFUSED",
    message: (asked, refusal) => `AWS refused the session policy: ${awsMessage(asked, refusal)}`,
  },
  {
    when: /^PackedPolicyTooLarge/,
    becomes: "AWS_POLICY_TOO_LARGE",
    message: (asked, refusal) =>
      `session policies and tags are too large together: ${awsMessage(asked, refusal)}`,
  },
  {
    when: /^(Unknown|NotFound):/,
    becomes: "AWS_RESPONSE_MALFORMED",
    message: ({ action }, { status }) =>
      `the response to ${action} (HTTP ${status}) did not come from AWS`,
  },
  {
    when: /^/,
    becomes: "AWS_FAILED",
    message: (asked, refusal) =>
      `AWS responded to ${asked.action} with ${refusal.code} (HTTP ${refusal.status}): ${awsMessage(asked, refusal)}`,
  },
];

/** Returns AWS's message on one line, without the secrets of the request. */
export function awsMessage(asked: Asked, { text }: Pick<Refusal, "text">): string {
  let line = withoutSecrets(asked, text.replace(/[\s\p{Cc}]+/gu, " ").trim());
  line = line.length > 300 ? `${line.slice(0, 300)}…` : line;
  return line.replace(/\.$/, "");
}

export function withoutSecrets({ secrets }: Pick<Asked, "secrets">, text: string): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret.reveal(), "[secret]"), text);
}

function roleReason(asked: Asked, refusal: Refusal): string {
  const action = /not authorized to perform: ([\w:]+)/.exec(refusal.text)?.[1];
  if (action === undefined) return awsMessage(asked, refusal);
  if (action !== "sts:AssumeRole") return `${action} is not allowed`;
  return /explicit deny[\w ,-]*/.exec(refusal.text)?.[0].trim() ?? "not allowed, or no such role";
}

function clockMessage(skewMs: number | undefined): string {
  if (skewMs === undefined) return "AWS refused the time of the request: your clock is wrong";
  const side = skewMs > 0 ? "behind" : "ahead of";
  return `your clock is ${formatDuration(Math.abs(skewMs) / 1000)} ${side} AWS's`;
}

function clockHint(): string {
  if (process.platform === "darwin") return "sudo sntp -sS time.apple.com";
  return process.platform === "win32" ? "w32tm /resync" : "sudo timedatectl set-ntp true";
}

/** A key works in one partition alone, which is the one of the region that awst calls. */
function keyHint(region: string): string {
  const regions = ["eu-west-1", "us-gov-west-1", "cn-north-1"].filter((each) => {
    return partitionOf(each).name !== partitionOf(region).name;
  });
  const settings = regions.map((each) => `defaultRegion = "${each}"`).join(" or ");
  return `if the key is of another partition, set ${settings} in the configuration; else add the key that works: awst key add`;
}

function isTemporary(keyId: string): boolean {
  return keyId.startsWith("ASIA");
}

function spell(seconds: number | undefined): string {
  return formatDuration(seconds ?? 0);
}
