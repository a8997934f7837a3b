// Every error that a user can see has a code here, and the exit status follows from the code. AWS_ is any service's; a
// refusal that means something in one service alone begins with that service.
// `message`: what failed and its name, one line, lowercase, no full stop. `hint`: a line to paste or
// to do next; omitted if it would be vague. `cause`: the original error, shown only with --debug.

const exitStatusByCode = {
  // 1: failed
  AWS_CODE_REFUSED: 1,
  AWS_DEVICE_UNKNOWN: 1,
  AWS_CODE_INCOMPLETE: 1,
  AWS_DENIED: 1,
  AWS_ROLE_REFUSED: 1,
  AWS_DURATION_OVER_MAXIMUM: 1,
  AWS_DURATION_OVER_CHAIN_CAP: 1,
  AWS_INPUT_REFUSED: 1,
  AWS_CALLER_IS_SESSION: 1,
  AWS_KEY_REJECTED: 1,
  AWS_SECRET_WRONG: 1,
  AWS_SESSION_EXPIRED: 1,
  AWS_THROTTLED: 1,
  AWS_REGION_DISABLED: 1,
  AWS_POLICY_REFUSED: 1,
  AWS_POLICY_TOO_LARGE: 1,
  AWS_UNREACHABLE: 1,
  AWS_RESPONSE_MALFORMED: 1,
  AWS_FAILED: 1,
  IAM_ABSENT: 1,
  IAM_EXISTS: 1,
  IAM_QUOTA: 1,
  IAM_CONFLICT: 1,
  CLOUDFORMATION_ABSENT: 1,
  CLOUDFORMATION_EXISTS: 1,
  CLOUDFORMATION_CONFLICT: 1,
  ORGANIZATIONS_ABSENT: 1,
  SSM_ABSENT: 1,
  CLOCK_SKEWED: 1,
  CODE_COMMAND_FAILED: 1,
  DEVICE_MISSING: 1,
  SEED_MISSING: 1,
  DEVICE_LAST: 1,
  DEVICE_NAME_DENIED: 1,
  SESSION_OVER: 1,
  NOT_CONFIRMED: 1,
  KEYCHAIN_REFUSED: 1,
  KEYCHAIN_TOO_LARGE: 1,
  KEYCHAIN_DAMAGED: 1,
  KEY_MISSING: 1,
  ROTATION_MISSING: 1,
  CREDENTIALS_MISSING: 1,
  FILE_UNREADABLE: 1,
  FILE_UNWRITABLE: 1,
  FILE_MALFORMED: 1,
  PROFILE_CONFLICT: 1,
  BROWSER_MISSING: 1,
  SERVER_FAILED: 1,
  ADMIN_REFUSED: 1,
  ADMIN_INCOMPLETE: 1,
  NOTICE_FAILED: 1,
  SCHEDULER_MISSING: 1,
  SCHEDULER_FAILED: 1,
  /** A bug in awst, which ended a run of several users or accounts. `cause`: the error. */
  BUG: 70,
  PROGRAM_NOT_FOUND: 127,
  PROGRAM_NOT_EXECUTABLE: 126,
  // 2: usage or configuration
  USAGE: 2,
  COMMAND_UNKNOWN: 2,
  ACCOUNT_UNKNOWN: 2,
  ROLE_UNKNOWN: 2,
  IDENTITY_UNKNOWN: 2,
  CONFIGURATION_MISSING: 2,
  CONFIGURATION_INVALID: 2,
  // 3: a user is needed, and there is no terminal to prompt. Never after an answer: "no" is NOT_CONFIRMED, or a result
  // with status 1 ("nothing was changed").
  CODE_NEEDED: 3,
  KEY_NEEDED: 3,
  ANSWER_TIMED_OUT: 3,
  CONFIRMATION_NEEDED: 3,
  CHOICE_NEEDED: 3,
  KEYCHAIN_LOCKED: 3,
  KEYCHAIN_UNREACHABLE: 3,
  KEYCHAIN_PASSPHRASE_NEEDED: 3,
  WAIT_TIMED_OUT: 3,
  // 130: interrupted
  INTERRUPTED: 130,
} as const;

export type ErrorCode = keyof typeof exitStatusByCode;

export interface ErrorDetails {
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** For calls that were sent: whether AWS may have acted although no response shows it. */
  readonly effect?: "nothing-done" | "unknown" | undefined;
  /** AWS's time in the response that refused the call, if known. */
  readonly awsTime?: Date | undefined;
  /** Further lines of the same kind, printed as errors of their own (all mistakes of a file at once). */
  readonly more?: readonly string[] | undefined;
}

export class AwstError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly effect: "nothing-done" | "unknown" | undefined;
  readonly awsTime: Date | undefined;
  readonly more: readonly string[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "AwstError";
    this.code = code;
    this.hint = details.hint;
    this.effect = details.effect;
    this.awsTime = details.awsTime;
    this.more = details.more ?? [];
  }
}

export function isAwstError(error: unknown, ...codes: readonly ErrorCode[]): error is AwstError {
  return error instanceof AwstError && (codes.length === 0 || codes.includes(error.code));
}

/** Whether a caller may continue without what failed. Ctrl-C is not a failure: it ends the command. */
export function isFailure(error: unknown): error is AwstError {
  return error instanceof AwstError && error.code !== "INTERRUPTED";
}

/** The process's exit status for an error: 70 for anything that is not an AwstError, a bug in awst. */
export function exitStatus(error: unknown): number {
  return error instanceof AwstError ? exitStatusByCode[error.code] : 70;
}
