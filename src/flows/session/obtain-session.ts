// Obtains a role session: the cached one, or a new one. A warm start returns here, before the configuration is
// read; what makes a session is loaded only then, by import() (docs/decisions/lazy-cold-path.md).

import { fallbackRegion } from "../../model/aws/partition.ts";
import { ambientRegion } from "../../model/environment.ts";
import { mfaSessionItem, roleSessionItem } from "../../model/keychain/items.ts";
import {
  type ConfigCache,
  cachedKeyIdsFile,
  configCacheFile,
  currentKeyId,
} from "../../model/session/config-cache.ts";
import {
  decodeMfaSession,
  decodeRoleSession,
  freshnessMarginSeconds,
  type RoleSession,
  type SessionKeys,
  secondsLeft,
} from "../../model/session/session.ts";
import type { ObtainedSession, SessionRequest } from "../../model/session/session-request.ts";
import { environmentHash, scopeOf } from "../../model/session/session-scope.ts";
import type { Context, Keychain, Needs } from "../../ports.ts";

type WarmNeeds = Needs<"env" | "paths" | "state" | "fileFingerprint" | "clock" | "keychain">;

/** Errors: every code of `model/errors.ts` except those of keys and profiles. */
export async function obtainSession(
  context: Context,
  request: SessionRequest,
): Promise<ObtainedSession> {
  const since = context.monotonic();
  const cached = await findCachedSession(context, request);
  if (cached === undefined) {
    const { makeSession } = await import("./make-session.ts");
    return makeSession(context, request, since);
  }
  const { requester, flags } = request;
  const mayFallShort = flags.durationSeconds !== undefined || flags.single;
  if (requester === "machine" || !mayFallShort) return cached;
  const { reportCachedShortfall } = await import("./report-shortfall.ts");
  return reportCachedShortfall(context, request, cached);
}

/** Returns the credentials of the identity's MFA session. Errors: those of `makeMfaCredentials`. */
export async function obtainMfaCredentials(
  context: Context,
  identity: string,
  requester: SessionRequest["requester"],
): Promise<SessionKeys> {
  const cached = await findCachedMfaCredentials(context, identity);
  if (cached !== undefined) return cached;
  const { makeMfaCredentials } = await import("./obtain-mfa-session.ts");
  return makeMfaCredentials(context, identity, requester);
}

/** Returns a session that is valid without the configuration, because nothing has changed since. */
async function findCachedSession(
  context: WarmNeeds,
  request: SessionRequest,
): Promise<ObtainedSession | undefined> {
  if (request.refresh) return undefined;
  const { account, role } = request;
  const warm = await readConfigCache(context, ({ accounts, defaultIdentity }) => {
    // 12 digits name an account that is not configured.
    const own = accounts[account] ?? (/^\d{12}$/.test(account) ? defaultIdentity : undefined);
    return request.identity === undefined || request.identity === own ? own : undefined;
  });
  if (warm === undefined) return undefined;
  const { identity, keychain } = warm;
  const item = roleSessionItem(identity, account, role, scopeOf(request.flags));
  const session = decodeRoleSession(await keychain.read(item));
  const fits =
    session?.signedBy === warm.keyId &&
    session.configurationStamp === warm.cache.configurationStamp &&
    session.environment === warm.environment;
  if (!fits || !isFresh(context, session, request)) return undefined;
  const here = session.isRegionAmbient ? { ...session, region: warm.region } : session;
  return { session: here, identity, account, role, how: "cached", target: undefined };
}

/** Returns whether the session lasts so long that it need not be renewed. */
function isFresh(context: Needs<"clock">, session: RoleSession, request: SessionRequest): boolean {
  const { now, skewMs } = context.clock();
  const left = secondsLeft(session.keys.expiresAt, now, skewMs);
  const length = (session.keys.expiresAt.getTime() - session.issuedAt.getTime()) / 1000;
  const margin = freshnessMarginSeconds(session);
  return left > (request.keysAreFixed ? Math.max(margin, length / 2) : margin);
}

async function findCachedMfaCredentials(
  context: WarmNeeds,
  identity: string,
): Promise<SessionKeys | undefined> {
  const warm = await readConfigCache(context, ({ callRegions }) =>
    callRegions[identity] === undefined ? undefined : identity,
  );
  if (warm === undefined) return undefined;
  const session = decodeMfaSession(await warm.keychain.read(mfaSessionItem(identity)));
  const fits = session?.signedBy === warm.keyId && session.environment === warm.environment;
  const { now, skewMs } = context.clock();
  return fits && secondsLeft(session.keys.expiresAt, now, skewMs) > 0 ? session.keys : undefined;
}

interface CachedConfiguration {
  readonly cache: ConfigCache;
  readonly identity: string;
  /** The long-term key that must have signed the identity's sessions. */
  readonly keyId: string;
  readonly environment: string;
  readonly region: string;
  readonly keychain: Keychain;
}

/** Returns undefined where anything is unknown or has changed: then the configuration is read. */
async function readConfigCache(
  context: WarmNeeds,
  identityOf: (cache: ConfigCache) => string | undefined,
): Promise<CachedConfiguration | undefined> {
  const { configuration, awsCredentials } = context.paths;
  const fingerprint = context.fileFingerprint(configuration);
  const cache = context.state.read(configCacheFile(configuration, fingerprint));
  const identity = cache && identityOf(cache);
  if (cache === undefined || identity === undefined) return undefined;
  const entry = context.state.read(cachedKeyIdsFile)[identity];
  const keyId = currentKeyId(
    entry,
    entry?.credentialsStamp && (context.fileFingerprint(awsCredentials) ?? ""),
  );
  if (keyId === undefined) return undefined;
  const region =
    cache.callRegions[identity] ?? ambientRegion(context.env)?.region ?? fallbackRegion;
  const environment = environmentHash(context.env, region);
  const keychain = await context.keychain(cache.keychainBackend);
  return { cache, identity, keyId, environment, region, keychain };
}
