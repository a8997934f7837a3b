// The heart: the kept session when it is good, else what the plan says, once for everybody who asks.
// Warm and cold are one function; warm returns before anything heavy is asked for.

import { clockName, clockOf } from "../model/clock.ts";
import { ambientRegion, environmentHash } from "../model/environment-hash.ts";
import { roleSessionItem } from "../model/items.ts";
import { fallbackRegion } from "../model/partition.ts";
import {
  decodeRoleSession,
  freshnessMarginSeconds,
  type RoleSession,
  secondsLeft,
} from "../model/session.ts";
import type { ObtainedSession, SessionRequest } from "../model/session-request.ts";
import { scopeOf } from "../model/session-scope.ts";
import {
  decodeKeyNotes,
  decodeWarmState,
  heldKeyId,
  keyNotesName,
  warmStateName,
} from "../model/warm-state.ts";
import type { Needs } from "../ports.ts";
import { type MakeNeeds, makeSession } from "./make-session.ts";

/** Errors: every code of `model/errors.ts` but the key and profile ones. */
export async function obtainSession(
  world: MakeNeeds,
  request: SessionRequest,
): Promise<ObtainedSession> {
  return (await findKept(world, request)) ?? (await makeSession(world, request));
}

/** A session that is handed out without a look at the configuration, because nothing has changed. */
async function findKept(
  world: Needs<"env" | "places" | "state" | "stamp" | "now" | "keychain">,
  request: SessionRequest,
): Promise<ObtainedSession | undefined> {
  if (request.refresh) return undefined;
  const { configuration, awsCredentials } = world.places;
  const stored = world.state.read(warmStateName(configuration));
  const warm = decodeWarmState(stored, world.stamp(configuration));
  const identity = warm?.accounts[request.account];
  if (warm === undefined || identity === undefined) return undefined;
  if (request.identity !== undefined && request.identity !== identity) return undefined;

  const note = decodeKeyNotes(world.state.read(keyNotesName))[identity];
  const keyId = heldKeyId(note, note?.credentialsStamp && (world.stamp(awsCredentials) ?? ""));
  if (keyId === undefined) return undefined;

  const item = roleSessionItem(identity, request.account, request.role, scopeOf(request.flags));
  const keychain = await world.keychain(warm.keychainBackend);
  const session = decodeRoleSession(await keychain.read(item));
  if (session === undefined || session.signedBy !== keyId) return undefined;
  const region = warm.callRegions[identity] ?? ambientRegion(world.env)?.region ?? fallbackRegion;
  const isSame =
    session.configurationStamp === warm.configurationStamp &&
    session.environment === environmentHash(world.env, region);
  if (!isSame || !isAmple(world, session, request)) return undefined;
  const { account, role } = request;
  return { session, identity, account, role, how: "kept", target: undefined };
}

/** Enough left that nobody would renew it; with less, the plan decides. */
function isAmple(
  world: Needs<"state" | "now">,
  session: RoleSession,
  request: SessionRequest,
): boolean {
  const { now, skewMs } = clockOf(world.state.read(clockName), world.now());
  const left = secondsLeft(session.keys.expiresAt, now, skewMs);
  const length = (session.keys.expiresAt.getTime() - session.issuedAt.getTime()) / 1000;
  const margin = freshnessMarginSeconds(session);
  return left > (request.keysAreFixed ? Math.max(margin, length / 2) : margin);
}
