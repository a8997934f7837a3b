// Checks AWS's responses against the request before anything uses them: character sets, lengths, the account, the
// role and the expiry. A check returns what is wrong, without the text of the response, or undefined.

/** The SDK takes whole seconds from AWS's clock; requests and responses take time. */
const toleranceMs = 5 * 60_000;

/** IAM's model: 16 to 128 word characters. Emulators use shorter ids. */
function isAccessKeyId(text: string): boolean {
  return /^\w{8,128}$/.test(text);
}

/** Base64 in AWS's alphabets, so that no secret or token can hold a line end, a quote or a space. */
function isSecretText(text: string, longest: number): boolean {
  return text.length <= longest && /^[A-Za-z0-9+/=._-]+$/.test(text);
}

const unusualKeyId = "the access key id has characters or a length that AWS never uses";
const maxSecretLength = 256;
/** AWS names no limit for a token; typical tokens have fewer than 4096 characters. */
const maxTokenLength = 32 * 1024;

export interface ReturnedKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export function keysProblem(keys: ReturnedKeys): string | undefined {
  if (!isAccessKeyId(keys.accessKeyId)) return unusualKeyId;
  if (!isSecretText(keys.secretAccessKey, maxSecretLength)) {
    return "the secret access key has characters or a length that AWS never uses";
  }
  const { sessionToken } = keys;
  if (sessionToken === undefined || isSecretText(sessionToken, maxTokenLength)) return undefined;
  return "the session token has characters or a length that AWS never uses";
}

/** `at`: AWS's time of the response. */
export function expiryProblem(
  expiresAt: Date,
  at: Date,
  durationSeconds: number,
): string | undefined {
  const leftMs = expiresAt.getTime() - at.getTime();
  if (leftMs <= 0) return "the credentials have expired already";
  if (leftMs <= durationSeconds * 1000 + toleranceMs) return undefined;
  return "the credentials expire later than the request allows";
}

/** AWS drops the role's path: `arn:aws:sts::111111111111:assumed-role/NAME/SESSION`. */
export function assumedRoleProblem(
  assumedRoleArn: string,
  asked: { readonly roleArn: string; readonly sessionName: string },
): string | undefined {
  const [, partition, account, role] =
    /^arn:([^:]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(asked.roleArn) ?? [];
  const [start, name, session, ...more] = assumedRoleArn.split("/");
  if (start !== `arn:${partition}:sts::${account}:assumed-role`) {
    return `the assumed role is not in account ${account}`;
  }
  if (name !== role || more.length > 0) return `the assumed role is not ${role}`;
  return session === asked.sessionName ? undefined : "the session has another name";
}

/** Who calls, by GetCallerIdentity. */
export function callerProblem(arn: string, accountId: string): string | undefined {
  const [, account] = /^arn:[\w-]{1,32}:(?:iam|sts)::(\d{12}):[\x21-\x7e]{1,1024}$/.exec(arn) ?? [];
  if (account === undefined) return "the caller's ARN is not one of an IAM user or a session";
  return account === accountId ? undefined : "the caller's ARN is in another account";
}

export function devicesProblem(
  serials: readonly string[],
  userNames: readonly (string | undefined)[],
): string | undefined {
  if (!serials.every((serial) => /^[\w+=/:,.@-]{1,256}$/.test(serial))) {
    return "the serial number of an MFA device has characters or a length that AWS never uses";
  }
  return userNames.every((name) => name === undefined || isUserName(name))
    ? undefined
    : "a user name has characters or a length that AWS never uses";
}

export function isUserName(text: string): boolean {
  return /^[\w+=,.@-]{1,128}$/.test(text);
}

/** IAM compares user names without case. */
export function userProblem(returned: string | undefined, asked: string): string | undefined {
  if (returned === undefined || returned.toLowerCase() === asked.toLowerCase()) return undefined;
  return "the access key belongs to another user";
}

export function listedKeyProblem(accessKeyId: string, status: string): string | undefined {
  if (!isAccessKeyId(accessKeyId)) return unusualKeyId;
  return ["Active", "Inactive", "Expired"].includes(status)
    ? undefined
    : "an access key has a state that AWS never uses";
}
