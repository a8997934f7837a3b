// The heart: the kept session when it is good, else what the plan says, once for everybody who asks.
// Warm and cold are one function; warm returns before anything heavy is asked for, so that what makes a
// session stands behind import() (docs/decisions/lazy-cold-path.md).

import { fallbackRegion } from "../../model/aws/partition.ts";
import { clockName, clockOf } from "../../model/clock.ts";
import { mfaSessionItem, roleSessionItem } from "../../model/keychain/items.ts";
import {
  type ConfigCache,
  cachedKeyIdsName,
  configCacheName,
  currentKeyId,
  decodeCachedKeyIds,
  decodeConfigCache,
} from "../../model/session/config-cache.ts";
import { ambientRegion, environmentHash } from "../../model/session/environment-hash.ts";
import {
  decodeMfaSession,
  decodeRoleSession,
  freshnessMarginSeconds,
  type RoleSession,
  type SessionKeys,
  secondsLeft,
} from "../../model/session/session.ts";
import type { ObtainedSession, SessionRequest } from "../../model/session/session-request.ts";
import { scopeOf } from "../../model/session/session-scope.ts";
import type { Keychain, Needs } from "../../ports.ts";
import type { MakeNeeds } from "./make-session.ts";
import type { MfaKeysNeeds } from "./obtain-mfa-session.ts";

/** Errors: every code of `model/errors.ts` but the key and profile ones. */
export async function obtainSession(
  context: MakeNeeds,
  request: SessionRequest,
): Promise<ObtainedSession> {
  const kept = await findKept(context, request);
  if (kept !== undefined) return kept;
  const { makeSession } = await import("./make-session.ts");
  return makeSession(context, request);
}

/** A session that is handed out without a look at the configuration, because nothing has changed. */
async function findKept(
  context: Needs<"env" | "paths" | "state" | "fileFingerprint" | "now" | "keychain">,
  request: SessionRequest,
): Promise<ObtainedSession | undefined> {
  if (request.refresh) return undefined;
  const { account, role } = request;
  const warm = await readConfigCache(context, ({ accounts }) => {
    const own = accounts[account];
    return request.identity === undefined || request.identity === own ? own : undefined;
  });
  if (warm === undefined) return undefined;
  const { identity, keychain } = warm;
  const item = roleSessionItem(identity, account, role, scopeOf(request.flags));
  const session = decodeRoleSession(await keychain.read(item));
  const isSame =
    session?.signedBy === warm.keyId &&
    session.configurationStamp === warm.state.configurationStamp &&
    session.environment === warm.environment;
  if (!isSame || !isAmple(context, session, request)) return undefined;
  return { session, identity, account, role, how: "kept", target: undefined };
}

/** Enough left that nobody would renew it; with less, the plan decides. */
function isAmple(
  context: Needs<"state" | "now">,
  session: RoleSession,
  request: SessionRequest,
): boolean {
  const { now, skewMs } = clockOf(context.state.read(clockName), context.now());
  const left = secondsLeft(session.keys.expiresAt, now, skewMs);
  const length = (session.keys.expiresAt.getTime() - session.issuedAt.getTime()) / 1000;
  const margin = freshnessMarginSeconds(session);
  return left > (request.keysAreFixed ? Math.max(margin, length / 2) : margin);
}

/** Errors: those of `makeMfaKeys`. */
export async function obtainMfaKeys(
  context: MfaKeysNeeds,
  identity: string,
  requester: "person" | "machine",
): Promise<SessionKeys> {
  const kept = await findKeptObtainMfaKeys(context, identity);
  if (kept !== undefined) return kept;
  const { makeMfaKeys } = await import("./obtain-mfa-session.ts");
  return makeMfaKeys(context, identity, requester);
}

async function findKeptObtainMfaKeys(
  context: Needs<"env" | "paths" | "state" | "fileFingerprint" | "now" | "keychain">,
  identity: string,
): Promise<SessionKeys | undefined> {
  const warm = await readConfigCache(context, ({ callRegions }) =>
    callRegions[identity] === undefined ? undefined : identity,
  );
  if (warm === undefined) return undefined;
  const session = decodeMfaSession(await warm.keychain.read(mfaSessionItem(identity)));
  const isSame = session?.signedBy === warm.keyId && session.environment === warm.environment;
  const { now, skewMs } = clockOf(context.state.read(clockName), context.now());
  return isSame && secondsLeft(session.keys.expiresAt, now, skewMs) > 0 ? session.keys : undefined;
}

export interface CachedConfiguration {
  readonly state: ConfigCache;
  readonly identity: string;
  /** The long-term key that its sessions must have been made with. */
  readonly keyId: string;
  readonly environment: string;
  readonly keychain: Keychain;
}

/** undefined where anything is unknown or has changed: then the configuration is asked. */
export async function readConfigCache(
  context: Needs<"env" | "paths" | "state" | "fileFingerprint" | "keychain">,
  identityOf: (state: ConfigCache) => string | undefined,
): Promise<CachedConfiguration | undefined> {
  const { configuration, awsCredentials } = context.paths;
  const stored = context.state.read(configCacheName(configuration));
  const state = decodeConfigCache(stored, context.fileFingerprint(configuration));
  const identity = state && identityOf(state);
  if (state === undefined || identity === undefined) return undefined;
  const note = decodeCachedKeyIds(context.state.read(cachedKeyIdsName))[identity];
  const keyId = currentKeyId(
    note,
    note?.credentialsStamp && (context.fileFingerprint(awsCredentials) ?? ""),
  );
  if (keyId === undefined) return undefined;
  const region =
    state.callRegions[identity] ?? ambientRegion(context.env)?.region ?? fallbackRegion;
  const environment = environmentHash(context.env, region);
  const keychain = await context.keychain(state.keychainBackend);
  return { state, identity, keyId, environment, keychain };
}
