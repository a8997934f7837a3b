// What the console's sign-in service expects and returns: getSigninToken, by POST, since addresses
// are written down by proxies. How long a browser session may be asked for.

import { maxRoleSeconds, minSessionSeconds } from "../aws/session-limits.ts";
import { Secret } from "../secret.ts";
import type { RoleSession, SessionKeys } from "../session/session.ts";
import type { Target } from "../session/target.ts";

/** `durationSeconds` undefined: as long as the keys. The text is a secret. */
export function signInForm(keys: SessionKeys, durationSeconds: number | undefined): Secret {
  const Session = JSON.stringify({
    sessionId: keys.accessKeyId,
    sessionKey: keys.secretAccessKey.reveal(),
    sessionToken: keys.sessionToken.reveal(),
  });
  const duration = durationSeconds === undefined ? {} : { SessionDuration: `${durationSeconds}` };
  return new Secret(`${new URLSearchParams({ Action: "getSigninToken", ...duration, Session })}`);
}

/** undefined for an incomplete response. */
export function readSignInToken(text: string): Secret | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const token = Object(value).SigninToken;
    return typeof token === "string" && token !== "" ? new Secret(token) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Returns SessionDuration: the time that is left of the session, so that the browser's session ends with it. AWS accepts
 * it only with keys of a role that a long-term key assumed (`single`). undefined: the parameter is left out.
 */
export function browserSeconds(
  mode: Target["mode"],
  session: Pick<RoleSession, "renewableUntil">,
  secondsLeft: number,
): number | undefined {
  const isOfLongTermKey = mode === "single" && session.renewableUntil === undefined;
  const seconds = Math.min(Math.floor(secondsLeft), maxRoleSeconds);
  return isOfLongTermKey && seconds >= minSessionSeconds ? seconds : undefined;
}
