import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../../model/errors.ts";
import { Secret } from "../../model/secret.ts";
import type { Asked, Refusal } from "./aws-errors.ts";
import { errorOfRefusal, isClockSkew, isThrottling } from "./aws-refusal.ts";

const roleArn = "arn:aws:iam::222222222222:role/team/DeveloperAccess";
const device = "arn:aws:iam::111111111111:mfa/phone";
const asked: Asked = {
  action: "AssumeRole",
  keyId: "AKIAEXAMPLE",
  region: "eu-west-1",
  roleArn,
  device,
  durationSeconds: 8 * 3600,
  secrets: [new Secret("123456"), new Secret("very-secret"), new Secret("long-token")],
};
const session: Asked = { ...asked, keyId: "ASIAEXAMPLE" };
const getSessionToken: Asked = { ...asked, action: "GetSessionToken", roleArn: undefined };
const listDevices: Asked = { ...asked, action: "ListMFADevices", roleArn: undefined };

const mfa = "MultiFactorAuthentication failed";
const notAuthorized = "User: arn:aws:iam::111111111111:user/me is not authorized to perform:";
const deviceUnknown = `${mfa}, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.`;
const invalidToken = "The security token included in the request is invalid.";

interface Case {
  readonly what: string;
  readonly asked: Asked;
  readonly refusal: [status: number, code: string, text: string];
  readonly becomes: ErrorCode;
  readonly message: string;
  readonly hint?: RegExp;
  readonly effect?: "unknown";
  readonly skewMs?: number;
}

