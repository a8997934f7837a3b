// Decides whether a request to the credentials endpoint comes from the program. Web pages can reach loopback too (by DNS
// rebinding, from a form, from a worker), and so can every user of this machine.

import { createHash, timingSafeEqual } from "node:crypto";
import type { Secret } from "../secret.ts";
import { rfc3339 } from "../text/rfc3339.ts";
import type { RoleSession } from "./session.ts";

export interface ServerRequest {
  readonly method: string;
  /** As it stood in the request's first line. */
  readonly target: string;
  /** As they were sent, name and value, one that came twice twice. */
  readonly headers: readonly (readonly [string, string])[];
  readonly peer: string | undefined;
}

export interface ExpectedRequest {
  /** `127.0.0.1:40123` */
  readonly host: string;
  readonly path: string;
  readonly token: Secret;
}

export interface RequestRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Returns undefined for a request that gets the credentials. */
export function refusalOf(
  request: ServerRequest,
  expected: ExpectedRequest,
): RequestRefusal | undefined {
  const all = (name: string) =>
    request.headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
  if (request.peer !== "127.0.0.1") return refuse(403, "ForbiddenPeer", "not from this machine");
  const [host, ...hosts] = all("host");
  if (host !== expected.host || hosts.length > 0) {
    return refuse(403, "ForbiddenHost", "the Host header names another host");
  }
  const ofBrowser = request.headers.find(([name]) => /^(origin|referer|sec-.*)$/i.test(name));
  if (ofBrowser !== undefined)
    return refuse(403, "ForbiddenOrigin", "requests from browsers are refused");
  if (request.target !== expected.path)
    return refuse(404, "NotFound", "there is nothing at this path");
  if (request.method !== "GET") return refuse(405, "MethodNotAllowed", "only GET is allowed");
  const [token, ...tokens] = all("authorization");
  if (token === undefined || tokens.length > 0 || !isSame(token, expected.token)) {
    return refuse(401, "Unauthorized", "the token is missing or wrong");
  }
  return undefined;
}

function refuse(status: number, code: string, message: string): RequestRefusal {
  return { status, code, message };
}

/** Compares hashes of equal length completely, so that the time reveals nothing about either text. */
function isSame(given: string, token: Secret): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(token.reveal()));
}

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
