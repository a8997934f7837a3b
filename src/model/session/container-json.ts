// What a container's credentials endpoint answers: SDKs want all four, botocore takes the account too.

import { rfc3339 } from "../text/rfc3339.ts";
import type { RoleSession } from "./session.ts";

/** The text is a secret. */
export function containerJson({
  keys,
  accountId,
}: Pick<RoleSession, "keys" | "accountId">): string {
  return JSON.stringify({
    AccessKeyId: keys.accessKeyId,
    SecretAccessKey: keys.secretAccessKey.reveal(),
    Token: keys.sessionToken.reveal(),
    Expiration: rfc3339(keys.expiresAt),
    AccountId: accountId,
  });
}
