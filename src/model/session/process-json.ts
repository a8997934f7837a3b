// Formats the output of `credential-process`: one JSON object on one line, as AWS defines it. The values are secrets.

import { rfc3339 } from "../text/rfc3339.ts";
import type { SessionKeys } from "./session.ts";

/** Ends with a line break. `accountId`: 12 digits; left out where it isn't known. */
export function formatProcessJson(
  session: { readonly keys: SessionKeys },
  accountId: string | undefined,
): string {
  const { keys } = session;
  const answer = {
    Version: 1,
    AccessKeyId: keys.accessKeyId,
    SecretAccessKey: keys.secretAccessKey.reveal(),
    SessionToken: keys.sessionToken.reveal(),
    Expiration: rfc3339(keys.expiresAt),
    AccountId: accountId,
  };
  return `${JSON.stringify(answer)}\n`;
}
