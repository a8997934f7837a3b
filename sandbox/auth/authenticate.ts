// Finds out who sent a request. Checks, in this order: the key is known, active and visible here; the
// token, the scope and the time are right; the signature matches; the session has not expired.

import type { Account } from "../cloud/account.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { iamRegionOf, isOptIn, organizationsRegionOf, partitionOf } from "../cloud/regions.ts";
import type { Settings } from "../settings.ts";
import { expiredToken, invalidToken, signatureRefused } from "../wire/service-error.ts";
import { type Caller, callerOfKey, callerOfSession } from "./caller.ts";
import type { Claim } from "./claim.ts";
import { type Endpoint, isKeyGood } from "./key-state.ts";
import { isSignedBy, type WireRequest } from "./sigv4.ts";

export interface SandboxState {
  readonly cloud: Cloud;
  readonly settings: Settings;
  readonly now: Date;
}

export function authenticate(
  request: WireRequest,
  claim: Claim,
  endpoint: Endpoint,
  state: SandboxState,
): Caller {
  const { caller, secret } = findCaller(claim, endpoint, state);
  checkScope(claim, endpoint, caller.account, state.settings);
  checkTime(claim, state);
  if (!isSignedBy(request, claim, secret)) {
    throw signatureRefused(
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    );
  }
  if (caller.session && caller.session.expiresAt <= state.now) throw expiredToken();
  return caller;
}

function findCaller(
  claim: Claim,
  endpoint: Endpoint,
  state: SandboxState,
): { caller: Caller; secret: string } {
  const { cloud, settings, now } = state;
  const key = cloud.keys.get(claim.accessKeyId);
  if (key) {
    const account = cloud.accounts.get(key.accountId);
    const caller = account && callerOfKey(key, account);
    if (!caller || claim.token || !isKeyGood(key, endpoint, settings, now)) throw invalidToken();
    return { caller, secret: key.secret };
  }
  const session = cloud.sessions.get(claim.accessKeyId);
  if (!session || session.isRevoked || session.token !== claim.token) throw invalidToken();
  const account = cloud.accounts.get(session.accountId);
  const caller = account && callerOfSession(session, account);
  if (!caller) throw invalidToken();
  if (session.tokenVersion === 1 && isOptIn(claim.region)) throw invalidToken();
  if (settings.sessionsEndWithTheirKey) {
    const origin = cloud.keys.get(session.madeWithKeyId);
    if (!origin || !isKeyGood(origin, undefined, settings, now)) throw invalidToken();
  }
  return { caller, secret: session.secret };
}

function checkScope(claim: Claim, endpoint: Endpoint, account: Account, settings: Settings): void {
  if (claim.service !== endpoint.service) {
    throw signatureRefused(
      `Credential should be scoped to correct service: '${endpoint.service}'. `,
    );
  }
  const partition = partitionOf(claim.region);
  if (partition === undefined) {
    throw signatureRefused("Credential should be scoped to a valid region. ");
  }
  if (partition !== account.partition) throw invalidToken();
  if (endpoint.service === "organizations" && claim.region !== organizationsRegionOf(partition)) {
    throw signatureRefused(
      `Credential should be scoped to a valid region, not '${claim.region}'. `,
    );
  }
  const named = regionOfHost(endpoint, partition);
  const home = iamRegionOf(partition);
  const only =
    named ?? (endpoint.service === "iam" && settings.iamHomeRegionOnly ? home : undefined);
  if (only !== undefined && only !== claim.region) {
    throw signatureRefused(
      `Credential should be scoped to a valid region, not '${claim.region}'. `,
    );
  }
}

/** An AWS host name fixes the region; on loopback any region of the partition is accepted. */
function regionOfHost(endpoint: Endpoint, partition: string): string | undefined {
  const host = endpoint.host.replace(/:\d+$/, "");
  if (host === "sts.amazonaws.com") return "us-east-1";
  if (/^iam[.-].*amazonaws\./.test(host)) return iamRegionOf(partition);
  return /^sts(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.|api\.aws)/.exec(host)?.[1];
}

function checkTime(claim: Claim, { settings, now }: SandboxState): void {
  const day = claim.time.slice(0, 8);
  if (claim.date !== day) {
    throw signatureRefused(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${claim.date}' != '${day}', from '${claim.time}'.`,
    );
  }
  const window = settings.signatureWindowSeconds;
  const minutes = `${Math.round(window / 60)} min.`;
  const signed = parseTime(claim.time);
  const seconds = (signed - now.getTime()) / 1000;
  const server = basicTime(now.getTime());
  if (seconds < -(claim.livesSeconds ?? window)) {
    const limit = basicTime(now.getTime() - window * 1000);
    throw signatureRefused(
      `Signature expired: ${claim.time} is now earlier than ${limit} (${server} - ${minutes})`,
    );
  }
  if (seconds > window) {
    const limit = basicTime(now.getTime() + window * 1000);
    throw signatureRefused(
      `Signature not yet current: ${claim.time} is still later than ${limit} (${server} + ${minutes})`,
    );
  }
}

function parseTime(time: string): number {
  const [, y, mo, d, h, mi, s] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(time) ?? [];
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}

function basicTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}
