// Stores sessions in the keychain, and an entry without secrets in the session index. When the keychain
// refuses the write, the session is not cached; it is still returned to the user.

import { isFailure } from "../../model/errors.ts";
import { isSessionItem, mfaSessionItem } from "../../model/keychain/items.ts";
import type { Secret } from "../../model/secret.ts";
import {
  decodeRoleSession,
  encodeMfaSession,
  encodeRoleSession,
  type MfaSession,
  type RoleSession,
} from "../../model/session/session.ts";
import {
  type SessionEntry,
  sessionIndexFile,
  storesOf,
  withEntry,
  withoutEntries,
} from "../../model/session/session-index.ts";
import type { Keychain, Needs } from "../../ports.ts";

type CacheNeeds = Needs<"state" | "now" | "say" | "locks">;

/** Returns whether the session is cached. */
export async function cacheMfaSession(
  context: CacheNeeds,
  keychain: Keychain,
  identity: string,
  session: MfaSession,
): Promise<boolean> {
  return store(context, keychain, mfaSessionItem(identity), encodeMfaSession(session), {
    kind: "mfa",
    identity,
    accessKeyId: session.keys.accessKeyId,
    expiresAt: session.keys.expiresAt.toISOString(),
    codeAt: session.codeAt.toISOString(),
  });
}

export async function cacheRoleSession(
  context: CacheNeeds,
  keychain: Keychain,
  item: string,
  session: RoleSession,
  names: Required<Pick<SessionEntry, "identity" | "account" | "role" | "scope" | "production">>,
): Promise<void> {
  await store(context, keychain, item, encodeRoleSession(session), {
    kind: "role",
    ...names,
    accessKeyId: session.keys.accessKeyId,
    expiresAt: session.keys.expiresAt.toISOString(),
    renewableUntil: session.renewableUntil?.toISOString(),
  });
}

interface SessionOwner {
  readonly identityContext: {
    readonly keychain: Keychain;
    readonly configurationFingerprint: string;
  };
  readonly item: string;
  /** For processes that wait. */
  readonly purpose: string;
}

/** Binds a cached session to the new configuration, which changed nothing that shapes the session: the next start is
 *  warm again. A failure only makes the next start slower. */
export async function rebindSession(
  context: Needs<"debug" | "locks">,
  { identityContext, item, purpose }: SessionOwner,
  cached: RoleSession,
): Promise<RoleSession> {
  const { configurationFingerprint, keychain } = identityContext;
  if (cached.configurationStamp === configurationFingerprint) return cached;
  const session = { ...cached, configurationStamp: configurationFingerprint };
  try {
    const locks = await context.locks();
    // The owner of the lock writes a session that is bound to the new configuration already.
    await using _lock = await locks.acquire(`role-${item}`, { owner: purpose, waitMs: 0 });
    const now = decodeRoleSession(await keychain.read(item));
    if (now?.keys.accessKeyId === cached.keys.accessKeyId) {
      await keychain.write(item, encodeRoleSession(session));
    }
  } catch (error) {
    if (!isFailure(error)) throw error;
    context.debug(`${item} is still bound to the old configuration: ${error.message}`);
  }
  return session;
}

export async function removeCachedSession(
  context: Needs<"state">,
  keychain: Keychain,
  item: string,
): Promise<void> {
  await keychain.remove(item);
  await context.state.update(sessionIndexFile, (index) => withoutEntries(index, [item]));
}

async function store(
  context: CacheNeeds,
  keychain: Keychain,
  item: string,
  value: Secret,
  entry: SessionEntry,
): Promise<boolean> {
  try {
    await keychain.write(item, value);
  } catch (error) {
    if (!isFailure(error)) throw error;
    context.say(`warning: the session was not cached: ${error.message}`);
    return false;
  }
  let dropped: readonly string[] = [];
  await context.state.update(sessionIndexFile, (index) => {
    const { kind } = keychain;
    const stores = [...new Set([...storesOf(index[item]), ...(kind === undefined ? [] : [kind])])];
    const changed = withEntry(index, item, { ...entry, stores }, context.now());
    dropped = Object.keys(index).filter((each) => !(each in changed) && isSessionItem(each));
    return changed;
  });
  for (const each of dropped) await removeEnded(keychain, each);
  (await context.locks()).removeUnused();
  return true;
}

/** Removes a session that has ended. A failure leaves an item of no use. */
async function removeEnded(keychain: Keychain, item: string): Promise<void> {
  try {
    await keychain.remove(item);
  } catch (error) {
    if (!isFailure(error)) throw error;
  }
}
