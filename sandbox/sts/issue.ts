// Makes temporary credentials and remembers them.

import type { ActionRequest } from "../action.ts";
import type { Session } from "../cloud/entities.ts";
import { newKeyId, newSecret, newToken } from "../cloud/ids.ts";
import { isOptIn } from "../cloud/regions.ts";
import type { XmlValue } from "../wire/xml.ts";

type Given = "accessKeyId" | "secret" | "token" | "tokenVersion" | "issuedAt" | "expiresAt";

export function issueSession(
  request: ActionRequest,
  session: Omit<Session, Given | "isRevoked" | "madeWithKeyId">,
  durationSeconds: number,
): Session {
  const { cloud, settings, now, caller } = request;
  const issued: Session = {
    ...session,
    accessKeyId: newKeyId("ASIA", session.accountId),
    secret: newSecret(),
    token: newToken(settings.tokenLength),
    tokenVersion: tokenVersion(request),
    issuedAt: now,
    expiresAt: new Date(Math.floor(now.getTime() / 1000 + durationSeconds) * 1000),
    madeWithKeyId: caller.madeWithKeyId,
    isRevoked: false,
  };
  cloud.sessions.set(issued.accessKeyId, issued);
  return issued;
}

export function credentialsOf(session: Session): XmlValue {
  return {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secret,
    SessionToken: session.token,
    Expiration: session.expiresAt,
  };
}

/** The global endpoint makes tokens that are no good where a region must be opted into. */
function tokenVersion({ settings, host, region }: ActionRequest): number {
  if (settings.tokenVersion !== 0) return settings.tokenVersion;
  return host.startsWith("sts.amazonaws.com") && !isOptIn(region) ? 1 : 2;
}
