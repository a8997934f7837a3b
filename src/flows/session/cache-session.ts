// Sessions go into the keychain, and a note about them, without a secret, into the index. A keychain
// that refuses the write costs the memory, not the session: it is still handed out.

import { isAwstError } from "../../model/errors.ts";
import { mfaSessionItem } from "../../model/keychain/items.ts";
import type { Secret } from "../../model/secret.ts";
import {
  encodeMfaSession,
  encodeRoleSession,
  type MfaSession,
  type RoleSession,
} from "../../model/session/session.ts";
import {
  decodeSessionIndex,
  type SessionEntry,
  sessionIndexName,
  withEntry,
  withoutEntries,
} from "../../model/session/session-index.ts";
import type { Keychain, Needs } from "../../ports.ts";

type KeepNeeds = Needs<"state" | "now" | "say">;

export async function cacheMfaSession(
  context: KeepNeeds,
  keychain: Keychain,
  identity: string,
  session: MfaSession,
): Promise<void> {
  const item = mfaSessionItem(identity);
  await keep(context, keychain, item, encodeMfaSession(session), {
    kind: "mfa",
    identity,
    accessKeyId: session.keys.accessKeyId,
    expiresAt: session.keys.expiresAt.toISOString(),
    codeAt: session.codeAt.toISOString(),
  });
}

export async function cacheRoleSession(
  context: KeepNeeds,
  keychain: Keychain,
  item: string,
  session: RoleSession,
  names: { identity: string; account: string; role: string; scope: string | undefined },
): Promise<void> {
  await keep(context, keychain, item, encodeRoleSession(session), {
    kind: "role",
    ...names,
    accessKeyId: session.keys.accessKeyId,
    expiresAt: session.keys.expiresAt.toISOString(),
    renewableUntil: session.renewableUntil?.toISOString(),
  });
}

/** A stamp in it is new; where that can't be written, the next start is a little slower. */
export async function rewriteSession(
  context: Needs<"debug">,
  keychain: Keychain,
  item: string,
  session: RoleSession,
): Promise<void> {
  try {
    await keychain.write(item, encodeRoleSession(session));
  } catch (error) {
    if (!isAwstError(error)) throw error;
    context.debug(`${item} keeps its old stamp: ${error.message}`);
  }
}

export async function dropSession(
  context: KeepNeeds,
  keychain: Keychain,
  item: string,
): Promise<void> {
  await keychain.remove(item);
  await context.state.update(sessionIndexName, (old) =>
    withoutEntries(decodeSessionIndex(old), [item]),
  );
}

async function keep(
  context: KeepNeeds,
  keychain: Keychain,
  item: string,
  value: Secret,
  note: SessionEntry,
): Promise<void> {
  try {
    await keychain.write(item, value);
  } catch (error) {
    if (!isAwstError(error)) throw error;
    context.say(`warning: the session could not be kept: ${error.message}`);
    return;
  }
  await context.state.update(sessionIndexName, (old) =>
    withEntry(decodeSessionIndex(old), item, note, context.now()),
  );
}