const cases: readonly Case[] = [
  {
    what: "wrong, expired or reused code",
    asked: getSessionToken,
    refusal: [403, "AccessDenied", `${mfa} with invalid MFA one time pass code. `],
    becomes: "AWS_CODE_REFUSED",
    message: `AWS refused the code of ${device}: wrong, expired or used before`,
    hint: /next code/,
  },
  {
    what: "serial unknown (two spaces)",
    asked: getSessionToken,
    refusal: [403, "AccessDenied", deviceUnknown],
    becomes: "AWS_DEVICE_UNKNOWN",
    message: `${device} is not an MFA device of the user of AKIAEXAMPLE`,
    hint: /\[mfa\] device/,
  },
  {
    what: "serial unknown, broken over lines",
    asked,
    refusal: [403, "AccessDenied", deviceUnknown.replace("  ", "\n")],
    becomes: "AWS_DEVICE_UNKNOWN",
    message: `${device} is not an MFA device of the user of AKIAEXAMPLE`,
    hint: /\[mfa\] device/,
  },
  {
    what: "only one of serial and code",
    asked,
    refusal: [
      403,
      "AccessDenied",
      `${mfa}, must provide both MFA serial number and one time pass code.`,
    ],
    becomes: "AWS_CODE_INCOMPLETE",
    message:
      "AssumeRole needs an MFA device together with its code, and AWS received only one of them",
  },
  {
    what: "role refused or absent",
    asked,
    refusal: [403, "AccessDenied", `${notAuthorized} sts:AssumeRole on resource: ${roleArn}`],
    becomes: "AWS_DENIED",
    message: `AWS refused ${roleArn}: not allowed, or no such role`,
    hint: /trust policy/,
  },
  {
    what: "role refused by an explicit deny",
    asked,
    refusal: [
      403,
      "AccessDenied",
      `${notAuthorized} sts:AssumeRole on resource: ${roleArn} with an explicit deny in an identity-based policy`,
    ],
    becomes: "AWS_DENIED",
    message: `AWS refused ${roleArn}: explicit deny in an identity-based policy`,
    hint: /trust policy/,
  },
  {
    what: "session tags refused",
    asked,
    refusal: [403, "AccessDenied", `${notAuthorized} sts:TagSession on resource: ${roleArn}`],
    becomes: "AWS_DENIED",
    message: `AWS refused ${roleArn}: sts:TagSession is not allowed`,
    hint: /trust policy must allow that beside/,
  },
  {
    what: "another denial",
    asked: listDevices,
    refusal: [
      403,
      "AccessDenied",
      `${notAuthorized} iam:ListMFADevices on resource: user me because no identity-based policy allows the iam:ListMFADevices action`,
    ],
    becomes: "AWS_DENIED",
    message: `AWS denied ListMFADevices: ${notAuthorized} iam:ListMFADevices on resource: user me because no identity-based policy allows the iam:ListMFADevices action`,
  },
  {
    what: "duration over the role's maximum",
    asked,
    refusal: [
      400,
      "ValidationError",
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    ],
    becomes: "AWS_DURATION_OVER_MAXIMUM",
    message: `8 h is over the maximum session duration of ${roleArn}`,
    hint: /aws iam update-role --role-name DeveloperAccess --max-session-duration 28800$/,
  },
  {
    what: "duration over the chain cap",
    asked: session,
    refusal: [
      400,
      "ValidationError",
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    ],
    becomes: "AWS_DURATION_OVER_CHAIN_CAP",
    message: `${roleArn} cannot be assumed for 8 h: AWS limits roles assumed with temporary keys to 1 h`,
  },
  {
    what: "a value out of range, the code among it",
    asked,
    refusal: [
      400,
      "ValidationError",
      "1 validation error detected: Value '123456' at 'tokenCode' failed to satisfy constraint: Member must have length 6",
    ],
    becomes: "AWS_INPUT_REFUSED",
    message:
      "AWS refused the input of AssumeRole: 1 validation error detected: Value '[secret]' at 'tokenCode' failed to satisfy constraint: Member must have length 6",
  },
  {
    what: "GetSessionToken with temporary keys",
    asked: { ...getSessionToken, keyId: "ASIAEXAMPLE" },
    refusal: [403, "AccessDenied", "Cannot call GetSessionToken with session credentials"],
    becomes: "AWS_CALLER_IS_SESSION",
    message: "ASIAEXAMPLE is a temporary key, and GetSessionToken takes long-term keys only",
    hint: /AKIA/,
  },
  {
    what: "key unknown",
    asked,
    refusal: [403, "InvalidClientTokenId", invalidToken],
    becomes: "AWS_KEY_REJECTED",
    message:
      "AWS does not know the access key AKIAEXAMPLE (deleted, deactivated, rotated on another machine, or not of partition aws)",
    hint: /awst key add$/,
  },
  {
    what: "session's key unknown",
    asked: session,
    refusal: [403, "InvalidClientTokenId", invalidToken],
    becomes: "AWS_KEY_REJECTED",
    message:
      "AWS rejected the session key ASIAEXAMPLE (its access key was deleted or deactivated, or the session was made in another region)",
  },
  {
    what: "session expired",
    asked: session,
    refusal: [403, "ExpiredToken", "The security token included in the request is expired"],
    becomes: "AWS_SESSION_EXPIRED",
    message: "the session of ASIAEXAMPLE has expired",
  },
  {
    what: "session expired, as STS models it",
    asked: session,
    refusal: [
      400,
      "ExpiredTokenException",
      "The security token included in the request is expired",
    ],
    becomes: "AWS_SESSION_EXPIRED",
    message: "the session of ASIAEXAMPLE has expired",
  },
  {
    what: "wrong secret; AWS's words hold the token and are not quoted",
    asked,
    refusal: [
      403,
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. x-amz-security-token:long-token",
    ],
    becomes: "AWS_SECRET_WRONG",
    message: "the stored secret of AKIAEXAMPLE is not the one that AWS knows",
    hint: /awst key add$/,
  },
  {
    what: "clock behind",
    asked,
    refusal: [
      403,
      "SignatureDoesNotMatch",
      "Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z (20260101T002000Z - 15 min.)",
    ],
    skewMs: 20 * 60_000,
    becomes: "CLOCK_SKEWED",
    message: "your clock is 20 min behind AWS's",
    hint: /\w/,
  },
  {
    what: "clock ahead",
    asked,
    refusal: [
      403,
      "SignatureDoesNotMatch",
      "Signature not yet current: 20260101T004000Z is still later than 20260101T003500Z (20260101T002000Z + 15 min.)",
    ],
    skewMs: -90 * 60_000,
    becomes: "CLOCK_SKEWED",
    message: "your clock is 1 h 30 min ahead of AWS's",
    hint: /\w/,
  },
  {
    what: "request expired",
    asked,
    refusal: [400, "RequestExpired", "Request has expired."],
    becomes: "CLOCK_SKEWED",
    message: "AWS refused the time of the request: your clock is wrong",
    hint: /\w/,
  },
  {
    what: "time too skewed",
    asked,
    refusal: [
      403,
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
    ],
    skewMs: 3600_000,
    becomes: "CLOCK_SKEWED",
    message: "your clock is 1 h behind AWS's",
    hint: /\w/,
  },
  {
    what: "throttled",
    asked,
    refusal: [400, "Throttling", "Rate exceeded"],
    becomes: "AWS_THROTTLED",
    message: "AWS throttles AssumeRole in eu-west-1: too many calls",
    hint: /minute/,
  },
  {
    what: "throttled with a 503",
    asked,
    refusal: [503, "RequestLimitExceeded", "Request limit exceeded."],
    becomes: "AWS_THROTTLED",
    message: "AWS throttles AssumeRole in eu-west-1: too many calls",
    hint: /minute/,
  },
  {
    what: "STS off in the region",
    asked,
    refusal: [
      403,
      "RegionDisabledException",
      "STS is not activated in this region for account:1. Your account administrator can activate STS in this region using the IAM Console.",
    ],
    becomes: "AWS_REGION_DISABLED",
    message: "STS is not active in eu-west-1 for this account",
    hint: /defaultRegion/,
  },
  {
    what: "bad session policy",
    asked,
    refusal: [400, "MalformedPolicyDocument", "Syntax errors in policy."],
    becomes: "AWS_POLICY_REFUSED",
    message: "AWS refused the session policy: Syntax errors in policy",
  },
  {
    what: "session policy too large",
    asked,
    refusal: [
      400,
      "PackedPolicyTooLarge",
      "Packed policy consumes 120% of allotted space, please use smaller policy.",
    ],
    becomes: "AWS_POLICY_TOO_LARGE",
    message:
      "session policies and tags are too large together: Packed policy consumes 120% of allotted space, please use smaller policy",
  },
  {
    what: "XML that names no code",
    asked,
    refusal: [404, "NotFound", "Unknown"],
    becomes: "AWS_RESPONSE_MALFORMED",
    message: "the response to AssumeRole (HTTP 404) did not come from AWS",
    effect: "unknown",
  },
  {
    what: "AWS's own failure",
    asked,
    refusal: [500, "InternalFailure", "The request processing has failed."],
    becomes: "AWS_FAILED",
    message:
      "AWS responded to AssumeRole with InternalFailure (HTTP 500): The request processing has failed",
    effect: "unknown",
  },
  {
    what: "nothing of that name",
    asked: listDevices,
    refusal: [404, "NoSuchEntity", "The user with name me\ncannot be found."],
    becomes: "IAM_ABSENT",
    message: "AWS finds nothing for ListMFADevices: The user with name me cannot be found",
  },
  {
    what: "one of that name already",
    asked: { ...listDevices, action: "CreateVirtualMFADevice" },
    refusal: [
      409,
      "EntityAlreadyExists",
      "MFADevice entity at the same path and name already exists.",
    ],
    becomes: "IAM_EXISTS",
    message:
      "AWS refused CreateVirtualMFADevice, because it exists already: MFADevice entity at the same path and name already exists",
  },
  {
    what: "a third key",
    asked: { ...listDevices, action: "CreateAccessKey" },
    refusal: [409, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2"],
    becomes: "IAM_QUOTA",
    message:
      "AWS refused CreateAccessKey, because a quota is reached: Cannot exceed quota for AccessKeysPerUser: 2",
  },
  ...["DeleteConflict", "EntityTemporarilyUnmodifiable", "ConcurrentModification"].map(
    (code): Case => ({
      what: code,
      asked: { ...listDevices, action: "DeleteVirtualMFADevice" },
      refusal: [409, code, "It is in use."],
      becomes: "IAM_CONFLICT",
      message: "AWS cannot do DeleteVirtualMFADevice now: It is in use",
    }),
  ),
  ...["LimitExceededException", "ConcurrentModificationException"].map(
    (code): Case => ({
      what: `${code} of another service`,
      asked: { ...listDevices, action: "CreateStackSet", service: "cloudformation" },
      refusal: [400, code, "Try later."],
      becomes: "AWS_FAILED",
      message: `AWS responded to CreateStackSet with ${code} (HTTP 400): Try later`,
    }),
  ),
  {
    what: "two codes refused",
    asked: { ...listDevices, action: "EnableMFADevice" },
    refusal: [403, "InvalidAuthenticationCode", "Authentication code for device is not valid."],
    becomes: "AWS_CODE_REFUSED",
    message: `AWS refused the codes of ${device}: wrong, used before, or not one right after the other`,
    hint: /next two codes/,
  },
  {
    what: "anything else",
    asked: listDevices,
    refusal: [409, "Odd", "Something\nnew."],
    becomes: "AWS_FAILED",
    message: "AWS responded to ListMFADevices with Odd (HTTP 409): Something new",
  },
];

function refusalOf({ refusal, skewMs }: Case): Refusal {
  const [status, code, text] = refusal;
  return { status, code, text, awsTime: new Date("2026-01-01T00:20:00Z"), skewMs };
}

describe("every refusal of AWS's", () => {
  test.each(cases)("$what → $becomes", (row) => {
    const error = errorOfRefusal(row.asked, refusalOf(row));
    expect(error.message).toBe(row.message);
    expect(error.code).toBe(row.becomes);
    expect(error.effect).toBe(row.effect ?? "nothing-done");
    expect(error.awsTime).toEqual(new Date("2026-01-01T00:20:00Z"));
    if (row.hint) expect(error.hint).toMatch(row.hint);
    else expect(error.hint).toBeUndefined();
  });

  test.each(cases)("$what: one line, without a secret, its cause included", (row) => {
    const { message, hint, cause } = errorOfRefusal(row.asked, refusalOf(row));
    for (const text of [message, hint ?? "", (cause as Error).message]) {
      expect(text).not.toMatch(/\n|123456|very-secret|long-token/);
      expect(text).not.toMatch(/\.$/);
    }
  });

  test.each(cases)("$what: only time is resent, only throttling asks for patience", (row) => {
    expect(isClockSkew(row.asked, refusalOf(row))).toBe(row.becomes === "CLOCK_SKEWED");
    expect(isThrottling(row.asked, refusalOf(row))).toBe(row.becomes === "AWS_THROTTLED");
  });

  test("very long words are cut", () => {
    const refusal = { ...refusalOf(cases[0]!), code: "Odd", text: "x".repeat(5000) };
    expect(errorOfRefusal(asked, refusal).message.length).toBeLessThan(400);
  });
});
