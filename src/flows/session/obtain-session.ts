// The heart: the kept session when it is good, else what the plan says, once for everybody who asks.
// Warm and cold are one function; warm returns before anything heavy is asked for, so that what makes a
// session stands behind import() (docs/decisions/lazy-cold-path.md).

import { clockName, clockOf } from "../../model/clock.ts";
import { roleSessionItem } from "../../model/keychain/items.ts";
import {
  decodeRoleSession,
  freshnessMarginSeconds,
  type RoleSession,
  secondsLeft,
} from "../../model/session/session.ts";
import type { ObtainedSession, SessionRequest } from "../../model/session/session-request.ts";
import { scopeOf } from "../../model/session/session-scope.ts";
import type { Needs } from "../../ports.ts";
import type { MakeNeeds } from "./make-session.ts";
import { readWarm } from "./read-warm.ts";

/** Errors: every code of `model/errors.ts` but the key and profile ones. */
export async function obtainSession(
  world: MakeNeeds,
  request: SessionRequest,
): Promise<ObtainedSession> {
  const kept = await findKept(world, request);
  if (kept !== undefined) return kept;
  const { makeSession } = await import("./make-session.ts");
  return makeSession(world, request);
}

/** A session that is handed out without a look at the configuration, because nothing has changed. */
async function findKept(
  world: Needs<"env" | "places" | "state" | "stamp" | "now" | "keychain">,
  request: SessionRequest,
): Promise<ObtainedSession | undefined> {
  if (request.refresh) return undefined;
  const { account, role } = request;
  const warm = await readWarm(world, ({ accounts }) => {
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
  if (!isSame || !isAmple(world, session, request)) return undefined;
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
